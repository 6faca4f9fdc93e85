/** Reads a command's arguments: flags by name, files by position; anything else is a clear sentence and exit code 2. */
import { parseArgs } from 'node:util';
import { Failure } from '../../core/base/failure.ts';

/** How a flag is given: with a value, or alone. */
export type FlagKind = 'value' | 'switch';

/** What a command accepts, for the reader and for its help. */
export interface ArgumentTable {
  /** Names of the positions, for messages: `GUARD`, `TRACE`. */
  readonly positions: readonly string[];
  /** Name of what follows `--` and is not looked into; without it nothing may follow. */
  readonly rest?: string;
  readonly flags: Readonly<Record<string, { readonly kind: FlagKind; readonly help: string; readonly value?: string }>>;
}

/** What a number may be, both ends included. */
export interface Bounds {
  readonly least?: number;
  readonly most?: number;
}

/** The arguments as they were given. */
export class Arguments {
  readonly #command: string;
  readonly #values: Readonly<Record<string, string | boolean | undefined>>;
  readonly #positions: readonly string[];
  readonly #rest: readonly string[];

  /** Throws a `Failure` (`cli/usage`) for an unknown flag, a missing value, or a position too many. */
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
      throw usage(command, refusal(thrown, own));
    }
    const extra = this.#positions[table.positions.length];
    if (extra !== undefined) throw usage(command, `Unexpected argument "${extra}"`);
  }

  /** A file or other argument by position; a missing one is a usage failure that names it. */
  position(at: number, name: string): string {
    const value = this.#positions[at];
    if (value === undefined) throw usage(this.#command, `Missing ${name}`);
    return value;
  }

  /** A position that may be left out. */
  optional(at: number): string | undefined {
    return this.#positions[at];
  }

  /** What follows `--`; nothing there is a usage failure that names it. */
  rest(name: string): readonly [string, ...string[]] {
    const [first, ...more] = this.#rest;
    if (first === undefined) throw usage(this.#command, `Missing -- ${name}`);
    return [first, ...more];
  }

  /** Whether anything follows `--`. */
  get hasRest(): boolean {
    return this.#rest.length > 0;
  }

  value(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  required(name: string): string {
    const value = this.value(name);
    if (value === undefined) throw usage(this.#command, `Missing --${name}`);
    return value;
  }

  has(name: string): boolean {
    return this.#values[name] === true;
  }

  /** One of a few words. */
  oneOf<T extends string>(name: string, words: readonly T[]): T | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) throw usage(this.#command, `--${name} is "${value}"; expected one of ${words.join(', ')}`);
    return word;
  }

  /** A whole number within bounds; without them one that is not negative. */
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

/** The arguments up to `--`, which ends those that are ours. */
export function beforeRest(argv: readonly string[]): readonly string[] {
  const at = argv.indexOf('--');
  return at < 0 ? argv : argv.slice(0, at);
}

/** Node's sentence about an argument in our words, without its advice, which the hint replaces. */
function refusal(thrown: unknown, argv: readonly string[]): string {
  const [, before] = /'(--[^']*)' argument is ambiguous/.exec(thrown instanceof Error ? thrown.message : '') ?? [];
  const value = before === undefined ? undefined : argv[argv.indexOf(before) + 1];
  if (before !== undefined && value !== undefined) {
    return `Flag "${before}" needs a value, and "${value}" looks like a flag; a value that begins so is written ${before}=${value}`;
  }
  const [sentence = ''] = (thrown instanceof Error ? thrown.message : String(thrown)).split(/\n|\. To specify/, 1);
  return sentence
    .replace(/([Oo])ption '(-[^' ]*)(?: <value>)?'/, (_, o, flag) => `${o === 'O' ? 'F' : 'f'}lag "${flag}"`)
    .replace('argument missing', 'needs a value');
}

/** The failure of wrong usage: its hint names the help. */
export function usage(command: string, message: string): Failure {
  return new Failure(
    'cli/usage',
    message,
    `Run "guardscope help${command === '' ? '' : ` ${command}`}" for its arguments`,
  );
}
