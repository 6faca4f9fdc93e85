/** Sources of the answers to a guard's `call_backend`. */
import type { JsonValue } from '../base/json.ts';

/** Answer of a backend: a result, which may have `isError`, or a failure, which the guest sees as -1. */
export type BackendAnswer = { readonly result: JsonValue } | { readonly error: string };

/** An answer that comes after `waitMs` milliseconds, or at the deadline of the call. */
export type TimedAnswer = BackendAnswer & { readonly waitMs?: number };

export type BackendSource =
  /** No backend: every look-up fails. */
  | { readonly kind: 'none' }
  /** Answers in order; when all are used, every further look-up fails. */
  | { readonly kind: 'answers'; readonly answers: readonly TimedAnswer[] }
  /** The recorded answers that `useCassette` gave, for the agent call with index `call`. The worker has them, so no look-up leaves its thread. */
  | { readonly kind: 'cassette'; readonly call: number }
  /** `ask` answers while the guest is blocked; `signal` aborts when the guest no longer waits. */
  | {
      readonly kind: 'live';
      ask(tool: string, args: JsonValue, signal: AbortSignal): Promise<BackendAnswer>;
    };
