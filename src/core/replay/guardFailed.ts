/** Decides whether a guard failed in a call, as opposed to refusing the call. */
import type { DecisionRecord } from '../difc/record/decision.ts';

/**
 * A guard failed if it trapped, exceeded its deadline, returned an answer that the gateway cannot use or would crash on, or if
 * `label_agent` failed in any way, because there is no session without it. A negative return value of another function is a refusal by
 * the guard (except -2, which requests a larger buffer), and an input beyond the gateway's limit never reaches the guard; neither is a
 * failure.
 */
export function guardFailed({ panic, endedIn, error, guardCalls }: DecisionRecord): boolean {
  if (panic !== undefined) return true;
  const last = guardCalls.at(-1);
  if (last === undefined || error === null) return false;
  if (endedIn === 'init') return error.startsWith('guard session initialization failed: ');
  if (endedIn !== 1 && endedIn !== 4) return false;
  if (last.error?.startsWith(tooLarge) === true) return false;
  const code = last.attempts.at(-1)?.code ?? null;
  return last.error === null || code === null || code >= 0 || code === tooSmall;
}

/** Prefix of the gateway's message for an input that is not passed to the guard (gateway spec 1.4). */
const tooLarge = 'input too large: ';

/** Return value of a guard whose output does not fit the buffer (gateway spec 1.4). */
const tooSmall = -2;
