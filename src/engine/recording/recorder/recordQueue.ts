/** The bounded queue of a recorder: what arrived and is not in the capture yet. Beyond its limit it holds lengths instead of content. */
import type { Channel, FrameMarks } from '../format/channel.ts';
import type { Unwritten } from '../format/tapContract.ts';

/** One entry. `t`: milliseconds since the start of the session; `cost`: bytes that it counts in the queue. */
export type QueuedRecord = { readonly t: number; readonly cost: number } & (
  | { readonly kind: 'bytes'; readonly channel: Channel; readonly bytes: Uint8Array }
  /** Content that was left out: `bytes` up to the last line feed with `lines` of them, then `tail` bytes. */
  | {
      readonly kind: 'skip';
      readonly channel: Channel;
      readonly bytes: number;
      readonly lines: number;
      readonly tail: number;
    }
  | { readonly kind: 'message'; readonly channel: Channel; readonly bytes: Uint8Array; readonly marks: FrameMarks }
  | { readonly kind: 'line'; readonly json: string }
  | { readonly kind: 'event'; readonly event: string; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: 'ended'; readonly channel: Channel }
);

/** What an entry takes in memory beside its bytes, roughly. */
const recordCost = 200;

/** Room beyond the limit for entries without content, so that what was left out can be said line by line. */
const reserveBytes = 4 * 1024 * 1024;

/** Lines that were left out while there was not even room to say so. */
interface LeftOut {
  t: number;
  bytes: number;
  lines: number;
  tail: number;
}

export class RecordQueue {
  readonly limit: number;
  readonly #onArrival: () => void;
  readonly #leftOut = new Map<Channel, LeftOut>();
  /** In order of arrival. A place before `#next` is undefined: its entry was taken, and must not hold memory any longer. */
  #records: (QueuedRecord | undefined)[] = [];
  #next = 0;
  #waiting = 0;
  #isClosed = false;

  /** `limit`: bytes that may wait with their content; `onArrival` is called for each entry. */
  constructor(limit: number, onArrival: () => void) {
    this.limit = limit;
    this.#onArrival = onArrival;
  }

  /** Bytes of entries that are not `done`. */
  get waiting(): number {
    return this.#waiting;
  }

  /** What is not `done`: the messages that were not taken yet, and the bytes of all entries. */
  unwritten(): Unwritten {
    const messages = this.#records.reduce((sum, record) => sum + (record === undefined ? 0 : messagesIn(record)), 0);
    return { messages, bytes: this.#waiting };
  }

  /** Bytes of a stream with one message a line; they are copied. */
  bytes(t: number, channel: Channel, chunk: Uint8Array): void {
    const cost = chunk.length + recordCost;
    if (this.#waiting + cost > this.limit) this.#leaveOutLines(t, channel, chunk);
    else this.#push({ kind: 'bytes', t, cost, channel, bytes: Buffer.from(chunk) });
  }

  /** A whole message; its bytes are copied. */
  message(t: number, channel: Channel, bytes: Uint8Array, marks: FrameMarks = {}): void {
    const cost = bytes.length + recordCost;
    if (this.#waiting + cost > this.limit) {
      this.#leaveOut(channel, { t, bytes: bytes.length + 1, lines: 1, tail: 0 });
    } else this.#push({ kind: 'message', t, cost, channel, marks, bytes: Buffer.from(bytes) });
  }

  line(t: number, json: string): void {
    this.#push({ kind: 'line', t, cost: json.length + recordCost, json });
  }

  event(t: number, event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#push({ kind: 'event', t, cost: recordCost, event, fields });
  }

  ended(t: number, channel: Channel): void {
    this.#push({ kind: 'ended', t, cost: recordCost, channel });
  }

  /** The oldest entry that was not taken yet. Its bytes count until it is `done`. */
  take(): QueuedRecord | undefined {
    const record = this.#records[this.#next];
    if (record === undefined) {
      this.#records = [];
      this.#next = 0;
      return undefined;
    }
    this.#records[this.#next] = undefined;
    this.#next++;
    if (this.#next === mostTaken) {
      this.#records = this.#records.slice(mostTaken);
      this.#next = 0;
    }
    return record;
  }

  done({ cost }: QueuedRecord): void {
    this.#waiting -= cost;
  }

  /** Says what was left out. Nothing else may have come after it. */
  flush(): void {
    for (const [channel, { t, bytes, lines, tail }] of this.#leftOut) {
      this.#leftOut.delete(channel);
      this.#add({ kind: 'skip', t, cost: recordCost, channel, bytes, lines, tail });
    }
  }

  /** Drops all entries, and accepts no more. */
  close(): void {
    this.#isClosed = true;
    this.#records = [];
    this.#next = 0;
    this.#leftOut.clear();
  }

  #push(record: QueuedRecord): void {
    this.flush();
    this.#add(record);
  }

  #add(record: QueuedRecord): void {
    if (this.#isClosed) return;
    this.#waiting += record.cost;
    this.#records.push(record);
    this.#onArrival();
  }

  /** Counts each line on its own as long as there is room to say so; else all together. */
  #leaveOutLines(t: number, channel: Channel, chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      this.#leaveOut(channel, { t, bytes: end + 1 - start, lines: 1, tail: 0 });
      start = end + 1;
    }
    if (start < chunk.length) this.#leaveOut(channel, { t, bytes: 0, lines: 0, tail: chunk.length - start });
  }

  #leaveOut(channel: Channel, next: LeftOut): void {
    if (this.#isClosed) return;
    const before = this.#leftOut.get(channel);
    if (before === undefined) this.#leftOut.set(channel, next);
    else {
      before.t = next.t;
      if (next.lines > 0) {
        before.bytes += before.tail + next.bytes;
        before.lines += next.lines;
        before.tail = next.tail;
      } else before.tail += next.tail;
    }
    if (this.#waiting < this.limit + reserveBytes) this.flush();
  }
}

function messagesIn(record: QueuedRecord): number {
  if (record.kind === 'message') return 1;
  if (record.kind === 'skip') return record.lines;
  if (record.kind !== 'bytes' || record.channel === 'stderr') return 0;
  let lines = 0;
  for (let at = record.bytes.indexOf(lineFeed); at >= 0; at = record.bytes.indexOf(lineFeed, at + 1)) lines++;
  return lines;
}

const lineFeed = 0x0a;

/** The places of this many taken entries are removed together, because removing one from the front moves all others. */
const mostTaken = 1000;
