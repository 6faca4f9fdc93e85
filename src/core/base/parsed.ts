/** What a reader returns: always a value, and beside it every problem that was met, with its position. */

/** How much a problem matters: an `error` changed or lost something, a `warning` may surprise, `info` only tells. */
export type Severity = 'error' | 'warning' | 'info';

/** Where in an input a problem lies. Lines and columns count from 1, offsets (bytes) from 0. */
export interface Position {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly offset?: number;
}

/** One thing that the user should know: a stable code, a sentence that quotes the value, and the next step. */
export interface Problem {
  readonly severity: Severity;
  /** `room/what`, for example `trace/bad-line`; stable, so that tests, docs and settings can name it. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Where the documentation explains the code: a page of the repository and its section, such as `README.md#section`. */
  readonly docs?: string;
  readonly position?: Position;
  /** How many problems of its code this one stands for, which are nowhere listed; absent for one that stands for itself. */
  readonly count?: number;
}

/** How many problems there were, also those that are only counted. */
export function countProblems(problems: readonly Problem[]): number {
  return problems.reduce((sum, { count = 1 }) => sum + count, 0);
}

/** A value that was read as far as it could be, and what stood in the way. Reading never throws for bad input. */
export interface Parsed<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
}

/** `file:line:column: message`, with the parts that are known; the one form for the terminal. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, offset } = problem.position ?? {};
  const place = [file ?? (line === undefined ? undefined : 'line'), line, column]
    .filter((part) => part !== undefined)
    .join(file === undefined ? ' ' : ':');
  const at = place === '' ? '' : `${place}: `;
  const byte = offset === undefined ? '' : ` (at byte ${offset})`;
  const hint = problem.hint === undefined ? '' : `\n  ${problem.hint}`;
  return `${at}${problem.severity}: ${problem.message}${byte} [${problem.code}]${hint}`;
}
