/** Aligns the calls of two sessions, so that calls which were added, removed or made again do not shift all the others. */

import type { JsonValue } from '../base/json.ts';
import { encodeGoJson } from '../go/goJson.ts';

/** Positions of one call in both sessions; null where a session does not have it. */
export interface AlignedCall {
  readonly before: number | null;
  readonly after: number | null;
}

/** By what a call is found again in another session. */
export interface AlignableCall {
  readonly server: string;
  readonly agent?: string;
  readonly tool: string;
  readonly args: JsonValue;
}

/** What was called, by which agent, with which arguments. */
export function callKey({ server, agent = '', tool, args }: AlignableCall): string {
  return `${server}\u0000${agent}\u0000${tool}\u0000${encodeGoJson(args)}`;
}

/** Most cells of the table of a longest common subsequence; beyond, equal calls are matched in order of occurrence. */
const maxCells = 4_000_000;

/**
 * Aligns calls by their keys, which say what was called. Calls that both sessions begin and end with are matched one by one; between, the longest
 * common subsequence keeps the order. The result is in the order of the second session; a call that only the first has stands where it was.
 */
export function alignCalls(before: readonly string[], after: readonly string[]): readonly AlignedCall[] {
  const shared = Math.min(before.length, after.length);
  let head = 0;
  while (head < shared && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shared - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const one = before.slice(head, before.length - tail);
  const other = after.slice(head, after.length - tail);
  const matches = one.length * other.length <= maxCells ? longestCommon(one, other) : byOccurrence(one, other);
  const aligned: AlignedCall[] = [];
  for (let at = 0; at < head; at++) aligned.push({ before: at, after: at });
  let [left, right] = [0, 0];
  for (const [was, is] of [...matches, [one.length, other.length] as const]) {
    for (; left < was; left++) aligned.push({ before: head + left, after: null });
    for (; right < is; right++) aligned.push({ before: null, after: head + right });
    if (was === one.length && is === other.length) break;
    aligned.push({ before: head + left++, after: head + right++ });
  }
  for (let at = tail; at > 0; at--) aligned.push({ before: before.length - at, after: after.length - at });
  return aligned;
}

type Matches = readonly (readonly [was: number, is: number])[];

/** Pairs of positions of a longest common subsequence, ascending. */
function longestCommon(one: readonly string[], other: readonly string[]): Matches {
  const width = other.length + 1;
  const lengths = new Uint32Array((one.length + 1) * width);
  for (let was = one.length - 1; was >= 0; was--) {
    for (let is = other.length - 1; is >= 0; is--) {
      const at = was * width + is;
      lengths[at] =
        one[was] === other[is]
          ? (lengths[at + width + 1] ?? 0) + 1
          : Math.max(lengths[at + width] ?? 0, lengths[at + 1] ?? 0);
    }
  }
  const matches: (readonly [number, number])[] = [];
  for (let was = 0, is = 0; was < one.length && is < other.length;) {
    const at = was * width + is;
    if (one[was] === other[is]) matches.push([was++, is++]);
    else if ((lengths[at + width] ?? 0) >= (lengths[at + 1] ?? 0)) was++;
    else is++;
  }
  return matches;
}

/** Matches each call with the next one of its key that keeps the order. */
function byOccurrence(one: readonly string[], other: readonly string[]): Matches {
  const places = new Map<string, number[]>();
  for (const [at, key] of one.entries()) {
    const known = places.get(key);
    if (known === undefined) places.set(key, [at]);
    else known.push(at);
  }
  const used = new Map<string, number>();
  const matches: (readonly [number, number])[] = [];
  let from = 0;
  for (const [is, key] of other.entries()) {
    const list = places.get(key) ?? [];
    let at = used.get(key) ?? 0;
    while (at < list.length && (list[at] ?? 0) < from) at++;
    used.set(key, at + 1);
    const was = list[at];
    if (was === undefined) continue;
    matches.push([was, is]);
    from = was + 1;
  }
  return matches;
}
