/** Steps that most cases share. */
import type { JsonObject } from '../../../src/core/base/json.ts';
import { labelNames } from '../wasm/guardProgram.ts';

export const load: JsonObject = { op: 'load' };

export function raw(name: string, more: JsonObject = {}): JsonObject {
  return { op: 'raw', function: name, input: '{}', ...more };
}

/** The same with a deadline or a cancel, for guests that may not end by themselves. */
export function limited(name: string, more: JsonObject = {}): JsonObject {
  return { op: 'cancel', wraps: 'raw', afterMs: 3000, function: name, input: '{}', ...more };
}

/** A fresh instance for each of the three functions, since a trap would end the case. */
export const freshForEach: readonly JsonObject[] = labelNames.flatMap((name) => [load, raw(name)]);

/** One instance, the three functions in order. */
export const oneInstance: readonly JsonObject[] = [load, ...labelNames.map((name) => raw(name))];
