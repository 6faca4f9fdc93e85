/** Builds the record of a guard call from the outcome of the entry and the content of its journal. */
import type { GuardCallRecord } from '../../../core/difc/record/guardCall.ts';
import type { GuardStack } from '../../../core/difc/record/stackFrame.ts';
import type { GuestStacks } from './guestStacks.ts';
import type { JournalContent } from './journalContent.ts';
import { guardClosedText, threadDiedText } from './runtimeErrors.ts';
import { canceledExit, deadlineExit, exitText, type FrameAddress } from './guestError.ts';
import { type EntryEnd, type SharedState, phases, words } from './workerContract.ts';

/** How an entry ended: the guest returned, it was stopped because its context had ended, or its thread ended. */
export type EntryOutcome =
  | { readonly kind: 'returned'; readonly end: EntryEnd }
  /** `frames`: where the guest was, as far as it was found out; null or absent: unknown. */
  | {
      readonly kind: 'stopped';
      readonly context: 'deadline' | 'canceled';
      readonly frames?: readonly FrameAddress[] | null;
    }
  | { readonly kind: 'thread-ended'; readonly reason: string | null };

/** The outcome of an entry, and its duration in milliseconds, measured by the host; it counts for an entry that did not return. */
export interface EntrySpan {
  readonly outcome: EntryOutcome;
  readonly elapsedMs: number;
}

/** Why a call failed: the gateway's text, the stack trace, and whether the guard is unusable afterwards. */
export interface CallFailure {
  readonly error: string;
  readonly trace: readonly string[] | null;
  /** Null when the guard's stack is not known. */
  readonly stack: GuardStack | null;
  readonly isTrap: boolean;
}

/** Prefix of the error of a stopped call, by what the guest was doing. */
const phasePrefixes: ReadonlyMap<number, string> = new Map([
  [phases.allocInput, 'failed to allocate WASM input buffer: '],
  [phases.allocOutput, 'failed to allocate WASM output buffer: '],
  [phases.label, 'WASM function call failed: '],
  [phases.dealloc, 'WASM function call failed: '],
]);

/** The failure of an entry; null when it succeeded. `closed`: whether the guard was closed during the call. */
export function failureOf(
  outcome: EntryOutcome,
  shared: SharedState,
  stacks: GuestStacks,
  closed: boolean,
): CallFailure | null {
  switch (outcome.kind) {
    case 'returned': {
      const { failure } = outcome.end;
      if (failure === null) return null;
      const { text: error, frames, closedAt, isTrap } = failure;
      if (frames === null) return { error, trace: null, stack: stackOf(closedAt, stacks), isTrap };
      return { error, trace: stacks.trace(frames), stack: stacks.stack(frames), isTrap };
    }
    case 'stopped': {
      const prefix = phasePrefixes.get(shared.get(words.phase)) ?? '';
      const text = exitText(outcome.context === 'deadline' ? deadlineExit : canceledExit);
      return { error: prefix + text, trace: null, stack: stackOf(outcome.frames ?? null, stacks), isTrap: true };
    }
    case 'thread-ended': {
      const isClosed = closed && outcome.reason === null;
      const error = isClosed ? guardClosedText : threadDiedText(outcome.reason ?? 'it was stopped');
      return { error, trace: null, stack: null, isTrap: !isClosed };
    }
  }
}

function stackOf(frames: readonly FrameAddress[] | null, stacks: GuestStacks): GuardStack | null {
  return frames === null ? null : stacks.stack(frames);
}

/** The record of a call that entered the guest. */
export function recordOf(
  call: Pick<GuardCallRecord, 'function' | 'input'>,
  result: EntrySpan,
  content: JournalContent,
  failure: CallFailure | null,
  memoryBefore: number | null,
): GuardCallRecord {
  const { attempts, backendCalls, log, logDropped, logGapAt, stdout, stderr, grows, output, escapedOutput } = content;
  // The optional members are assigned, because a spread in the middle makes V8 keep the object as a table of hashes.
  const record: { -readonly [K in keyof GuardCallRecord]: GuardCallRecord[K] } = {
    function: call.function,
    input: call.input,
    output: failure === null ? (output ?? '') : null,
    attempts,
    backendCalls,
    log,
    logDropped,
    stdout,
    stderr,
    memory: memoryRecord(result, memoryBefore, grows.at(-1)?.to ?? null),
    grows,
    durationMs: result.outcome.kind === 'returned' ? result.outcome.end.durationMs : result.elapsedMs,
    error: failure?.error ?? null,
    trace: failure?.trace ?? null,
    poisoned: failure?.isTrap === true,
  };
  if (failure === null && escapedOutput !== null) record.escapedOutput = escapedOutput;
  if (logDropped !== 0) record.logGapAt = logGapAt;
  if (failure !== null && failure.stack !== null) record.stack = failure.stack;
  return record;
}

/** The record of a call that never entered the guest. */
export function failedRecord(
  call: Pick<GuardCallRecord, 'function' | 'input'>,
  end: {
    readonly error: string;
    readonly trace: readonly string[] | null;
    readonly memoryBytes: number | null;
    readonly poisoned: boolean;
  },
): GuardCallRecord {
  const { error, trace, memoryBytes, poisoned } = end;
  return {
    ...call,
    output: null,
    attempts: [],
    backendCalls: [],
    log: [],
    logDropped: 0,
    stdout: '',
    stderr: '',
    memory: memoryBytes === null ? null : { before: memoryBytes, after: memoryBytes, peak: memoryBytes },
    grows: [],
    durationMs: 0,
    error,
    trace,
    poisoned,
  };
}

/** The first trap of a guard, which every later call repeats (gateway spec 1.4). */
export interface Poison {
  readonly error: string;
  readonly trace: readonly string[] | null;
}

/** The record of a call to a guard that is unusable after a trap. */
export function poisonedRecord(
  call: Pick<GuardCallRecord, 'function' | 'input'>,
  name: string,
  { error, trace }: Poison,
  memoryBytes: number | null,
): GuardCallRecord {
  const text = `WASM guard '${name}' is unavailable after a previous trap: ${error}`;
  return failedRecord(call, { error: text, trace, memoryBytes, poisoned: true });
}

/** Linear memory never shrinks, so the peak equals the size at the end. For a stopped call that is the last recorded growth. */
function memoryRecord(
  { outcome }: EntrySpan,
  memoryBefore: number | null,
  lastGrowth: number | null,
): GuardCallRecord['memory'] {
  if (outcome.kind === 'returned') {
    const { memoryBefore: before, memoryAfter: after } = outcome.end;
    return before < 0 ? null : { before, after, peak: after };
  }
  if (memoryBefore === null) return null;
  const after = lastGrowth ?? memoryBefore;
  return { before: memoryBefore, after, peak: after };
}
