/** Gathers the problems of a trace: the first of each kind one by one, the rest as a number, so that a broken file stays readable. */
import type { Position, Problem, Severity } from '../../base/parsed.ts';

/** Problems of one code that are listed one by one. */
const listedPerCode = 100;

export class TraceProblems {
  readonly #file: string | undefined;
  readonly #listed: Problem[] = [];
  readonly #counts = new Map<string, { severity: Severity; count: number; lastLine: number | undefined }>();

  constructor(file?: string) {
    this.#file = file;
  }

  /** The same problems, to which others can be added that are true only now. */
  copy(): TraceProblems {
    const copy = new TraceProblems(this.#file);
    copy.#listed.push(...this.#listed);
    for (const [code, known] of this.#counts) copy.#counts.set(code, known);
    return copy;
  }

  /** `line` from 1; undefined for a problem of the whole file. */
  add(severity: Severity, code: string, message: string, line?: number, hint?: string): void {
    const known = this.#counts.get(code) ?? { severity, count: 0, lastLine: undefined };
    this.#counts.set(code, { severity, count: known.count + 1, lastLine: line });
    if (known.count >= listedPerCode) return;
    const position = this.#position(line);
    this.#listed.push({
      severity,
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(position === undefined ? {} : { position }),
    });
  }

  count(code: string): number {
    return this.#counts.get(code)?.count ?? 0;
  }

  /** In the order of adding, and after them one line for each code that had more than are listed. */
  list(): readonly Problem[] {
    const unlisted: Problem[] = [];
    for (const [code, { severity, count, lastLine }] of this.#counts) {
      if (count <= listedPerCode) continue;
      const until = lastLine === undefined ? '' : `, the last in line ${lastLine}`;
      const rest = count - listedPerCode;
      const message = rest === 1 ? `1 more problem like these${until}` : `${rest} more problems like these${until}`;
      const position = this.#position(undefined);
      unlisted.push({ severity, code, message, count: rest, ...(position === undefined ? {} : { position }) });
    }
    return [...this.#listed, ...unlisted];
  }

  #position(line: number | undefined): Position | undefined {
    if (this.#file === undefined && line === undefined) return undefined;
    return { ...(this.#file === undefined ? {} : { file: this.#file }), ...(line === undefined ? {} : { line }) };
  }
}
