/** The record of a guard's instantiation, and why a guard does not load. */
import type { LogLine } from '../../../core/difc/record/guardCall.ts';
import type { GuardStack } from '../../../core/difc/record/stackFrame.ts';
import type { CallFailure, EntrySpan } from './guardCallRecord.ts';
import type { JournalContent } from './journalContent.ts';

/** Record of the instantiation, in which the start function may log. */
export interface LoadRecord {
  readonly log: readonly LogLine[];
  readonly logDropped: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Linear memory in bytes after the start; null without a memory, and when loading failed before. */
  readonly memoryBytes: number | null;
  /** Duration of instantiation and start function in the worker, in milliseconds. */
  readonly durationMs: number;
}

/** Why a guard does not load. */
export interface LoadFailure {
  readonly error: string;
  /** The gateway's stack trace; null when it prints none. */
  readonly trace: readonly string[] | null;
  /** The same stack in the words of the source; null when it is not known. */
  readonly stack: GuardStack | null;
}

/** The record of a module that was refused before it was instantiated. */
export const emptyLoad: LoadRecord = {
  log: [],
  logDropped: 0,
  stdout: '',
  stderr: '',
  memoryBytes: null,
  durationMs: 0,
};

/** Prefix of the gateway's error for a module that cannot be instantiated. */
export const instantiateFailed = 'failed to instantiate WASM module: ';

/** The name under which wazero gets a guard: the gateway uses the empty name in its own texts only (gateway spec 1.2). */
export function instanceName(name: string): string {
  return name === '' ? 'guard' : name;
}

/**
 * The end of an instantiation. `memory`: the last known size of the linear memory in bytes, -1 without one. `shapeError`: the gateway's error
 * for a module that is not a guard, which it reports after the start function has run.
 */
export function loadEnd(
  { outcome, elapsedMs }: EntrySpan,
  { log, logDropped, stdout, stderr }: JournalContent,
  failure: CallFailure | null,
  { memory, shapeError }: { readonly memory: number; readonly shapeError: string | null },
): { readonly record: LoadRecord; readonly failure: LoadFailure | null } {
  const record: LoadRecord = {
    log,
    logDropped,
    stdout,
    stderr,
    memoryBytes: failure !== null || memory < 0 ? null : memory,
    durationMs: outcome.kind === 'returned' ? outcome.end.durationMs : elapsedMs,
  };
  if (failure !== null) {
    const prefix = outcome.kind === 'thread-ended' ? '' : instantiateFailed;
    return { record, failure: { error: prefix + failure.error, trace: failure.trace, stack: failure.stack } };
  }
  return { record, failure: shapeError === null ? null : { error: shapeError, trace: null, stack: null } };
}
