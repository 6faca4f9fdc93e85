/** Finds recorded calls that are look-ups of the guard where the log does not say whose they are: those that the replayed guard asks for. */
import { encodeGoJson } from '../go/goJson.ts';
import type { Problem } from '../base/parsed.ts';
import type { GuardCallRecord, GuardFunction } from '../difc/record/guardCall.ts';
import type { TraceCall } from '../trace/model/traceModel.ts';
import { isUndecided } from './traceCassette.ts';

/** Calls that match the look-ups of one call, as positions in the list of replayed calls. */
export interface LookupMatch {
  /** Directly before the call: look-ups of phase 1. */
  readonly before: readonly number[];
  /** Directly after it: look-ups of phase 4. */
  readonly after: readonly number[];
  /** The call itself and repetitions after it, when the call is a look-up and not a call of the agent. */
  readonly self: readonly number[];
}

/** Most look-ups of one guard call: the gateway's limit of `call_backend` (gateway spec 1.10). */
export const maxLookups = 50;

/**
 * Matches the neighbours of the call at `position` with the look-ups in its guard calls. A log has the look-ups of a call directly around
 * it, so only an unbroken row of calls of undecided origin counts, each with the tool and arguments of a look-up. When the guard asks for
 * the call itself and the log has no such look-up before it, the call is the look-up: had it been the agent's, the log would hold both.
 * `isOpen`: whether an earlier call can still be claimed; default all can.
 */
export function matchLookups(
  calls: readonly TraceCall[],
  position: number,
  guardCalls: readonly GuardCallRecord[],
  isOpen: (position: number) => boolean = () => true,
): LookupMatch {
  const phase1 = countQuestions(guardCalls, ['label_agent', 'label_resource']);
  const before = matchRow(calls, position - 1, -1, phase1, isOpen);
  const self = matchRow(calls, position, 1, phase1);
  if (self.length > 0) return { before, self, after: [] };
  const phase4 = countQuestions(guardCalls, ['label_response']);
  return { before, self, after: matchRow(calls, position + 1, 1, phase4) };
}

/** The note for a record about the calls beside it that are look-ups; null when there are none. */
export function noteOnMatch(calls: readonly TraceCall[], { before, after, self }: LookupMatch): Problem | null {
  const lookups = [...before, ...after, ...self]
    .flatMap((position) => calls[position] ?? [])
    .sort((a, b) => a.index - b.index);
  const [first] = lookups;
  if (first === undefined) return null;
  const list = lookups.map(({ tool, requestLine }) => `"${tool}" in line ${requestLine}`).join(', ');
  const sideEffect =
    before.length + self.length === 0
      ? ''
      : ' Those before this call were replayed as calls of the agent at first, so the guard may remember them.';
  return {
    severity: 'info',
    code: 'replay/reclassified',
    message: `The guard asked for calls that the log holds next to this one, so they are look-ups of the guard and not calls of the agent: ${list}.${sideEffect}`,
    hint: 'This holds for the guard of the recorded session; with mcp-gateway.log beside the trace, look-ups are known for any guard',
    position: { line: first.requestLine },
  };
}

/** Number of look-ups by question, of those that reached the backend; null when there were none, which saves the comparison. */
function countQuestions(
  guardCalls: readonly GuardCallRecord[],
  functions: readonly GuardFunction[],
): Map<string, number> | null {
  const counts = new Map<string, number>();
  for (const call of guardCalls) {
    if (!functions.includes(call.function)) continue;
    for (const { tool, args, reached } of call.backendCalls) {
      if (!reached) continue;
      const key = questionKey(tool, encodeGoJson(args));
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts.size === 0 ? null : counts;
}

/** Positions from `start` on, as long as the calls there match questions; a match uses up one of `counts`. */
function matchRow(
  calls: readonly TraceCall[],
  start: number,
  step: 1 | -1,
  counts: Map<string, number> | null,
  isOpen: (position: number) => boolean = () => true,
): readonly number[] {
  if (counts === null) return [];
  const matched: number[] = [];
  for (let at = start; matched.length < maxLookups; at += step) {
    const call = calls[at];
    if (call === undefined || !isUndecided(call) || !isOpen(at)) break;
    const key = questionKey(call.tool, encodeGoJson(call.args));
    const left = counts.get(key) ?? 0;
    if (left === 0) break;
    counts.set(key, left - 1);
    matched.push(at);
  }
  return matched;
}

function questionKey(tool: string, argsText: string): string {
  return `${tool}\u0000${argsText}`;
}
