/** The one error class of ours: a code, a sentence that quotes the value, and the next step. */
import type { Problem } from './parsed.ts';

/** A failure that the user meets. Thrown only where there is no value to go on with; readers return problems instead. */
export class Failure extends Error {
  /** `room/what`, stable. */
  readonly code: string;
  /** What to do next, as a sentence; empty when there is nothing to do. */
  readonly hint: string;

  constructor(code: string, message: string, hint = '') {
    super(message);
    this.name = 'Failure';
    this.code = code;
    this.hint = hint;
  }
}

/** The failure as a problem, for lists that show both. */
export function failureToProblem(failure: Failure): Problem {
  const { code, message, hint } = failure;
  return { severity: 'error', code, message, ...(hint === '' ? {} : { hint }) };
}

/**
 * Whatever was thrown, as a `Failure`; a foreign error keeps its message under the code `internal/unexpected`. A failure of another bundle,
 * which has this class a second time, is one, too.
 */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof Error && thrown.name === 'Failure') {
    const { code, hint } = thrown as Partial<Failure>;
    if (typeof code === 'string' && typeof hint === 'string') return new Failure(code, thrown.message, hint);
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Failure('internal/unexpected', message, 'This is a mistake in Guardscope; please report it');
}
