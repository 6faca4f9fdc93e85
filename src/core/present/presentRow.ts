/** Makes the rows of the call list from trace calls and decision records. */
import { encodeRecentGoJson } from '../go/goJsonRecent.ts';
import { cutText } from '../base/cutText.ts';
import type { JsonValue } from '../base/json.ts';
import type { DecisionRecord, LabelPair } from '../difc/record/decision.ts';
import { explainHeadline } from '../difc/account/explainHeadline.ts';
import type { CallRow, DecidedRow, LabelLists } from '../protocol/rows.ts';
import { defaultAgent } from '../session/sessionRules.ts';
import type { TraceCall } from '../trace/model/traceModel.ts';

/** What a list on a wide screen has room for. */
const argsPreviewLength = 240;
const noLabels: LabelLists = { secrecy: [], integrity: [] };

/**
 * Makes the row of a call without a decision: `skipped` when there will be none, with the reason as its headline, `running` while its
 * answer may still arrive, `pending` otherwise.
 */
export function pendingRow(call: TraceCall, status: 'pending' | 'running' | 'skipped', headline = ''): CallRow {
  return {
    index: call.index,
    time: clockTime(call.time),
    server: call.server,
    agent: call.agent ?? defaultAgent,
    tool: call.tool,
    args: oneLine(call.args, argsPreviewLength),
    status,
    operation: null,
    headline,
    items: null,
    gained: noLabels,
    lost: noLabels,
    durationMs: null,
    memoryBytes: null,
    backendCalls: 0,
    logLines: 0,
    logLevel: null,
    problems: 0,
    differs: false,
    marks: [],
  };
}

/** Makes the row of a call that has no decision yet, or will have none: `reason` says why, as the end of a sentence. */
export function undecidedRow(call: TraceCall, reason: string | null): CallRow {
  if (reason !== null) return pendingRow(call, 'skipped', `Not decided: ${reason}`);
  return pendingRow(call, call.awaits === 'answer' ? 'running' : 'pending');
}

/** Makes the row of a recorded call that the replay recognized as a guard look-up for another call. */
export function lookupRow(call: TraceCall, madeFor: TraceCall): CallRow {
  const headline = `Guard look-up, not an agent call: made for call ${madeFor.index + 1} (${madeFor.tool})`;
  return pendingRow(call, 'skipped', headline);
}

/** Makes the row of a replayed call. */
export function decisionRow(record: DecisionRecord): DecidedRow {
  const { agentStart, agentBefore, agentAfter, guardCalls, items, marks = [], hypothetical: edited = [] } = record;
  const memory = guardCalls.findLast((call) => call.memory !== null)?.memory;
  return {
    index: record.index,
    time: clockTime(record.time),
    server: record.server,
    agent: record.agent,
    tool: record.tool,
    args: oneLine(record.args, argsPreviewLength),
    status: record.outcome,
    operation: record.operation,
    headline: explainHeadline(record),
    items: items === null ? null : { allowed: items.filter((item) => item.allowed).length, total: items.length },
    ...(agentStart === undefined ? {} : { began: tagsOnlyIn(agentBefore, agentStart) }),
    gained: tagsOnlyIn(agentAfter, agentBefore),
    lost: tagsOnlyIn(agentStart ?? agentBefore, agentAfter),
    durationMs: guardCalls.reduce((sum, call) => sum + call.durationMs, 0),
    memoryBytes: memory?.after ?? null,
    backendCalls: guardCalls.reduce((sum, call) => sum + call.backendCalls.length, 0),
    logLines: guardCalls.reduce((sum, call) => sum + call.log.length + call.logDropped, 0),
    logLevel: highestLevel(guardCalls),
    problems: record.problems.filter(({ severity }) => severity !== 'info').length,
    differs: record.problems.some((problem) => problem.code === 'replay/differs-from-recording'),
    marks: edited.length === 0 ? marks : [...marks, 'edited'],
    ...(edited.length === 0 ? {} : { edited }),
  };
}

/** Formats a JSON value on one line, cut with an ellipsis. */
export function oneLine(value: JsonValue, length: number): string {
  const text = typeof value === 'string' ? value.replaceAll(/\s+/g, ' ') : encodeRecentGoJson(value);
  return cutText(text, length);
}

/** Returns `HH:MM:SS.mmm` of an ISO 8601 time in UTC; empty without a time. */
function clockTime(time: string | null): string {
  return /T(\d\d:\d\d:\d\d(?:\.\d{1,3})?)/.exec(time ?? '')?.[1] ?? '';
}

/** The highest known level of the lines that the guard logged; null when there is none. */
function highestLevel(guardCalls: DecisionRecord['guardCalls']): number | null {
  let highest: number | null = null;
  for (const { log } of guardCalls) {
    for (const { level } of log) if (level <= 3 && level > (highest ?? -Infinity)) highest = level;
  }
  return highest;
}

function tagsOnlyIn(labels: LabelPair, others: LabelPair): LabelLists {
  return {
    secrecy: without(labels.secrecy, others.secrecy),
    integrity: without(labels.integrity, others.integrity),
  };
}

function without(tags: readonly string[], others: readonly string[]): readonly string[] {
  if (tags.length === 0) return tags;
  const known = new Set(others);
  return tags.filter((tag) => !known.has(tag));
}
