/** Turns the journal of one entry into the guest into the types of the guard call record. */
import { decodeGoJson } from '../../../core/go/goJson.ts';
import type { JsonValue } from '../../../core/base/json.ts';
import type { Attempt, BackendCallRecord, GrowEvent, LogLine } from '../../../core/difc/record/guardCall.ts';
import { failedCode, maxBackendRecords, maxStreamBytes } from './abi.ts';
import { answerFlags, backendEnds, readJournal } from './journal.ts';
import { escapedGuestText, guestText } from './guestText.ts';
import { readLogTail } from './logTail.ts';
import type { SharedState } from './workerContract.ts';

/** The content of a journal. */
export interface JournalContent {
  readonly attempts: readonly Attempt[];
  readonly backendCalls: readonly BackendCallRecord[];
  readonly log: readonly LogLine[];
  /** Number of log lines that were left out, behind the first `logGapAt` lines. */
  readonly logDropped: number;
  readonly logGapAt: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly grows: readonly GrowEvent[];
  /** The guard's output; null when the call failed before. */
  readonly output: string | null;
  /** The output with invalid UTF-8 as `escapedGuestText` gives it; null for valid UTF-8 and without an output. */
  readonly escapedOutput: string | null;
}

/** Reads the whole journal of one entry: the posted parts and the shared memory. */
export function readJournalContent(shared: SharedState, parts: readonly Uint8Array[]): JournalContent {
  const attempts: Open<Attempt>[] = [];
  const backendCalls: Open<BackendCallRecord>[] = [];
  const log: LogLine[] = [];
  const grows: GrowEvent[] = [];
  const stdout: Uint8Array[] = [];
  const stderr: Uint8Array[] = [];
  let output: string | null = null;
  let escapedOutput: string | null = null;

  readJournal(shared, parts, (kind, time, a, b, c, bytes) => {
    switch (kind) {
      case 'log':
        log.push({ level: a >>> 0, message: guestText(bytes), attempt: b, atMs: time });
        return;
      case 'stdout':
        stdout.push(bytes);
        return;
      case 'stderr':
        stderr.push(bytes);
        return;
      case 'attempt':
        attempts.push({ bufferSize: a, code: null, hint: null });
        return;
      case 'returned':
        returned(attempts.at(-1), a, b >>> 0);
        return;
      case 'grow':
        grows.push({ from: a, to: b, by: c === 0 ? 'host' : 'guest', atMs: time });
        return;
      case 'ask':
        backendCalls.push(askedCall(time, a >>> 0, b, bytes.subarray(0, c), bytes.subarray(c)));
        return;
      case 'answer':
        answered(backendCalls.at(-1), time, a, b, c, bytes);
        return;
      case 'output':
        output = guestText(bytes);
        escapedOutput = escapedGuestText(bytes, output);
    }
  });
  const last = backendCalls.at(-1);
  if (backendCalls.length === maxBackendRecords && last !== undefined) {
    last.error ??= 'further look-ups over the limit are not recorded';
  }
  const logGapAt = log.length;
  const tail = readLogTail(shared);
  const logDropped = Math.max(0, (tail[0]?.number ?? logGapAt) - logGapAt);
  for (const { level, attempt, atMs, length, bytes } of tail) {
    const cut = length > bytes.length ? ` [only the first ${bytes.length} of ${length} bytes were recorded]` : '';
    log.push({ level, message: guestText(bytes) + cut, attempt, atMs });
  }
  return {
    attempts,
    backendCalls,
    log,
    logDropped,
    logGapAt,
    stdout: streamText(stdout),
    stderr: streamText(stderr),
    grows,
    output,
    escapedOutput,
  };
}

/** A record under construction. */
type Open<T> = { -readonly [K in keyof T]: T[K] };

function returned(attempt: Open<Attempt> | undefined, code: number, hint: number): void {
  if (attempt === undefined) return;
  attempt.code = code;
  attempt.hint = hint === 0 ? null : hint;
}

/** A look-up whose answer has not been read yet. It is recorded as ended by the deadline, because then no answer follows. */
function askedCall(
  atMs: number,
  capacity: number,
  attempt: number,
  tool: Uint8Array,
  args: Uint8Array,
): Open<BackendCallRecord> {
  return {
    tool: guestText(tool),
    args: argsOf(args),
    reached: true,
    code: failedCode,
    end: 'deadline',
    resultText: null,
    error: null,
    capacity,
    attempt,
    atMs,
    durationMs: 0,
  };
}

function answered(
  call: Open<BackendCallRecord> | undefined,
  durationMs: number,
  code: number,
  end: number,
  flags: number,
  text: Uint8Array,
): void {
  if (call === undefined) return;
  call.code = code;
  call.end = backendEnds[end] ?? 'error';
  call.reached = (flags & answerFlags.reached) !== 0;
  call.durationMs = durationMs;
  if ((flags & answerFlags.resultText) !== 0) call.resultText = guestText(text);
  if ((flags & answerFlags.errorText) !== 0) call.error = guestText(text);
}

function argsOf(bytes: Uint8Array): JsonValue {
  if (bytes.length === 0) return null;
  const decoded = decodeGoJson(guestText(bytes));
  return decoded.ok ? decoded.value : null;
}

/** The text of a stream, with a note when it was longer than the limit. */
function streamText(chunks: readonly Uint8Array[]): string {
  if (chunks.length === 0) return '';
  const bytes = Buffer.concat(chunks);
  if (bytes.length <= maxStreamBytes) return guestText(bytes);
  return `${guestText(bytes.subarray(0, maxStreamBytes))}\n[only the first ${maxStreamBytes} bytes were recorded]`;
}
