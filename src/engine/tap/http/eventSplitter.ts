/**
 * Splits a stream of server-sent events into whole events, each with its bytes as they came, so that single events can be left out. Its time
 * is proportional to the bytes, however they are cut and however long an event is: a chunk is looked at once, and an event is put together
 * once. `LineSplitter` does not fit: here a lone carriage return ends a line, too, and a blank line ends an event.
 */

/** One event. */
export interface ServerEvent {
  /** The event with the blank line that ends it. */
  readonly raw: Buffer;
  /** Its name; `message` when it has none. */
  readonly name: string;
  /** Its id; empty when it has none. */
  readonly id: string;
  /** The lines of its data, joined; empty for a comment. */
  readonly data: Buffer;
  /** Whether it has data, be it empty. Clients do not see an event without. */
  readonly hasData: boolean;
}

/** Takes the bytes of an event that is longer than the limit, as they come. `isEnd`: the event ends with them. */
export type OnUnseen = (bytes: Buffer, isEnd: boolean) => void;

/** Finds events in the chunks of a stream. The chunks must not change afterwards. The bytes of an event longer than `limit` go to `onUnseen`. */
export class EventSplitter {
  readonly #limit: number;
  readonly #onEvent: (event: ServerEvent) => void;
  readonly #onUnseen: OnUnseen;
  /** The beginning of the event, unless it is too long. */
  #parts: Buffer[] = [];
  #length = 0;
  #isUnseen = false;
  #isFirst = true;
  /** Ends of lines in a row; the second one ends the event. */
  #ends = 0;
  /** A line feed behind a carriage return is a part of the same end. */
  #isBehindReturn = false;

  constructor(limit: number, onEvent: (event: ServerEvent) => void, onUnseen: OnUnseen) {
    this.#limit = limit;
    this.#onEvent = onEvent;
    this.#onUnseen = onUnseen;
  }

  /** Bytes of the event that has begun. */
  get held(): number {
    return this.#length;
  }

  push(chunk: Buffer): void {
    const lines = new LineEnds(chunk);
    let start = 0;
    let at = 0;
    while (at < chunk.length) {
      const next = lines.next(at);
      if (next > at) {
        this.#ends = 0;
        this.#isBehindReturn = false;
        at = next;
        continue;
      }
      const isReturn = chunk[at] === carriageReturn;
      at++;
      if (!isReturn && this.#isBehindReturn) {
        this.#isBehindReturn = false;
        continue;
      }
      this.#isBehindReturn = isReturn;
      if (++this.#ends < 2) continue;
      // At the end of a chunk a carriage return counts at once; a line feed that follows it begins the bytes of the next event.
      if (isReturn && chunk[at] === lineFeed) {
        at++;
        this.#isBehindReturn = false;
      }
      this.#end(chunk.subarray(start, at));
      start = at;
    }
    if (start < chunk.length) this.#hold(start === 0 ? chunk : chunk.subarray(start));
  }

  /** Returns the rest that no blank line ends. Clients do not take it for an event. */
  end(): Buffer {
    const rest = Buffer.concat(this.#parts);
    this.#parts = [];
    return rest;
  }

  #hold(piece: Buffer): void {
    this.#length += piece.length;
    if (!this.#isUnseen && this.#length <= this.#limit) {
      this.#parts.push(piece);
      return;
    }
    this.#isUnseen = true;
    for (const part of this.#parts.splice(0)) this.#onUnseen(part, false);
    this.#onUnseen(piece, false);
  }

  #end(piece: Buffer): void {
    if (this.#isUnseen || this.#length + piece.length > this.#limit) {
      for (const part of this.#parts) this.#onUnseen(part, false);
      this.#onUnseen(piece, true);
    } else {
      const raw = this.#parts.length === 0 ? piece : Buffer.concat([...this.#parts, piece]);
      const hasMark = this.#isFirst && byteOrderMark.equals(raw.subarray(0, byteOrderMark.length));
      this.#onEvent({ raw, ...fieldsOf(hasMark ? raw.subarray(byteOrderMark.length) : raw) });
    }
    this.#parts = [];
    this.#length = 0;
    this.#ends = 0;
    this.#isFirst = false;
    this.#isUnseen = false;
  }
}

/** The bytes of an event that the tap makes. */
export function eventOf(message: Uint8Array): Buffer {
  const lines = Buffer.from(message)
    .toString('latin1')
    .split(/\r\n|\n|\r/);
  return Buffer.from(`event: message\n${lines.map((line) => `data: ${line}\n`).join('')}\n`, 'latin1');
}

/** Finds the ends of lines. Each kind is searched once from where it was found last, so that one that is missing costs one look at the bytes. */
class LineEnds {
  readonly #bytes: Buffer;
  #feed = -1;
  #return = -1;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The index of the first carriage return or line feed from `from` on; the length of the bytes when there is none. */
  next(from: number): number {
    if (this.#feed < from) this.#feed = this.#find(lineFeed, from);
    if (this.#return < from) this.#return = this.#find(carriageReturn, from);
    return Math.min(this.#feed, this.#return);
  }

  #find(byte: number, from: number): number {
    const at = this.#bytes.indexOf(byte, from);
    return at < 0 ? this.#bytes.length : at;
  }
}

function fieldsOf(event: Buffer): Omit<ServerEvent, 'raw'> {
  const lines = new LineEnds(event);
  const data: Buffer[] = [];
  let name = '';
  let id = '';
  for (let from = 0; from < event.length;) {
    const end = lines.next(from);
    const line = event.subarray(from, end);
    from = end + 1;
    // A colon further behind does not end the name of a field that counts.
    const colon = line.subarray(0, longestField + 1).indexOf(':');
    const field = line.toString('latin1', 0, colon < 0 ? line.length : colon);
    const value = colon < 0 ? noBytes : line.subarray(line[colon + 1] === blank ? colon + 2 : colon + 1);
    if (field === 'data') data.push(value);
    else if (field === 'event') name = value.toString();
    // An id with a null does not count (HTML, 9.2.6).
    else if (field === 'id' && !value.includes(0)) id = value.toString();
  }
  const joined = data.flatMap((line, at) => (at === 0 ? [line] : [newLine, line]));
  const [only = noBytes] = data;
  return {
    name: name === '' ? 'message' : name,
    id,
    data: data.length < 2 ? only : Buffer.concat(joined),
    hasData: data.length > 0,
  };
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const blank = 0x20;
const noBytes = Buffer.alloc(0);
const newLine = Buffer.of(lineFeed);

/** Characters of `event`, the longest field that counts here. */
const longestField = 5;

/** A stream may begin with one. It is not a part of the first field. */
const byteOrderMark = Buffer.of(0xef, 0xbb, 0xbf);
