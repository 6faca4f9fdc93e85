/** Whether a guard failed at a call: what tells a guard that is broken from one that decides. */
import type { DecisionRecord } from '../../core/difc/record/decision.ts';

/**
 * A trap, an overrun, an answer that the gateway cannot use or would crash on, and every failure of `label_agent`, without which there is
 * no session. A negative number from one of the other functions is the guard's own refusal of the call (the gateway's -2 apart, which asks
 * for a larger buffer), and decides it; an input beyond
 * the gateway's limit never reaches it.
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

/** How the gateway's text begins for an input that no guard gets (gateway spec 1.4). */
const tooLarge = 'input too large: ';

/** What a guard returns when its output does not fit (gateway spec 1.4). */
const tooSmall = -2;
