/** Rules `lint/repeated-failure` and `lint/refused-after-trap`: one finding for a failure that repeats, with its count. */
import type { Problem } from '../../base/parsed.ts';
import type { DecisionRecord } from '../../difc/record/decision.ts';
import type { GuardCallRecord } from '../../difc/record/guardCall.ts';

interface Failure {
  readonly function: GuardCallRecord['function'];
  readonly error: string;
  readonly firstCall: number;
  calls: number;
}

/** Counts the failures of a session. */
export class FailureTally {
  readonly #failures = new Map<string, Failure>();
  #killedIn: number | null = null;
  #refused = 0;

  add({ index, error, endedIn, guardCalls }: DecisionRecord): void {
    const last = guardCalls.at(-1);
    if (error === null || last === undefined) return;
    if (endedIn !== 1 && endedIn !== 4 && !(endedIn === 'init' && last.function === 'label_agent')) return;
    if (last.poisoned && last.attempts.length === 0) {
      this.#refused++;
      return;
    }
    if (last.poisoned) this.#killedIn ??= index;
    const [text = ''] = (last.error ?? error).split('\n');
    const key = `${last.function} ${text}`;
    const known = this.#failures.get(key);
    if (known === undefined)
      this.#failures.set(key, { function: last.function, error: text, firstCall: index, calls: 1 });
    else known.calls++;
  }

  findings(calls: number): readonly Problem[] {
    const repeated = [...this.#failures.values()].filter((failure) => failure.calls > 1);
    return [
      ...(this.#killedIn === null || this.#refused === 0 ? [] : [refusedAfterTrap(this.#killedIn, this.#refused)]),
      ...repeated.map((failure) => repeatedFailure(failure, calls)),
    ];
  }
}

function refusedAfterTrap(killedIn: number, refused: number): Problem {
  return {
    severity: 'info',
    code: 'lint/refused-after-trap',
    message: `${refused === 1 ? 'One call was' : `${refused} calls were`} refused only because the guard was killed in call ${killedIn + 1}`,
    hint: `Fix call ${killedIn + 1} first; the later failures follow from it`,
    count: refused,
  };
}

function repeatedFailure({ function: name, error, firstCall, calls: failed }: Failure, calls: number): Problem {
  return {
    severity: 'info',
    code: 'lint/repeated-failure',
    message: `${name} failed with the same error in ${failed} of ${calls} calls, first in call ${firstCall + 1}: ${error}`,
    hint: `Call ${firstCall + 1} is enough to look at`,
    count: failed,
  };
}
