/** Where the answers to a guard's `call_backend` come from. */
import type { JsonValue } from '../base/json.ts';

/** What a backend answers: a result, which may itself say `isError`, or a failure, which the guest sees as -1. */
export type BackendAnswer = { readonly result: JsonValue } | { readonly error: string };

/** An answer that takes `waitMs`, or until the deadline of the call. */
export type TimedAnswer = BackendAnswer & { readonly waitMs?: number };

export type BackendSource =
  /** No backend: every call fails. */
  | { readonly kind: 'none' }
  /** Answers in order; used up, every further call fails. */
  | { readonly kind: 'answers'; readonly answers: readonly TimedAnswer[] }
  /** The recorded answers given by `setCassette`, asked for agent call number `call`; nothing crosses threads. */
  | { readonly kind: 'cassette'; readonly call: number }
  /** Somebody answers while the guest sleeps; `signal` aborts when nobody waits any more. */
  | {
      readonly kind: 'live';
      ask(tool: string, args: JsonValue, signal: AbortSignal): Promise<BackendAnswer>;
    };
