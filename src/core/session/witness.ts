/** Compares a replay with what the log itself says of the recorded session: a difference is a problem of the first call that shows it. */
import { decodeGoJson, encodeGoJson } from '../go/goJson.ts';
import { isJsonObject, type JsonValue } from '../base/json.ts';
import type { Position, Problem } from '../base/parsed.ts';
import type { DecisionRecord, ItemRecord, LabelPair } from '../difc/record/decision.ts';
import type { Trace, TraceCall } from '../trace/model/traceModel.ts';
import type { RecordedAgentLabels, RecordedLabelAgent, WitnessPlace } from '../trace/model/witness.ts';

/** The comparison, call by call in the order of the trace. Each difference is reported once for each agent and server. */
export class Witness {
  readonly #labelAgents: ReadonlyMap<string, readonly RecordedLabelAgent[]>;
  readonly #trace: Pick<Trace, 'witness'>;
  /** Number of label_agent calls of each server and agent that the replay made. */
  readonly #made = new Map<string, number>();
  readonly #reported = new Set<string>();

  constructor(trace: Pick<Trace, 'witness'>) {
    this.#trace = trace;
    const byServer = new Map<string, RecordedLabelAgent[]>();
    for (const each of trace.witness?.labelAgents ?? []) {
      const key = keyOf(each.server, each.agent ?? '');
      byServer.set(key, [...(byServer.get(key) ?? []), each]);
    }
    this.#labelAgents = byServer;
  }

  problemsOf(record: DecisionRecord, call: TraceCall): readonly Problem[] {
    const found = [...this.#labelAgent(record), ...labelsOf(record, call), ...endOf(record, call)];
    return found.flatMap(({ code, ...rest }) => {
      const key = keyOf(code, keyOf(record.server, record.agent));
      if (this.#reported.has(key)) return [];
      this.#reported.add(key);
      return [{ severity: 'warning', code, ...rest } as const];
    });
  }

  /** The policy that label_agent got, and its answer. */
  #labelAgent(record: DecisionRecord): readonly Finding[] {
    const made = record.guardCalls.find((call) => call.function === 'label_agent');
    if (made === undefined) return [];
    const key = keyOf(record.server, record.agent);
    const nth = this.#made.get(key) ?? 0;
    this.#made.set(key, nth + 1);
    const recorded = (this.#labelAgents.get(key) ?? this.#labelAgents.get(keyOf(record.server, '')) ?? [])[nth];
    if (recorded === undefined) return [];
    return [...this.#policy(made.input, recorded, record.server), ...answerOf(made.output, recorded)];
  }

  #policy(input: string, recorded: RecordedLabelAgent, server: string): readonly Finding[] {
    const replayed = decodeGoJson(input);
    if (recorded.redacted || recorded.policy === undefined || !replayed.ok) return [];
    const [now, then] = [policyOf(replayed.value), policyOf(recorded.policy)];
    if (now === then) return [];
    const forced = this.#trace.witness?.forcedPublic.find((each) => each.server === null || each.server === server);
    const message = `The recorded session gave label_agent of "${server}" the policy ${short(then)}; the replay gives ${short(now)}`;
    const hint =
      forced === undefined
        ? 'Replay with the policy of the recorded session'
        : `The gateway forced public repositories because "${forced.repository}" is public: replay with its configuration, or with --repository public`;
    return [{ code: 'replay/policy-differs', message, hint, position: placeOf(recorded) }];
  }
}

type Finding = Pick<Problem, 'code' | 'message'> & { readonly hint: string; readonly position: Position };

function answerOf(output: string | null, recorded: RecordedLabelAgent): readonly Finding[] {
  const { answer } = recorded;
  if (answer === null || 'error' in answer || answer.redacted || output === null) return [];
  const replayed = decodeGoJson(output);
  if (!replayed.ok) return [];
  const now = labelAnswer(replayed.value);
  if (sameLabels(now, answer) && (answer.mode === null || now.mode === answer.mode)) return [];
  const message = `label_agent of "${recorded.server}" answered ${answerText(answer)} in the recorded session; in the replay ${answerText(now)}`;
  const hint =
    'The recorded session had another build of the guard, another policy, or trusted bots that the replay does not have';
  return [{ code: 'replay/label-agent-differs', message, hint, position: placeOf(recorded) }];
}

/** The labels of the agent, which the log has for the servers that are listed as sinks. */
function labelsOf(record: DecisionRecord, call: TraceCall): readonly Finding[] {
  const { agentLabels: then } = call;
  if (then === null || sameLabels(record.agentBefore, then)) return [];
  const message = `The agent "${record.agent}" had ${labelText(then)} at this call in the recorded session; in the replay it has ${labelText(record.agentBefore)}`;
  const hint =
    'What differs came before: another policy or mode, another guard, a call of another agent or server that the log does not have, or missing look-ups';
  const position = placeOf({ line: call.requestLine, ...(call.file === undefined ? {} : { file: call.file }) });
  return [{ code: 'replay/agent-labels-differ', message, hint, position }];
}

/** How the call ended: the denial, the error text, or the items that the client received. */
function endOf(record: DecisionRecord, call: TraceCall): readonly Finding[] {
  const { denied, received, argsLost = false } = call;
  const hint = differsHint;
  if (argsLost) return [];
  if (denied !== undefined) {
    const reason = record.outcome === 'denied' ? (record.coarse?.reason ?? '') : null;
    if (reason !== null && ordered(reason) === ordered(denied.reason)) return [];
    const now = reason === null ? `the replay has "${record.outcome}"` : `the replay says "${reason}"`;
    const message = `The gateway denied this call to "${denied.resource}": "${denied.reason}"; ${now}`;
    return [{ code: 'replay/denial-differs', message, hint, position: placeOf(denied) }];
  }
  if (received?.answer === undefined || received.redacted) return [];
  const position = placeOf(received);
  const now = 'error' in record.client ? record.client.error.message : null;
  if (received.answer.error !== undefined) {
    const then = received.answer.error;
    if (now !== null && comparable(now) === comparable(then)) return [];
    const said = now === null ? 'a result' : `the error "${firstLine(now)}"`;
    const message = `The client received the error "${firstLine(then)}"; in the replay it receives ${said}`;
    return [{ code: 'replay/received-differs', message, hint, position }];
  }
  if (now !== null) {
    const message = `The client received a result; in the replay it receives the error "${firstLine(now)}"`;
    return [{ code: 'replay/received-differs', message, hint, position }];
  }
  return differentData(record.items, received.answer.result, position);
}

/** Labelled results are lists of what the agent may read (gateway spec 3.8). Others are the backend's, which the log has anyway. */
function differentData(items: readonly ItemRecord[] | null, then: JsonValue, position: Position): readonly Finding[] {
  if (items === null || !Array.isArray(then)) return [];
  const now = items.filter(({ allowed }) => allowed).map(({ data }) => data);
  if (encodeGoJson(now) === encodeGoJson(then)) return [];
  const message = `The client received ${then.length} items; in the replay it receives ${now.length}, or others`;
  return [{ code: 'replay/received-differs', message, hint: differsHint, position }];
}

const differsHint =
  'Another policy, mode or build of the guard, labels that an earlier call changed, or look-ups that were not recorded explain it';

/** Canonical text of the policy in a payload of label_agent, without what the gateway adds to it. */
function policyOf(payload: JsonValue): string {
  if (!isJsonObject(payload)) return encodeGoJson(payload);
  const { 'allow-only': allowOnly, 'write-sink': writeSink } = payload;
  return encodeGoJson(inOrder(allowOnly ?? writeSink ?? payload));
}

/** The order of a list of names in a policy has no meaning. */
function inOrder(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.every((name) => typeof name === 'string') ? [...value].sort() : value;
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries<JsonValue>(value).map(([name, member]) => [name, inOrder(member)]));
}

function labelAnswer(value: JsonValue): Omit<RecordedAgentLabels, 'redacted'> {
  const { agent, difc_mode: mode } = isJsonObject(value) ? value : {};
  const labels = isJsonObject(agent) ? agent : {};
  const list = (tags: JsonValue | undefined): readonly string[] =>
    Array.isArray(tags) ? tags.filter((tag: JsonValue): tag is string => typeof tag === 'string') : [];
  const word = typeof mode === 'string' ? mode.trim().toLowerCase() : null;
  return { secrecy: list(labels['secrecy']), integrity: list(labels['integrity']), mode: word };
}

function sameLabels(a: LabelPair, b: LabelPair): boolean {
  return sameTags(a.secrecy, b.secrecy) && sameTags(a.integrity, b.integrity);
}

function sameTags(a: readonly string[], b: readonly string[]): boolean {
  const [first, second] = [new Set(a), new Set(b)];
  return first.size === second.size && [...first].every((tag) => second.has(tag));
}

function labelText({ secrecy, integrity }: LabelPair): string {
  return `secrecy [${[...secrecy].sort().join(' ')}] and integrity [${[...integrity].sort().join(' ')}]`;
}

function answerText(answer: Omit<RecordedAgentLabels, 'redacted'>): string {
  return `${labelText(answer)}, mode ${answer.mode ?? 'missing'}`;
}

/** The gateway writes the tags of a list in random order. */
function ordered(text: string): string {
  return text.replace(/\[([^[\]{}"]*)\]/g, (_, inner: string) => `[${inner.split(' ').sort().join(' ')}]`);
}

/** Error texts without the stack of wazero, which a replay does not have (wazero spec 5.2). */
function comparable(text: string): string {
  return ordered((text.split('\nwasm stack trace:')[0] ?? '').trimEnd());
}

function firstLine(text: string): string {
  return short(text.split('\n')[0] ?? '');
}

function short(text: string): string {
  return text.length <= shownLength ? text : `${text.slice(0, shownLength)}…`;
}

const shownLength = 300;

function placeOf({ line, file }: WitnessPlace): Position {
  return { line, ...(file === undefined ? {} : { file }) };
}

function keyOf(first: string, second: string): string {
  return `${first}\u0000${second}`;
}
