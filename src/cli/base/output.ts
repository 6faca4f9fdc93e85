/** The output of a command: results on stdout, problems on stderr, control characters escaped, with back pressure. */
import type { Writable } from 'node:stream';
import type { Failure } from '../../core/base/failure.ts';
import { jsonText } from '../../core/base/jsonText.ts';
import { formatProblem, type Problem } from '../../core/base/parsed.ts';
import { visible, visibleJson, visibleLines } from '../../core/base/visible.ts';

/** Text with a colour, which is dropped if the output does not support colours. */
export interface Painted {
  readonly colour: keyof typeof codes;
  readonly text: string;
}

/** Writes results and problems. */
export class Output {
  readonly #out: Writable;
  readonly #err: Writable;
  readonly #colour: boolean;
  #closed = false;
  #resume: () => void = () => undefined;

  /** `colour` enables ANSI colours. */
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
    // A reader that closed the pipe (`| head`) ends the output but not the program.
    out.on('error', end);
    err.on('error', () => undefined);
  }

  /** Whether the reader of the results is gone; a command can stop then. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Writes one line of text. */
  line(...parts: readonly (string | Painted)[]): Promise<void> {
    return this.#write(parts.map((part) => this.#shown(part)).join(''));
  }

  /** Writes several lines of text. */
  text(text: string): Promise<void> {
    return this.#write(visibleLines(text));
  }

  /** Writes a value as one line of JSON. */
  json(value: unknown): Promise<void> {
    return this.encodedJson(jsonText(value));
  }

  /** Writes an encoded JSON value as one line. */
  encodedJson(json: string): Promise<void> {
    return this.#write(visibleJson(json));
  }

  async #write(text: string): Promise<void> {
    if (this.#closed) return;
    if (this.#out.write(`${text}\n`)) return;
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
    });
  }

  /** Writes a problem to stderr. `about` is a prefix that says what the problem belongs to. */
  problem(problem: Problem, about = ''): void {
    const message = visible(problem.message);
    this.#err.write(`${visible(about)}${visibleLines(formatProblem({ ...problem, message }))}\n`);
  }

  /** Writes a message to stderr. */
  note(sentence: string): void {
    this.#err.write(`guardscope: ${visible(sentence)}\n`);
  }

  /** Writes a failure with its code and its next step to stderr. */
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

/** Returns text with a colour. */
export function paint(colour: keyof typeof codes, text: string): Painted {
  return { colour, text };
}
