/** Runs compiled jq programs: a stack of choices to go back to, with errors, labels and a bound on the work (gojq `execute.go`). */
import { compare, isArray, isNumber, isObject, JqError, type JqValue, keysOf, shown } from '../jqValue.ts';

/** The rest of a run: a function to call next, or null to go back to the last choice. Long chains of calls return, so they use no stack. */
export type Step = (() => Step) | null;

/** Takes an output. `path` is where `path(…)` has come to; null outside of it. */
export type Next = (value: JqValue, path: Path) => Step;

/** A compiled part of a program. It calls `next` for its first output and leaves a choice for the others. */
export type Node = (env: Env, value: JqValue, path: Path, next: Next) => Step;

/** Variables and arguments, the innermost first. */
export type Env = { readonly bound: Bound; readonly up: Env } | null;

/** What a name stands for: a value, an argument with the environment of its caller, or the identity of a label. */
export type Bound = JqValue | Argument | symbol;

/** An argument that is evaluated where the function uses it. */
export class Argument {
  readonly node: Node;
  readonly env: Env;

  constructor(node: Node, env: Env) {
    this.node = node;
    this.env = env;
  }
}

/** A place inside the input of `path(…)`, with the value that was found there. The first one has no key. */
export type Path = { readonly up: Path; readonly key: JqValue; readonly value: JqValue } | null;

/** Leaves a label. */
class Break extends Error {
  readonly label: symbol;

  constructor(label: symbol) {
    super('break');
    this.label = label;
  }
}

/** `halt` and `halt_error`: ends the program; `try` does not catch it. */
export class Halt extends Error {
  readonly value: JqValue;
  readonly exitCode: number;

  constructor(value: JqValue, exitCode: number) {
    super('halt');
    this.value = value;
    this.exitCode = exitCode;
  }
}

/** A program that uses something that is not supported here, by name. */
export class NotSupported extends Error {
  readonly word: string;

  constructor(word: string) {
    super(`not supported: ${word}`);
    this.word = word;
  }
}

/** A run that took more work than its bound allows. */
export class TooMuchWork extends Error {}

type Choice =
  | { readonly kind: 'resume'; readonly run: () => Step }
  | { readonly kind: 'try' | 'otherwise'; readonly caught: (error: JqError) => Step }
  | { readonly kind: 'tryEnd' }
  | { readonly kind: 'label'; readonly label: symbol };

const bouncing = new WeakSet<Next>();

/** `next` as a step of its own, so that returning from deep recursion uses no stack. A call in the last place gets the same `next`. */
export function bounce(next: Next): Next {
  if (bouncing.has(next)) return next;
  const later: Next = (value, path) => () => next(value, path);
  bouncing.add(later);
  return later;
}

/** One run at a time: `start`, then `output` until it returns undefined. */
export class Machine {
  readonly #choices: Choice[] = [];
  #step: Step = null;
  #output: JqValue | undefined;
  #left = 0;

  /** `budget`: the most units of work; about ten million take a second. */
  start(node: Node, input: JqValue, budget: number): void {
    this.#choices.length = 0;
    this.#left = budget;
    this.#step = () =>
      node(null, input, null, (value) => {
        this.#output = value;
        return null;
      });
  }

  /** The next output; undefined at the end. Throws a `JqError`, a `Halt`, `NotSupported` or `TooMuchWork`. */
  output(): JqValue | undefined {
    this.#output = undefined;
    for (;;) {
      try {
        while (this.#output === undefined) {
          this.work(1);
          if (this.#step !== null) {
            this.#step = this.#step();
            continue;
          }
          const choice = this.#choices.pop();
          if (choice === undefined) return undefined;
          if (choice.kind === 'resume') this.#step = choice.run();
        }
        return this.#output;
      } catch (thrown) {
        this.#step = this.#unwind(thrown);
      }
    }
  }

  /** Counts units of work. */
  work(units: number): void {
    this.#left -= units;
    if (this.#left < 0) throw new TooMuchWork();
  }

  /** Leaves a choice: what to run when the current path of the program ends. */
  choose(run: () => Step): void {
    this.#choices.push({ kind: 'resume', run });
  }

  /** Catches errors of what runs until `endTry`. */
  beginTry(caught: (error: JqError) => Step): void {
    this.#choices.push({ kind: 'try', caught });
  }

  /** Errors from here on are not those of the last `beginTry`, until the program goes back to before this point. */
  endTry(): void {
    this.#choices.push({ kind: 'tryEnd' });
  }

  /** Continues with the next pattern of `?//` after any error. */
  otherwise(run: () => Step): void {
    this.#choices.push({ kind: 'otherwise', caught: run });
  }

  label(): symbol {
    const label = Symbol('label');
    this.#choices.push({ kind: 'label', label });
    return label;
  }

  leave(label: symbol): never {
    throw new Break(label);
  }

  /** The current number of choices, for `cut`. */
  get height(): number {
    return this.#choices.length;
  }

  /** Drops all choices above a height. */
  cut(height: number): void {
    this.#choices.length = height;
  }

  #unwind(thrown: unknown): Step {
    if (thrown instanceof NotSupported || thrown instanceof TooMuchWork) throw thrown;
    const isOwn = thrown instanceof JqError || thrown instanceof Break || thrown instanceof Halt;
    if (!isOwn) throw thrown;
    // What catches an error runs as the next step, so that an error of its own is unwound, too.
    let ended = 0;
    for (let choice = this.#choices.pop(); choice !== undefined; choice = this.#choices.pop()) {
      if (choice.kind === 'tryEnd') ended++;
      else if (choice.kind === 'try') {
        if (ended > 0) ended--;
        else if (thrown instanceof JqError) return () => choice.caught(thrown);
      } else if (choice.kind === 'otherwise') {
        const error = thrown instanceof JqError ? thrown : new JqError(thrown.message);
        return () => choice.caught(error);
      } else if (choice.kind === 'label' && thrown instanceof Break && thrown.label === choice.label) return null;
    }
    throw thrown;
  }
}

/** The outputs for the elements of an array, or the members of an object, one after the other. */
export function iterate(
  machine: Machine,
  items: readonly (readonly [JqValue, JqValue])[],
  path: Path,
  next: Next,
): Step {
  const from = (index: number): Step => {
    const item = items[index];
    if (item === undefined) return null;
    if (index + 1 < items.length) machine.choose(() => from(index + 1));
    const [key, value] = item;
    return next(value, path === null ? null : { up: path, key, value });
  };
  return from(0);
}

/** Whether a value is the one that the path has come to (gojq `pathIntact`): arrays and objects by identity. */
export function isIntact(value: JqValue, path: Path): boolean {
  if (path === null || Object.is(value, path.value) || (value === 0 && path.value === 0)) return true;
  // All empty arrays of Go are at one address.
  return isArray(value) && isArray(path.value) && value.length === 0 && path.value.length === 0;
}

/** Throws when the value is not the one that the path has come to. */
export function requireIntact(value: JqValue, path: Path): void {
  if (!isIntact(value, path)) throw new JqError(`invalid path against: ${shown(value)}`);
}

/** The path to what `getpath` found; gojq notes the value that was found at every key. Throws when `value` is not where the path is. */
export function pathTo(value: JqValue, keys: readonly JqValue[], found: JqValue, path: Path): Path {
  if (path === null) return null;
  requireIntact(value, path);
  return keys.reduce<Path>((up, key) => ({ up, key, value: found }), path);
}

/** The keys of a path, from the outermost. */
export function keysOfPath(path: Path): readonly JqValue[] {
  const keys: JqValue[] = [];
  for (let at = path; at !== null && at.up !== null; at = at.up) keys.push(at.key);
  return keys.reverse();
}

/** Numbers from `from` to before `to`. Throws when one of the three is not a number. */
export function range(
  machine: Machine,
  numbers: readonly JqValue[],
  add: (a: JqValue, b: JqValue) => JqValue,
  next: (value: JqValue) => Step,
): Step {
  const [from = null, to = null, step = null] = numbers;
  for (const each of numbers) {
    if (!isNumber(each)) throw new JqError(`range cannot be applied to: ${shown(each)}`);
  }
  const direction = compare(step, 0n);
  const at = (value: JqValue): Step => {
    if (direction * compare(value, to) >= 0) return null;
    machine.choose(() => at(add(value, step)));
    return next(value);
  };
  return at(from);
}

/** Elements with their indexes, or members with their keys in order; null for other values. */
export function entriesOf(value: JqValue): readonly (readonly [JqValue, JqValue])[] | null {
  if (isArray(value)) return value.map((item, index) => [BigInt(index), item] as const);
  if (!isObject(value)) return null;
  return keysOf(value).map((key) => [key, value[key] ?? null] as const);
}
