/** Turns the journal of an entry into the plain record that everyone else reads. */
import { decodeGoJson } from '../../core/base/goJson.ts';
import type { JsonValue } from '../../core/base/json.ts';
import type { Attempt, BackendCallRecord, GrowEvent, LogLine } from '../../core/difc/guardCall.ts';
import { maxBackendRecords, maxStreamBytes } from './abi.ts';
import { type JournalEntry, readJournal } from './journal.ts';
import { answerFlags, backendEnds } from './recorder.ts';
import { guestText } from './text.ts';
import { type SharedState, words } from './workerContract.ts';

/** What a journal says, in the types of the record. */
export interface JournalContent {
  readonly attempts: readonly Attempt[];
  readonly backendCalls: readonly BackendCallRecord[];
  readonly log: readonly LogLine[];
  readonly logDropped: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly grows: readonly GrowEvent[];
  /** What the guest wrote; null when it did not get so far. */
  readonly output: string | null;
}

/** Reads everything that one entry left. */
export function readContent(shared: SharedState, parts: readonly Uint8Array[]): JournalContent {
  const reader = new ContentReader();
  for (const entry of readJournal(shared, parts)) reader.take(entry);
  return reader.content(shared.get(words.logDropped));
}

type Open<T> = { -readonly [K in keyof T]: T[K] };

class ContentReader {
  readonly #attempts: Open<Attempt>[] = [];
  readonly #backendCalls: Open<BackendCallRecord>[] = [];
  readonly #log: LogLine[] = [];
  readonly #grows: GrowEvent[] = [];
  readonly #stdout: Uint8Array[] = [];
  readonly #stderr: Uint8Array[] = [];
  #output: string | null = null;

  take(entry: JournalEntry): void {
    const { kind, time, a, b, bytes } = entry;
    switch (kind) {
      case 'log':
        this.#log.push({ level: a >>> 0, message: guestText(bytes), attempt: b, atMs: time });
        return;
      case 'stdout':
        this.#stdout.push(bytes);
        return;
      case 'stderr':
        this.#stderr.push(bytes);
        return;
      case 'attempt':
        this.#attempts.push({ bufferSize: a, code: null, hint: null });
        return;
      case 'returned':
        this.#returned(a, b >>> 0);
        return;
      case 'grow':
        this.#grows.push({ from: a, to: b, by: entry.c === 0 ? 'host' : 'guest', atMs: time });
        return;
      case 'ask':
        this.#ask(entry);
        return;
      case 'answer':
        this.#answer(entry);
        return;
      case 'output':
        this.#output = guestText(bytes);
    }
  }

  content(logDropped: number): JournalContent {
    const last = this.#backendCalls.at(-1);
    if (this.#backendCalls.length === maxBackendRecords && last !== undefined && last.error === null) {
      last.error = 'further calls over the limit are not listed';
    }
    return {
      attempts: this.#attempts,
      backendCalls: this.#backendCalls,
      log: this.#log,
      logDropped,
      stdout: streamText(this.#stdout),
      stderr: streamText(this.#stderr),
      grows: this.#grows,
      output: this.#output,
    };
  }

  #returned(code: number, hint: number): void {
    const attempt = this.#attempts.at(-1);
    if (attempt === undefined) return;
    attempt.code = code;
    attempt.hint = hint === 0 ? null : hint;
  }

  /** Until its answer is read, the call looks as if it had been ended with its context: then there will be none. */
  #ask({ time, a, b, c, bytes }: JournalEntry): void {
    this.#backendCalls.push({
      tool: guestText(bytes.subarray(0, c)),
      args: argsOf(bytes.subarray(c)),
      reached: true,
      code: -1,
      end: 'deadline',
      resultText: null,
      error: null,
      capacity: a >>> 0,
      attempt: b,
      atMs: time,
      durationMs: 0,
    });
  }

  #answer({ time, a, b, c, bytes }: JournalEntry): void {
    const call = this.#backendCalls.at(-1);
    if (call === undefined) return;
    call.code = a;
    call.end = backendEnds[b] ?? 'error';
    call.reached = (c & answerFlags.reached) !== 0;
    call.durationMs = time;
    if ((c & answerFlags.resultText) !== 0) call.resultText = guestText(bytes);
    if ((c & answerFlags.errorText) !== 0) call.error = guestText(bytes);
  }
}

function argsOf(bytes: Uint8Array): JsonValue {
  if (bytes.length === 0) return null;
  const decoded = decodeGoJson(guestText(bytes));
  return decoded.ok ? decoded.value : null;
}

/** The text of a stream, which says so when it was cut. */
function streamText(chunks: readonly Uint8Array[]): string {
  if (chunks.length === 0) return '';
  const bytes = Buffer.concat(chunks);
  if (bytes.length <= maxStreamBytes) return guestText(bytes);
  return `${guestText(bytes.subarray(0, maxStreamBytes))}\n[only the first ${maxStreamBytes} bytes were kept]`;
}
