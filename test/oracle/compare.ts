/** Compares the lines of oracle and product, and names the kind of a difference so that differences can be counted by kind. */
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject, JsonValue } from '../../src/core/base/json.ts';

/** One differing member of one line. */
export interface Difference {
  /** Index of the step. */
  readonly step: number;
  readonly member: string;
  readonly oracle: JsonValue | undefined;
  readonly product: JsonValue | undefined;
}

/** The output of the product: one line per step, or the reason for missing output. */
export type Answer = readonly JsonObject[];

/** The differences of the first line that differs; later lines follow from it. */
export function differences(oracle: Answer, product: Answer): readonly Difference[] {
  for (const [step, expected] of oracle.entries()) {
    const found = lineDifferences(step, expected, product[step] ?? {});
    if (found.length > 0) return found;
  }
  return [];
}

/** Compares every member that the oracle printed. Further members of the product are ignored, except `error` and `panic`. */
function lineDifferences(step: number, expected: JsonObject, actual: JsonObject): readonly Difference[] {
  const members = new Set([...Object.keys(expected), ...['error', 'panic'].filter((member) => member in actual)]);
  return [...members]
    .filter((member) => !isDeepStrictEqual(expected[member], actual[member]))
    .map((member) => ({ step, member, oracle: expected[member], product: actual[member] }));
}

/** Members by how much they say about the cause, the most first. */
const informative = [
  'panic',
  'error',
  'output',
  'trace',
  'backendCalls',
  'log',
  'stdout',
  'stderr',
  'memoryBytes',
  'attempts',
];

/** Names a difference by its first member of `informative`, without numbers and names. */
export function kindOf(found: readonly Difference[]): string {
  const rank = ({ member }: Difference): number =>
    (informative.indexOf(member) + informative.length + 1) % (informative.length + 1);
  const [first] = [...found].sort((a, b) => rank(a) - rank(b));
  if (first === undefined) return 'none';
  const { member, oracle, product } = first;
  if (member !== 'error' && member !== 'panic') return member;
  return `${member}: ${withoutDetails(oracle)} ≠ ${withoutDetails(product)}`;
}

function withoutDetails(value: JsonValue | undefined): string {
  if (typeof value !== 'string') return value === undefined ? 'nothing' : JSON.stringify(value);
  return value
    .replace('failed to instantiate WASM module: ', '')
    .replaceAll(/ export\[.*?\](?=[: ])/g, '')
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '"…"')
    .replaceAll(/(?<=(?:module|name|import)\[)[^\]]*/g, '…')
    .replaceAll(/0x[0-9a-f]+|\d+/g, '#');
}
