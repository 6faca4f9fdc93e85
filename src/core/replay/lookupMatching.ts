/** Finds out during a replay which recorded calls were the guard's own, where the log does not say: those that it asks for again. */
import { encodeGoJson } from '../go/goJson.ts';
import type { Problem } from '../base/parsed.ts';
import type { GuardCallRecord, GuardFunction } from '../difc/record/guardCall.ts';
import type { TraceCall } from '../trace/model/traceModel.ts';
import { isUndecided } from './traceCassette.ts';

/** Positions in the list of replayed calls. */
export interface Claimed {
  /** Directly before the call: what the guard asks for in phase 1. */
  readonly before: readonly number[];
  /** Directly after it: what the guard asks for in phase 4. */
  readonly after: readonly number[];
  /** The call itself, and repetitions after it: it was no call of the agent. */
  readonly itself: readonly number[];
}

/** Most calls that one entry into a guard can claim: the gateway's limit of `call_backend`s (gateway spec 1.10). */
export const maxClaimed = 50;

/**
 * Which neighbours of the call at `position` its guard calls asked for. In the log the look-ups of a call stand directly around it, so
 * only an unbroken row of undecided calls counts, each with exactly a tool and arguments that were asked for. Where the guard asks for
 * the very call and the log has no such look-up before it, the call is the look-up: had it been the agent's, both would be there.
 */
export function claimLookups(
  calls: readonly TraceCall[],
  position: number,
  guardCalls: readonly GuardCallRecord[],
): Claimed {
  const before = askedFor(guardCalls, ['label_agent', 'label_resource']);
  const rowBefore = row(calls, position - 1, -1, before);
  const itself = row(calls, position, 1, before);
  if (itself.length > 0) return { before: rowBefore, itself, after: [] };
  const after = askedFor(guardCalls, ['label_response']);
  return { before: rowBefore, itself, after: row(calls, position + 1, 1, after) };
}

/** Says on a record which calls beside it are none of the agent's; null when there are none. */
export function describeClaimed(calls: readonly TraceCall[], { before, after, itself }: Claimed): Problem | null {
  const claimed = [...before, ...after, ...itself]
    .flatMap((position) => calls[position] ?? [])
    .sort((a, b) => a.index - b.index);
  const [first] = claimed;
  if (first === undefined) return null;
  const named = claimed.map(({ tool, requestLine }) => `"${tool}" in line ${requestLine}`).join(', ');
  const already =
    before.length + itself.length === 0
      ? ''
      : ' What stands before this call was replayed as the agent’s at first, so the guard may have remembered something of it.';
  return {
    severity: 'info',
    code: 'replay/reclassified',
    message: `The guard asked for what the log holds next to this call, so it is a look-up of the guard and no call of the agent: ${named}.${already}`,
    hint: 'This is right for the guard of the recorded session; with mcp-gateway.log beside the trace it is known for any guard',
    position: { line: first.requestLine },
  };
}

/** Questions with how often they were asked; null when there were none, so that nothing need be compared. */
function askedFor(
  guardCalls: readonly GuardCallRecord[],
  functions: readonly GuardFunction[],
): Map<string, number> | null {
  const counts = new Map<string, number>();
  for (const call of guardCalls) {
    if (!functions.includes(call.function)) continue;
    for (const { tool, args, reached } of call.backendCalls) {
      if (!reached) continue;
      const key = question(tool, encodeGoJson(args));
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts.size === 0 ? null : counts;
}

function row(
  calls: readonly TraceCall[],
  start: number,
  step: 1 | -1,
  asked: Map<string, number> | null,
): readonly number[] {
  if (asked === null) return [];
  const claimed: number[] = [];
  for (let at = start; claimed.length < maxClaimed; at += step) {
    const call = calls[at];
    if (call === undefined || !isUndecided(call)) break;
    const key = question(call.tool, encodeGoJson(call.args));
    const left = asked.get(key) ?? 0;
    if (left === 0) break;
    asked.set(key, left - 1);
    claimed.push(at);
  }
  return claimed;
}

function question(tool: string, argsText: string): string {
  return `${tool}\u0000${argsText}`;
}
