/** Collects the problems of a trace: the first of each code in full, the rest as a count, so that a broken file stays readable. */
import type { Position, Problem, Severity } from '../../base/parsed.ts';

/** Number of problems of one code that are listed in full. */
const listedPerCode = 100;

/** Collector of problems, all in one file. */
export class TraceProblems {
  readonly #file: string | undefined;
  readonly #listed: Problem[] = [];
  readonly #counts = new Map<string, { severity: Severity; count: number; lastLine: number | undefined }>();

  constructor(file?: string) {
    this.#file = file;
  }

  /** Returns a copy, so that problems of a single snapshot can be added to it. */
  copy(): TraceProblems {
    const copy = new TraceProblems(this.#file);
    copy.#listed.push(...this.#listed);
    for (const [code, known] of this.#counts) copy.#counts.set(code, known);
    return copy;
  }

  /** Adds a problem. `line` starts at 1; undefined for a problem of the whole file. */
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

  /** Lists the problems in the order of adding, then one summary for each code with more problems than are listed. */
  list(): readonly Problem[] {
    const unlisted: Problem[] = [];
    for (const [code, { severity, count, lastLine }] of this.#counts) {
      if (count <= listedPerCode) continue;
      const until = lastLine === undefined ? '' : `, the last in line ${lastLine}`;
      const rest = count - listedPerCode;
      const message = rest === 1 ? `1 more problem of this kind${until}` : `${rest} more problems of this kind${until}`;
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
