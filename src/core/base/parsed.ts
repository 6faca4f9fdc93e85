/** The result of a reader: a value, always, and the problems that it found, with their positions. */

/** Severity of a problem: `error` when something was changed or lost, `warning` when the result may surprise, else `info`. */
export type Severity = 'error' | 'warning' | 'info';

/** Position of a problem in its input. Lines and columns count from 1, offsets (bytes) from 0. */
export interface Position {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly offset?: number;
}

/** A problem that the user should know of: a stable code, a sentence that quotes the value, and the next step. */
export interface Problem {
  readonly severity: Severity;
  /** `room/what`, for example `trace/bad-line`. Tests, documents and settings name it, so it never changes. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** The documentation of the code: a document of the repository and its section, such as `README.md#section`. */
  readonly docs?: string;
  readonly position?: Position;
  /** Number of problems of the same code that this one summarises; absent for a single problem. */
  readonly count?: number;
  /** What the problem is about, for example the misspelt word: problems with the same code and the same subject are one finding. */
  readonly subject?: string;
  /** The correction as data, when it is known. */
  readonly fix?: Fix;
  /** The text with the mistake, shown beside the message. */
  readonly excerpt?: Excerpt;
}

/**
 * A correction of a guard's answer as data. `rename` gives a member another name, `move` gives a member another place (both are JSON
 * Pointers), `value` replaces the JSON text of a value, `add` adds a member (`replace` is empty).
 */
export interface Fix {
  readonly kind: 'rename' | 'move' | 'value' | 'add';
  /** JSON Pointer of the member or the value in the answer. */
  readonly at: string;
  readonly replace: string;
  readonly by: string;
}

/** A part of a text. */
export interface Excerpt {
  /** What the text is, for example `label_resource answered`. */
  readonly title: string;
  readonly text: string;
}

/** Number of problems, with summarised ones counted individually. */
export function countProblems(problems: readonly Problem[]): number {
  return problems.reduce((sum, { count = 1 }) => sum + count, 0);
}

/** As much of the value as could be read, and the problems. Readers never throw for bad input. */
export interface Parsed<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
}

/** A problem as the terminal shows it: `file:line:column: message`, with the parts that are known. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, offset } = problem.position ?? {};
  const place = [file ?? (line === undefined ? undefined : 'line'), line, column]
    .filter((part) => part !== undefined)
    .join(file === undefined ? ' ' : ':');
  const at = place === '' ? '' : `${place}: `;
  const byte = offset === undefined ? '' : ` (at byte ${offset})`;
  const hint = problem.hint === undefined ? '' : `\n  ${problem.hint}`;
  const excerpt = problem.excerpt === undefined ? '' : `\n  ${problem.excerpt.title}: ${problem.excerpt.text}`;
  return `${at}${problem.severity}: ${problem.message}${byte} [${problem.code}]${hint}${excerpt}`;
}
