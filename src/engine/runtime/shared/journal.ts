/**
 * The journal of one entry into a guest: what the guest did, in order. It lies in shared memory, so that the host can read it even
 * when the thread was stopped in the middle. A journal entry is a head of 32 bytes (u32 kind, u32 payload length, f64 time, three
 * i32 numbers, padding) and its payload, padded to 8 bytes; all little endian.
 */
import type { BackendCallEnd } from '../../../core/difc/record/guardCall.ts';
import { type SharedState, journalLengthBits, words } from './workerContract.ts';

/** The kinds of journal entries; the index is the kind's number. Each comment lists the numbers a, b, c, then the payload. */
export const entryKinds = [
  /** A `host_log` line: level, attempt; message. */
  'log',
  'stdout',
  'stderr',
  /** An attempt begins: buffer size. */
  'attempt',
  /** The export returned: code, hint (0: none). */
  'returned',
  /** The memory grew: from, to, by (0 host, 1 guest). */
  'grow',
  /** A look-up begins: capacity of the result buffer, attempt, length of the tool name; tool name and arguments. */
  'ask',
  /** A look-up ends; its time is the duration of the look-up: code, index in `backendEnds`, `answerFlags`; text. */
  'answer',
  /** The guard's output. */
  'output',
] as const;

/** Kind of a journal entry. */
export type EntryKind = (typeof entryKinds)[number];

/** How a look-up can end; the index is the number in the journal. */
export const backendEnds: readonly BackendCallEnd[] = [
  'answered',
  'too-small',
  'error',
  'no-recorded-answer',
  'over-limit',
  'bad-tool-range',
  'bad-args-range',
  'args-not-json',
  'bad-result-range',
  'deadline',
];

/** Flags of an `answer` entry: the look-up reached the backend; the payload is a result; the payload is an error. */
export const answerFlags = { reached: 1, resultText: 2, errorText: 4 } as const;

/** Receives one journal entry: kind, time in ms since the entry into the guest, the three numbers, and a view of the payload. */
export type EntryTaker = (kind: EntryKind, time: number, a: number, b: number, c: number, bytes: Uint8Array) => void;

const headBytes = 32;
const lengthMask = (1 << journalLengthBits) - 1;
const noBytes = new Uint8Array(0);

/** Writes the journal in the worker. When the shared memory is full, its content goes to `post` as one part. */
export class JournalWriter {
  readonly #shared: SharedState;
  readonly #post: (part: Uint8Array<ArrayBuffer>) => void;
  #length = 0;
  #parts = 0;

  constructor(shared: SharedState, post: (part: Uint8Array<ArrayBuffer>) => void) {
    this.#shared = shared;
    this.#post = post;
  }

  /** Empties the journal for the next entry into the guest. */
  begin(): void {
    this.#length = 0;
    this.#parts = 0;
    this.#publish();
  }

  /** Appends an entry; its payload is `first` followed by `second`. */
  add(
    kind: EntryKind,
    time: number,
    a = 0,
    b = 0,
    c = 0,
    first: Uint8Array = noBytes,
    second: Uint8Array = noBytes,
  ): void {
    const payload = first.length + second.length;
    const size = headBytes + padded(payload);
    const { journal, journalView } = this.#shared;
    if (this.#length + size > journal.length) this.#flush();
    if (size > journal.length) {
      const part = new Uint8Array(size);
      writeEntry(part, viewOf(part), 0, kind, time, a, b, c, first, second);
      this.#postPart(part);
      return;
    }
    writeEntry(journal, journalView, this.#length, kind, time, a, b, c, first, second);
    this.#length += size;
    this.#publish();
  }

  #flush(): void {
    if (this.#length === 0) return;
    const part = new Uint8Array(this.#length);
    part.set(this.#shared.journal.subarray(0, this.#length));
    this.#postPart(part);
  }

  #postPart(part: Uint8Array<ArrayBuffer>): void {
    this.#post(part);
    this.#parts++;
    this.#length = 0;
    this.#publish();
  }

  #publish(): void {
    this.#shared.set(words.journal, ((this.#parts << journalLengthBits) | this.#length) >>> 0);
  }
}

/**
 * Reads the whole journal in the host: the posted parts, then the shared memory. The shared memory is skipped when it still holds the
 * last posted part, which happens when the thread was stopped right after the post.
 */
export function readJournal(shared: SharedState, parts: readonly Uint8Array[], take: EntryTaker): void {
  for (const part of parts) readEntries(part, viewOf(part), part.length, take);
  const word = shared.get(words.journal);
  const posted = word >>> journalLengthBits;
  const isCurrent = posted === parts.length % 2 ** (32 - journalLengthBits);
  if (isCurrent) readEntries(shared.journal, shared.journalView, word & lengthMask, take);
}

function readEntries(bytes: Uint8Array, view: DataView, end: number, take: EntryTaker): void {
  for (let at = 0; at + headBytes <= end;) {
    const kind = entryKinds[view.getUint32(at, true)] ?? 'log';
    const length = view.getUint32(at + 4, true);
    const payload = length === 0 ? noBytes : bytes.subarray(at + headBytes, at + headBytes + length);
    const time = view.getFloat64(at + 8, true);
    take(kind, time, view.getInt32(at + 16, true), view.getInt32(at + 20, true), view.getInt32(at + 24, true), payload);
    at += headBytes + padded(length);
  }
}

function writeEntry(
  target: Uint8Array,
  view: DataView,
  at: number,
  kind: EntryKind,
  time: number,
  a: number,
  b: number,
  c: number,
  first: Uint8Array,
  second: Uint8Array,
): void {
  view.setUint32(at, entryKinds.indexOf(kind), true);
  view.setUint32(at + 4, first.length + second.length, true);
  view.setFloat64(at + 8, time, true);
  view.setInt32(at + 16, a, true);
  view.setInt32(at + 20, b, true);
  view.setInt32(at + 24, c, true);
  target.set(first, at + headBytes);
  target.set(second, at + headBytes + first.length);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function padded(length: number): number {
  return (length + 7) & ~7;
}
