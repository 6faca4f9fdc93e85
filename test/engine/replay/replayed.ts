/** Traces from short descriptions, and their replay with a scripted guard. */
import type { JsonValue } from '../../../src/core/base/json.ts';
import { itemPath, type LabeledCollection, makeResource } from '../../../src/core/difc/monitor/resource.ts';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import type { RecordedCall, Trace, TraceCall } from '../../../src/core/trace/model/traceModel.ts';
import type { ReplayOptions } from '../../../src/engine/replay/replayTrace.ts';
import { replayTrace } from '../../../src/engine/replay/replayTrace.ts';
import { type Script, scriptedGuard } from './scriptedGuard.ts';

/** A policy that allows everything. */
export const policy: JsonValue = { 'allow-only': { repos: 'all', 'min-integrity': 'none' } };

/** A recorded call of the agent with an answer, and the changes of a test. */
export function recorded(tool: string, patch: Partial<RecordedCall> = {}): RecordedCall {
  return {
    server: 's',
    tool,
    args: {},
    answer: { result: { content: [{ type: 'text', text: `"${tool}"` }] } },
    origin: 'agent',
    evidence: 'labels',
    time: null,
    durationMs: null,
    requestLine: 1,
    answerLine: 2,
    agentLabels: null,
    redacted: false,
    ...patch,
  };
}

/** Calls get their index and, by default, their lines from their position. */
export function traceOf(
  calls: readonly Partial<TraceCall>[],
  recordedLookups: readonly RecordedCall[] = [],
  patch: Partial<Trace> = {},
): Trace {
  return {
    format: 'gateway-jsonl',
    servers: ['s'],
    agents: [],
    calls: calls.map((call, index) => {
      const base = { ...recorded(call.tool ?? 'tool'), requestLine: index * 2 + 1, answerLine: index * 2 + 2 };
      return { ...base, lookups: [], filtered: [], ...call, index };
    }),
    recordedLookups,
    problems: [],
    lines: 0,
    bytes: 0,
    ...patch,
  };
}

/** The records of a replay with a scripted guard. */
export async function replayed(
  trace: Trace,
  script: Script,
  options: Partial<ReplayOptions> = {},
): Promise<DecisionRecord[]> {
  const records: DecisionRecord[] = [];
  const all = { guard: scriptedGuard(script), policy, ...options };
  for await (const record of replayTrace(trace, all)) records.push(record);
  return records;
}

/** The codes of the replay’s own problems with a call. */
export const codesOf = (record: DecisionRecord | undefined): readonly string[] =>
  (record?.problems ?? []).map(({ code }) => code).filter((code) => code.startsWith('replay/'));

/** `count` items; those in `high` have the integrity tag `high`. */
export function items(count: number, high: readonly number[]): LabeledCollection {
  return {
    items: Array.from({ length: count }, (_, index) => ({
      data: { n: index },
      labels: makeResource(`item ${index}`, [], high.includes(index) ? ['high'] : []),
      origin: 'path' as const,
      path: itemPath('', index),
    })),
  };
}
