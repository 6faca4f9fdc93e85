/** Where a command writes: results to stdout, problems to stderr, and waits for a slow reader. */
import type { Writable } from 'node:stream';
import type { Failure } from '../core/base/failure.ts';
import { jsonText } from '../core/base/jsonText.ts';
import { formatProblem, type Problem } from '../core/base/parsed.ts';

export class Output {
  readonly #out: Writable;
  readonly #err: Writable;
  /** Whether text may carry colours. */
  readonly colour: boolean;
  #closed = false;
  #resume: () => void = () => undefined;

  constructor(out: Writable, err: Writable, colour: boolean) {
    this.#out = out;
    this.#err = err;
    this.colour = colour;
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

  async line(text: string): Promise<void> {
    if (this.#closed) return;
    if (this.#out.write(`${text}\n`)) return;
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
    });
  }

  json(value: unknown): Promise<void> {
    return this.line(jsonText(value));
  }

  /** `about` says what the problem belongs to, when its position does not. */
  problem(problem: Problem, about = ''): void {
    this.#err.write(`${about}${formatProblem(problem)}\n`);
  }

  /** What the user should know while a command runs. */
  note(sentence: string): void {
    this.#err.write(`guardscope: ${sentence}\n`);
  }

  failure(failure: Failure): void {
    this.#err.write(`guardscope: ${failure.message} [${failure.code}]\n`);
    if (failure.hint !== '') this.#err.write(`  ${failure.hint}\n`);
  }
}

const codes = { red: 31, green: 32, yellow: 33, blue: 34, dim: 2, bold: 1 } as const;

/** Wraps text in a colour when the output takes one. */
export function paint(output: Output, colour: keyof typeof codes, text: string): string {
  return output.colour ? `\u001B[${codes[colour]}m${text}\u001B[0m` : text;
}
