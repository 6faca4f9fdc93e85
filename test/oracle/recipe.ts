/** The result of a generator: a guard in parts that can be left out one by one, and steps to run on it. */
import type { JsonObject } from '../../src/core/base/json.ts';
import type { Random } from './random.ts';

/** A case that both sides run. */
export interface OracleCase {
  readonly guard: Uint8Array;
  readonly steps: readonly JsonObject[];
  /** Milliseconds after which a start function is ended; absent: never. */
  readonly loadMs?: number;
}

/** A part of a guard; `label` describes it for readers. */
export interface Part<T = unknown> {
  readonly label: string;
  readonly content: T;
}

/** A generated case before its guard is built; any subset of its parts gives a guard. */
export interface Recipe<T = unknown> {
  readonly parts: readonly Part<T>[];
  readonly steps: readonly JsonObject[];
  readonly loadMs?: number;
  build(parts: readonly Part<T>[]): Uint8Array;
}

/** A family of cases. */
export interface Generator {
  readonly name: string;
  /** Approximate share of the cases, in percent. */
  readonly weight: number;
  generate(random: Random): Recipe;
}

/** Hides the parts' type from the list of generators. */
export function recipe<T>(made: Recipe<T>): Recipe {
  return { ...made, build: (parts) => made.build(parts as readonly Part<T>[]) };
}

/** The case of a recipe, with all of its parts or with some. */
export function caseOf(made: Recipe, parts = made.parts, steps = made.steps): OracleCase {
  const { loadMs } = made;
  return { guard: made.build(parts), steps, ...(loadMs === undefined ? {} : { loadMs }) };
}
