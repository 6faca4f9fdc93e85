/**
 * Splits a stream of server-sent events into whole events, each with its bytes as they came, so that single events can be left out.
 * `LineSplitter` does not fit: here a lone carriage return ends a line, too, and a blank line ends an event.
 */

/** One event. */
export interface ServerEvent {
  /** The event with the blank line that ends it. */
  readonly raw: Buffer;
  /** Its name; `message` when it has none. */
  readonly name: string;
  /** The lines of its data, joined; empty for a comment. */
  readonly data: Buffer;
}

/** Finds events in the chunks of a stream. The bytes of an event longer than `limit` go to `onUnseen` as they come. */
export class EventSplitter {
  readonly #limit: number;
  readonly #onEvent: (event: ServerEvent) => void;
  readonly #onUnseen: (bytes: Buffer) => void;
  /** Latin-1 keeps every byte as it is. */
  #held = '';
  #isUnseen = false;
  #isFirst = true;

  constructor(limit: number, onEvent: (event: ServerEvent) => void, onUnseen: (bytes: Buffer) => void) {
    this.#limit = limit;
    this.#onEvent = onEvent;
    this.#onUnseen = onUnseen;
  }

  push(chunk: Buffer): void {
    // A blank line may have begun in the chunk before.
    let from = Math.max(0, this.#held.length - longestEnd);
    this.#held += chunk.toString('latin1');
    for (;;) {
      blankLine.lastIndex = from;
      if (blankLine.exec(this.#held) === null) break;
      this.#emit(this.#held.slice(0, blankLine.lastIndex));
      this.#held = this.#held.slice(blankLine.lastIndex);
      from = 0;
    }
    if (!this.#isUnseen && this.#held.length <= this.#limit) return;
    this.#isUnseen = true;
    // The end of the event must still be found.
    const kept = this.#held.slice(-longestEnd);
    this.#onUnseen(Buffer.from(this.#held.slice(0, this.#held.length - kept.length), 'latin1'));
    this.#held = kept;
  }

  /** Returns the rest that no blank line ends. Clients do not take it for an event. */
  end(): Buffer {
    const rest = Buffer.from(this.#held, 'latin1');
    this.#held = '';
    return rest;
  }

  #emit(text: string): void {
    const raw = Buffer.from(text, 'latin1');
    if (this.#isUnseen || raw.length > this.#limit) this.#onUnseen(raw);
    else this.#onEvent({ raw, ...fieldsOf(this.#isFirst ? text.replace(byteOrderMark, '') : text) });
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

function fieldsOf(text: string): Pick<ServerEvent, 'name' | 'data'> {
  let name = '';
  const data: string[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === 'data') data.push(value);
    else if (field === 'event') name = value;
  }
  return { name: name === '' ? 'message' : name, data: Buffer.from(data.join('\n'), 'latin1') };
}

/** A carriage return at the end of the held text counts at once. A line feed that follows it then begins the next event, as a blank line. */
const blankLine = /(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r(?!\n))/g;
const longestEnd = 3;

/** A stream may begin with one. It is not a part of the first field. */
const byteOrderMark = /^\xEF\xBB\xBF/;
