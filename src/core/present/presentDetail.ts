/** Makes the panel's detail of one call from its decision record. */
import { encodeGoJson } from '../go/goJson.ts';
import type { JsonValue } from '../base/json.ts';
import { jsonText } from '../base/jsonText.ts';
import type { DecisionRecord, ItemRecord } from '../difc/record/decision.ts';
import { explainDecision, explainItem } from '../difc/account/explain.ts';
import { deathText, isAfterTrap } from '../difc/account/guardDeath.ts';
import type { GuardCallRecord } from '../difc/record/guardCall.ts';
import type { GuardStack } from '../difc/record/stackFrame.ts';
import type { TextName } from '../protocol/panel.ts';
import type {
  BackendRow,
  CallDetail,
  CallRow,
  GuardCallRow,
  ItemRow,
  LogRow,
  StackLine,
  TagOrigin,
  TextBlock,
} from '../protocol/rows.ts';
import { foldFrames } from '../symbols/libraryFrames.ts';
import { stackFrameText } from '../symbols/stackText.ts';
import type { TraceCall } from '../trace/model/traceModel.ts';
import { callFailure, refusedAnswer } from './callFailure.ts';
import { oneLine } from './presentRow.ts';

/** Most characters of a text in the detail; the view requests the full text by name. */
const previewChars = 20_000;
const firstItems = 200;
const itemPreviewLength = 200;
const noLabels = { secrecy: [], integrity: [] };

/** Makes the detail of a call that was not replayed, from the trace. */
export function pendingDetail(call: TraceCall, row: CallRow): CallDetail {
  const { answer } = call;
  return {
    row,
    mode: null,
    headline: pendingHeadline(row),
    phases: [],
    remedies: [],
    resource: null,
    coarse: null,
    agentBefore: noLabels,
    agentAfter: noLabels,
    origins: [],
    items: [],
    itemsTotal: 0,
    itemsAllowed: 0,
    guardCalls: [],
    backendCalls: [],
    log: [],
    problems: [],
    args: jsonBlock(call.args),
    backendResult: answer?.result === undefined ? null : jsonBlock(answer.result),
    client: null,
    clientIsError: false,
    changes: [],
    clientUnknown: [],
    line: call.requestLine,
    ...(call.file === undefined ? {} : { file: call.file }),
  };
}

function pendingHeadline({ headline, status }: CallRow): string {
  if (headline !== '') return headline;
  return status === 'running' ? 'Running: the server has not answered yet' : 'Not replayed yet';
}

/** Makes the detail of a replayed call, with its explanation phase by phase. `origins`: where the agent's tags came from. */
export function decisionDetail(
  record: DecisionRecord,
  row: CallRow,
  line: number,
  origins: readonly TagOrigin[] = [],
): CallDetail {
  const { headline, phases, remedies } = explainDecision(record);
  const items = record.items ?? [];
  const failure = callFailure(record);
  const refused = refusedAnswer(record);
  return {
    row,
    mode: record.mode,
    headline,
    phases: phases.map(({ id, title, status, sentences }) => ({ id: String(id), title, status, sentences })),
    remedies,
    resource: record.resource,
    coarse: record.coarse === null ? null : { outcome: record.coarse.outcome, reason: record.coarse.reason },
    agentBefore: record.agentBefore,
    agentAfter: record.agentAfter,
    origins,
    items: itemRows(record, 0, firstItems),
    itemsTotal: items.length,
    itemsAllowed: items.filter((item) => item.allowed).length,
    guardCalls: record.guardCalls.map((call, at) =>
      guardCallRow(call, refused?.guardCall === at ? refused.error : null),
    ),
    backendCalls: record.guardCalls.flatMap(backendRows),
    log: record.guardCalls.flatMap(logRows),
    problems: [...(failure === null ? [] : [failure]), ...record.problems],
    args: jsonBlock(record.args),
    backendResult: record.backendResult === null ? null : jsonBlock(record.backendResult),
    client: 'result' in record.client ? jsonBlock(record.client.result) : textBlock(record.client.error.message),
    clientIsError: 'error' in record.client,
    changes: [],
    clientUnknown: record.unknown ?? [],
    line,
  };
}

/** Makes the rows of a range of a call's response items. */
export function itemRows(record: DecisionRecord, from: number, count: number): readonly ItemRow[] {
  return (record.items ?? []).slice(from, from + count).map((item) => itemRow(item, record));
}

/** Returns a full text of a call that was not replayed, from the trace; null when the trace does not have it. */
export function recordedText({ args, answer }: TraceCall, name: TextName): TextBlock | null {
  if (name.of === 'args') return jsonBlock(args, Infinity);
  if (name.of !== 'backendResult' || answer?.result === undefined) return null;
  return jsonBlock(answer.result, Infinity);
}

/** Returns a full text of a replayed call; null when the record does not have it. */
export function fullText(record: DecisionRecord, name: TextName): TextBlock | null {
  switch (name.of) {
    case 'args':
      return jsonBlock(record.args, Infinity);
    case 'backendResult':
      return record.backendResult === null ? null : jsonBlock(record.backendResult, Infinity);
    case 'client':
      return 'result' in record.client
        ? jsonBlock(record.client.result, Infinity)
        : textBlock(record.client.error.message, Infinity);
    case 'input': {
      const text = record.guardCalls[name.guardCall]?.input;
      return text === undefined ? null : textBlock(text, Infinity);
    }
    case 'output': {
      const text = record.guardCalls[name.guardCall]?.output ?? null;
      return text === null ? null : textBlock(text, Infinity);
    }
    case 'lookup': {
      const text = record.guardCalls.flatMap((call) => call.backendCalls)[name.backendCall]?.resultText ?? null;
      return text === null ? null : textBlock(text, Infinity);
    }
  }
}

function itemRow(item: ItemRecord, record: DecisionRecord): ItemRow {
  const { index, path, description, origin, secrecy, integrity, allowed, decision, reason, data } = item;
  const preview = oneLine(data, itemPreviewLength);
  const why = explainItem(item, record);
  return { index, path, description, origin, secrecy, integrity, allowed, decision, reason, why, preview };
}

function guardCallRow(call: GuardCallRecord, answerError: string | null): GuardCallRow {
  const { durationMs, attempts, memory, grows, error, trace, poisoned, stdout, stderr, logDropped } = call;
  const input = textBlock(call.input);
  const output = call.output === null ? null : textBlock(call.output);
  const calls = { function: call.function, durationMs, attempts, memory, grows, error, answerError, trace, poisoned };
  const death = isAfterTrap(call) ? null : deathText(call);
  const stack = call.stack === undefined ? null : { lines: stackLinesOf(call.stack), notes: call.stack.notes };
  return { ...calls, death, stack, input, output, stdout, stderr, logDropped, logGapAt: call.logGapAt ?? null };
}

function stackLinesOf({ frames }: GuardStack): readonly StackLine[] {
  return foldFrames(frames).map((part) => {
    if (part.kind === 'frame') return { text: stackFrameText(part.frame), folded: [] };
    return { text: part.text, folded: part.frames.map(stackFrameText) };
  });
}

function backendRows(call: GuardCallRecord, guardCall: number): readonly BackendRow[] {
  return call.backendCalls.map(({ tool, args, end, code, resultText, error, atMs, durationMs, attempt }) => {
    const result = resultText === null ? null : textBlock(resultText);
    return { guardCall, tool, args: encodeGoJson(args), end, code, result, error, atMs, durationMs, attempt };
  });
}

function logRows(call: GuardCallRecord, guardCall: number): readonly LogRow[] {
  const gapAt = call.logGapAt ?? call.log.length;
  return call.log.map((line, at) => {
    const number = at + 1 + (at < gapAt ? 0 : call.logDropped);
    return { guardCall, function: call.function, number, ...line };
  });
}

function jsonBlock(value: JsonValue, limit = previewChars): TextBlock {
  return cut(jsonText(value, 2), true, limit);
}

/** Passes a guard's text unchanged; the view indents text that starts like JSON without parsing it. */
function textBlock(text: string, limit = previewChars): TextBlock {
  return cut(text, /^\s*[[{]/.test(text), limit);
}

function cut(text: string, json: boolean, limit: number): TextBlock {
  const bytes = new TextEncoder().encode(text).length;
  return text.length <= limit
    ? { text, bytes, truncated: false, json }
    : { text: text.slice(0, limit), bytes, truncated: true, json };
}
