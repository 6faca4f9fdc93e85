/** The error class of this program: a code, a sentence that quotes the value, and the next step. */
import type { Problem } from './parsed.ts';

/** An error that the user sees. Thrown only where there is no value to continue with; readers return problems instead. */
export class Failure extends Error {
  /** `room/what`, stable. */
  readonly code: string;
  /** The next step, as a sentence; empty when there is none. */
  readonly hint: string;

  constructor(code: string, message: string, hint = '') {
    super(message);
    this.name = 'Failure';
    this.code = code;
    this.hint = hint;
  }
}

/** Converts a failure to a problem, for lists that show both. */
export function failureToProblem(failure: Failure): Problem {
  const { code, message, hint } = failure;
  return { severity: 'error', code, message, ...(hint === '' ? {} : { hint }) };
}

/**
 * Converts any thrown value to a `Failure`. An error of another class keeps its message and gets the code `internal/unexpected`. A
 * `Failure` of another bundle, which has its own copy of this class, is recognised by its name.
 */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof Error && thrown.name === 'Failure') {
    const { code, hint } = thrown as Partial<Failure>;
    if (typeof code === 'string' && typeof hint === 'string') return new Failure(code, thrown.message, hint);
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Failure('internal/unexpected', message, 'This is a bug in Guardscope; please report it');
}
