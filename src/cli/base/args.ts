/** Parses the arguments of a command; wrong usage throws a `Failure` with the code `cli/usage`. */
import { parseArgs } from 'node:util';
import { Failure } from '../../core/base/failure.ts';

/** Whether a flag takes a value. */
export type FlagKind = 'value' | 'switch';

/** The arguments that a command accepts; the parser and the help use this table. */
export interface ArgumentTable {
  /** Names of the positional arguments, for example `GUARD` and `TRACE`. A last name that ends with `…` may be given more than once. */
  readonly positions: readonly string[];
  /** Name of the arguments after `--`, which are not parsed; if undefined, `--` has no special meaning. */
  readonly rest?: string;
  readonly flags: Readonly<Record<string, { readonly kind: FlagKind; readonly help: string; readonly value?: string }>>;
}

/** Inclusive limits of a number. */
export interface Bounds {
  readonly least?: number;
  readonly most?: number;
}

/** The parsed arguments of one run. */
export class Arguments {
  readonly #command: string;
  readonly #values: Readonly<Record<string, string | boolean | undefined>>;
  readonly #positions: readonly string[];
  readonly #rest: readonly string[];

  /** Throws a `Failure` (`cli/usage`) for an unknown flag, a missing value, or an extra positional argument. */
  constructor(command: string, table: ArgumentTable, argv: readonly string[]) {
    this.#command = command;
    const options = Object.fromEntries(
      Object.entries(table.flags).map(([name, { kind }]) => [name, { type: kind === 'value' ? 'string' : 'boolean' }]),
    ) as Record<string, { type: 'string' | 'boolean' }>;
    const own = table.rest === undefined ? argv : beforeRest(argv);
    this.#rest = argv.slice(own.length + 1);
    try {
      const parsed = parseArgs({ args: [...own], options, allowPositionals: true, strict: true });
      this.#values = parsed.values;
      this.#positions = parsed.positionals;
    } catch (thrown) {
      throw usage(command, parseError(thrown, own));
    }
    const repeats = table.positions.at(-1)?.endsWith('…') === true;
    const extra = repeats ? undefined : this.#positions[table.positions.length];
    if (extra !== undefined) throw usage(command, `Unexpected argument "${extra}"`);
  }

  /** A required positional argument. Throws `cli/usage` with its name if it is missing. */
  position(at: number, name: string): string {
    const value = this.#positions[at];
    if (value === undefined) throw usage(this.#command, `Missing ${name}`);
    return value;
  }

  /** All positional arguments from one on; the first is required. Throws `cli/usage` with its name if it is missing. */
  positionsFrom(at: number, name: string): readonly [string, ...string[]] {
    return [this.position(at, name), ...this.#positions.slice(at + 1)];
  }

  /** An optional positional argument. */
  optional(at: number): string | undefined {
    return this.#positions[at];
  }

  /** The required arguments after `--`. Throws `cli/usage` with their name if there are none. */
  rest(name: string): readonly [string, ...string[]] {
    const [first, ...more] = this.#rest;
    if (first === undefined) throw usage(this.#command, `Missing -- ${name}`);
    return [first, ...more];
  }

  /** Whether there are arguments after `--`. */
  get hasRest(): boolean {
    return this.#rest.length > 0;
  }

  /** The value of a flag, if it was given. */
  value(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** The value of a required flag. Throws `cli/usage` if it is missing. */
  required(name: string): string {
    const value = this.value(name);
    if (value === undefined) throw usage(this.#command, `Missing --${name}`);
    return value;
  }

  /** Whether a switch was given. */
  has(name: string): boolean {
    return this.#values[name] === true;
  }

  /** The value of a flag with a fixed set of values. Throws `cli/usage` for any other value. */
  oneOf<T extends string>(name: string, words: readonly T[]): T | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) throw usage(this.#command, `--${name} is "${value}"; expected one of ${words.join(', ')}`);
    return word;
  }

  /** The value of a flag as a whole number within bounds (default: not negative). Throws `cli/usage` otherwise. */
  count(name: string, { least = 0, most = Number.MAX_SAFE_INTEGER }: Bounds = {}): number | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (!/^\d{1,15}$/.test(value)) throw usage(this.#command, `--${name} is "${value}"; expected a whole number`);
    const count = Number(value);
    if (count < least) throw usage(this.#command, `--${name} is "${value}"; expected at least ${least}`);
    if (count > most) throw usage(this.#command, `--${name} is "${value}"; expected at most ${most}`);
    return count;
  }
}

/** The arguments before `--`. */
export function beforeRest(argv: readonly string[]): readonly string[] {
  const at = argv.indexOf('--');
  return at < 0 ? argv : argv.slice(0, at);
}

/** Rephrases an error message of Node's `parseArgs`, without its advice, which the hint replaces. */
function parseError(thrown: unknown, argv: readonly string[]): string {
  const [, before] = /'(--[^']*)' argument is ambiguous/.exec(thrown instanceof Error ? thrown.message : '') ?? [];
  const value = before === undefined ? undefined : argv[argv.indexOf(before) + 1];
  if (before !== undefined && value !== undefined) {
    return `Flag "${before}" needs a value, and "${value}" looks like a flag; to pass it as a value, write ${before}=${value}`;
  }
  const [sentence = ''] = (thrown instanceof Error ? thrown.message : String(thrown)).split(/\n|\. To specify/, 1);
  return sentence
    .replace(/([Oo])ption '(-[^' ]*)(?: <value>)?'/, (_, o, flag) => `${o === 'O' ? 'F' : 'f'}lag "${flag}"`)
    .replace('argument missing', 'needs a value');
}

/** Returns the failure of wrong usage, with the command that prints the help as its hint. */
export function usage(command: string, message: string): Failure {
  return new Failure('cli/usage', message, `Run "guardscope help${command === '' ? '' : ` ${command}`}" for usage`);
}
