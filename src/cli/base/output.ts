/** Where a command writes: results to stdout, problems to stderr, nothing that would steer the terminal; waits for a slow reader. */
import type { Writable } from 'node:stream';
import type { Failure } from '../../core/base/failure.ts';
import { jsonText } from '../../core/base/jsonText.ts';
import { formatProblem, type Problem } from '../../core/base/parsed.ts';
import { visible, visibleLines } from '../../core/base/visible.ts';

/** Text in a colour, if the output takes one. */
export interface Painted {
  readonly colour: keyof typeof codes;
  readonly text: string;
}

export class Output {
  readonly #out: Writable;
  readonly #err: Writable;
  readonly #colour: boolean;
  #closed = false;
  #resume: () => void = () => undefined;

  /** `colour`: whether text may carry colours. */
  constructor(out: Writable, err: Writable, colour: boolean) {
    this.#out = out;
    this.#err = err;
    this.#colour = colour;
    const end = (): void => {
      this.#closed = true;
      this.#resume();
    };
    out.on('drain', () => this.#resume());
    out.on('close', end);
    // A reader that went away (`| head`) ends the output, not the program.
    out.on('error', end);
    err.on('error', () => undefined);
  }

  /** Whether nobody reads the results any more, so that making more of them is in vain. */
  get closed(): boolean {
    return this.#closed;
  }

  /** One line for people. */
  line(...parts: readonly (string | Painted)[]): Promise<void> {
    return this.encoded(parts.map((part) => this.#shown(part)).join(''));
  }

  /** Several lines for people. */
  text(text: string): Promise<void> {
    return this.encoded(visibleLines(text));
  }

  json(value: unknown): Promise<void> {
    return this.encoded(jsonText(value));
  }

  /** A line that is JSON already: it goes out as it is. */
  async encoded(text: string): Promise<void> {
    if (this.#closed) return;
    if (this.#out.write(`${text}\n`)) return;
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
    });
  }

  /** `about` says what the problem belongs to, when its position does not. */
  problem(problem: Problem, about = ''): void {
    const message = visible(problem.message);
    this.#err.write(`${visible(about)}${visibleLines(formatProblem({ ...problem, message }))}\n`);
  }

  /** What the user should know while a command runs. */
  note(sentence: string): void {
    this.#err.write(`guardscope: ${visible(sentence)}\n`);
  }

  failure(failure: Failure): void {
    this.#err.write(`guardscope: ${visibleLines(failure.message)} [${failure.code}]\n`);
    if (failure.hint !== '') this.#err.write(`  ${visibleLines(failure.hint)}\n`);
  }

  #shown(part: string | Painted): string {
    if (typeof part === 'string') return visible(part);
    const text = visible(part.text);
    return this.#colour ? `\u001B[${codes[part.colour]}m${text}\u001B[0m` : text;
  }
}

const codes = { red: 31, green: 32, yellow: 33, blue: 34, dim: 2, bold: 1 } as const;

export function paint(colour: keyof typeof codes, text: string): Painted {
  return { colour, text };
}
