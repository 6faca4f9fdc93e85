/** Restores exact values in calls of `rpc-messages.jsonl` from the debug log of the same session, matching calls by the sanitised form of the exact request. */
import { encodeGoJson } from '../../go/goJson.ts';
import type { JsonValue } from '../../base/json.ts';
import type { ExactValues, RecoveredCounts } from '../gatewayLog/exactValues.ts';
import { readSanitized, redactedMark, type SanitizedPayload, sanitizeJsonText } from '../gatewayLog/sanitizer.ts';
import type { CallDraft } from '../model/draft.ts';
import type { DebugInput } from './debugLogInput.ts';
import type { DebugCall, DebugLog } from './debugLogCalls.ts';
import { resultOf } from '../model/storedAnswer.ts';
import type { RecordedAnswer } from '../model/traceModel.ts';

/** The calls of debug logs, by the sanitised form of their requests. */
export class DebugLogRecovery implements ExactValues {
  readonly #known = new Map<string, DebugCall[]>();
  readonly #drafts = new Map<string, CallDraft[]>();
  readonly #fileOf = new Map<DebugCall, string>();
  readonly #pairs = new Map<DebugCall, CallDraft>();

  constructor(logs: readonly DebugLog[]) {
    this.take(logs);
  }

  /** Replaces the logs. */
  take(logs: readonly DebugLog[]): void {
    this.#known.clear();
    this.#fileOf.clear();
    for (const log of logs) {
      for (const call of log.calls) {
        // A denied call has no request in the log.
        if (call.args === undefined || !call.resource.exact || call.resource.denied !== null) continue;
        this.#fileOf.set(call, log.file ?? '');
        append(this.#known, keyOf(call.resource, call.tool, call.args), call);
      }
    }
  }

  /** Returns the tool of a request whose tool name was destroyed; null when unknown or ambiguous. */
  toolOf(payload: SanitizedPayload): string | null {
    const [tool, second] = new Set((this.#known.get(requestKey(payload)) ?? []).map((call) => call.tool));
    return tool === undefined || second !== undefined ? null : tool;
  }

  /** Adds a request of the log. Requests must be added in order. */
  request(draft: CallDraft, payload: SanitizedPayload): void {
    append(this.#drafts, requestKey(payload), draft);
  }

  /** Replaces redacted values where the match is certain. Call it when the drafts have their answers. */
  recover(): readonly RecoveredCounts[] {
    const counts = new Map<string, { file: string; args: number; results: number; ambiguous: number }>();
    this.#pairs.clear();
    for (const [key, drafts] of this.#drafts) {
      const calls = this.#known.get(key);
      if (calls === undefined) continue;
      const inOrder = sameOrder(drafts, calls);
      for (const draft of drafts) {
        const call = inOrder === null ? null : inOrder.get(draft);
        if (call !== undefined && call !== null) {
          this.#pairs.set(call, draft);
          draft.agent ??= call.resource.agent?.id ?? null;
        }
        if (!draft.start.redacted && !draft.answerRedacted) continue;
        const found = call === null ? certain(draft, calls, drafts.length) : call;
        const named = found ?? calls[0];
        const file = (named === undefined ? undefined : this.#fileOf.get(named)) ?? '';
        const count = counts.get(file) ?? { file, args: 0, results: 0, ambiguous: 0 };
        counts.set(file, count);
        if (found === undefined || !fits(draft, found)) count.ambiguous++;
        else replace(draft, found, file, count);
      }
    }
    return [...counts.values()];
  }

  /** Whether the log of messages has a request with the values of this call. */
  isLogged(call: DebugCall): boolean {
    return call.args === undefined || this.#drafts.has(keyOf(call.resource, call.tool, call.args));
  }

  /** Returns the draft that corresponds to a call of the debug log; undefined when unknown. */
  draftOf(call: DebugCall): CallDraft | undefined {
    return this.#pairs.get(call);
  }
}

function replace(
  draft: CallDraft,
  { tool, args, resource, response }: DebugCall,
  file: string,
  count: { args: number; results: number },
): void {
  let argsLine: number | null = null;
  let answerLine: number | null = null;
  if (draft.start.redacted && args !== undefined) {
    const { remains: _remains, ...start } = draft.start;
    draft.recover({ start: { ...start, tool, args, redacted: false } });
    argsLine = resource.line;
    count.args++;
  }
  if (draft.answerRedacted && response !== null && response.exact) {
    draft.recover({ answer: response.answer, answerBytes: response.bytes, answerRedacted: false });
    answerLine = response.line;
    count.results++;
  }
  if (argsLine !== null || answerLine !== null) draft.recover({ recovered: { file, argsLine, answerLine } });
}

/**
 * Pairs drafts and calls by order, which is possible when both have the same number of requests, or of answered requests. Otherwise null,
 * for example when the guard makes the same request as the agent, or the debug log covers only one of several sessions.
 */
function sameOrder(
  drafts: readonly CallDraft[],
  calls: readonly DebugCall[],
): ReadonlyMap<CallDraft, DebugCall | undefined> | null {
  if (drafts.length === calls.length) return new Map(drafts.map((draft, index) => [draft, calls[index]]));
  const answered = drafts.filter(({ answer, answerLine }) => answerLine !== null && answer?.error === undefined);
  const labelled = calls.filter(({ response }) => response !== null);
  if (answered.length !== labelled.length || answered.length !== drafts.length) return null;
  return new Map(answered.map((draft, index) => [draft, labelled[index]]));
}

/** Returns the only call that fits the draft, or one of several with the same values. */
function certain(draft: CallDraft, calls: readonly DebugCall[], requests: number): DebugCall | undefined {
  if (calls.length > comparedCalls) return undefined;
  // The answer is destroyed and cannot be compared, and some of these requests are not in the debug log.
  if (draft.answerRedacted && draft.answer === undefined && requests > calls.length) return undefined;
  const fitting = calls.filter((call) => fits(draft, call) && (!draft.answerRedacted || call.response?.exact === true));
  const [first] = fitting;
  const same = new Set(fitting.map((call) => `${encodeGoJson(call.args ?? null)}\u0000${resultText(call)}`));
  return same.size === 1 ? first : undefined;
}

/** Whether the logged result can be the sanitised form of the exact one. */
function fits(draft: CallDraft, { response }: DebugCall): boolean {
  if (!draft.answerRedacted || draft.answer === undefined || response === null || response.answer === undefined)
    return true;
  const known = fitting.get(draft.answer);
  if (known?.to === response.answer) return known.fits;
  const logged = resultOf(draft.answer);
  const exact = resultOf(response.answer);
  const fitted = 'result' in logged && 'result' in exact && couldBecome(exact.result, logged.result);
  fitting.set(draft.answer, { to: response.answer, fits: fitted });
  return fitted;
}

/** Results of `fits`, cached because each snapshot of a growing log needs them. */
const fitting = new WeakMap<RecordedAnswer, { readonly to: RecordedAnswer; readonly fits: boolean }>();

function couldBecome(exact: JsonValue, logged: JsonValue): boolean {
  const work: [JsonValue, JsonValue][] = [[exact, logged]];
  for (let pair = work.pop(); pair !== undefined; pair = work.pop()) {
    const [before, after] = pair;
    if (typeof after === 'string' && after.includes(redactedMark)) {
      if (typeof before !== 'string' || !textCouldBecome(before, after)) return false;
    } else if (typeof after !== 'object' || after === null) {
      if (before !== after) return false;
    } else {
      if (typeof before !== 'object' || before === null || Array.isArray(before) !== Array.isArray(after)) return false;
      const inner = new Map(Object.entries<JsonValue>(before));
      const entries = Object.entries<JsonValue>(after);
      if (inner.size !== entries.length) return false;
      for (const [key, value] of entries) {
        const other = inner.get(key);
        if (other !== undefined) work.push([other, value]);
        else if (!key.includes(redactedMark)) return false;
      }
    }
  }
  return true;
}

/** The parts between the marks must occur in the exact string in this order. The sanitiser writes `key: value` as `key=[REDACTED]`. */
function textCouldBecome(before: string, after: string): boolean {
  let at = 0;
  for (const [index, part] of after.split(redactedMark).entries()) {
    const literal = part.replace(/=$/, '');
    const found = before.indexOf(literal, at);
    if (found < 0 || (index === 0 && found !== 0)) return false;
    at = found + literal.length;
  }
  return true;
}

function sanitizedRequest(tool: string, args: JsonValue): SanitizedPayload {
  const request = { jsonrpc: '2.0', method: 'tools/call', params: { arguments: args, name: tool } };
  return readSanitized(JSON.parse(sanitizeJsonText(encodeGoJson(request))) as JsonValue);
}

/** Keys of requests, cached because sanitising is slow and each snapshot of a growing log needs them. */
const keys = new WeakMap<DebugInput, string>();

function keyOf(input: DebugInput, tool: string, args: JsonValue): string {
  const key = keys.get(input) ?? requestKey(sanitizedRequest(tool, args));
  keys.set(input, key);
  return key;
}

function requestKey({ value, remains }: SanitizedPayload): string {
  return remains ?? encodeGoJson(value);
}

function resultText({ response }: DebugCall): string {
  if (response?.answer === undefined) return '';
  const taken = resultOf(response.answer);
  return 'result' in taken ? encodeGoJson(taken.result) : '';
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

const comparedCalls = 50;
