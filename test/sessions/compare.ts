/** Compares the records of a replay with what the client of the recorded session received, call by call. */
import type { JsonValue } from '../../src/core/base/json.ts';
import type { DecisionRecord } from '../../src/core/difc/record/decision.ts';
import type { ClientCall, LogLine, Session } from './session.ts';

/** What is different: the whole call is absent, the client's answer, the agent's labels before the call, the filtered items, the agent's name. */
export type Aspect = 'absent' | 'client' | 'labels' | 'filtered' | 'agent' | 'never called';

/** A difference between the gateway and the replay. */
export interface Difference {
  /** Such as `3 files write_file: client`; the number is the call's in client.jsonl, or the record's for "never called". */
  readonly what: string;
  /** The gateway's value and the replay's, from where they differ. */
  readonly detail: string;
}

/** The gateway's name for an agent without credentials (S/session.go:45-50), and the replay's for one that a trace does not name. */
const unnamed = 'default';

/** All differences of a session, in the order of its calls. */
export function compareSession(session: Session, records: readonly DecisionRecord[]): readonly Difference[] {
  const used = new Set<DecisionRecord>();
  const pairs: Pair[] = [];
  const found: Difference[] = [];
  const namesAgents = records.some(({ agent }) => agent !== unnamed);
  if (!namesAgents) found.push({ what: 'every call: agent', detail: `the replay names all agents "${unnamed}"` });
  for (const call of session.calls) {
    if (isRefusedBySdk(call)) continue;
    const record = recordOf(call, records, used);
    if (record === undefined) {
      found.push(difference(call, 'absent', answer(call.reply), ''));
      continue;
    }
    used.add(record);
    pairs.push({ call, record });
  }
  for (const { call, record } of pairs) {
    const group = pairs.filter(({ call: other }) => isOf(other, call.server, call.params.name) && overlap(call, other));
    const values = [
      ['client', answer(call.reply), answer(withStackTrace(record))],
      ['agent', namesAgents ? call.agent : unnamed, record.agent],
      ['labels', ...labelsOf(call, record, session.log)],
      ['filtered', ...filteredOf(group, session.log)],
    ] as const;
    for (const [aspect, real, replayed] of values) {
      if (real !== replayed) found.push(difference(call, aspect, real, replayed));
    }
  }
  for (const record of records.filter((one) => !used.has(one))) {
    const what = `${record.index} ${record.server} ${record.tool}: never called`;
    found.push({ what, detail: answer(record.client).slice(0, 200) });
  }
  return found;
}

/** A call of the client and its record. */
interface Pair {
  readonly call: ClientCall;
  readonly record: DecisionRecord;
}

function difference(call: ClientCall, aspect: Aspect, real: string, replayed: string): Difference {
  return { what: `${call.n} ${call.server} ${call.params.name}: ${aspect}`, detail: fromDifference(real, replayed) };
}

const overlap = (left: ClientCall, right: ClientCall): boolean => left.at <= right.end + 1 && right.at <= left.end + 1;

/** The SDK's server answers calls of tools that it does not have; the gateway does not log them. */
function isRefusedBySdk({ reply }: ClientCall): boolean {
  const error = reply['error'] as { readonly code: number; readonly message: string } | undefined;
  return error?.code === -32602 && error.message.startsWith('unknown tool');
}

/** The record of a call: of its server and tool, from the time of the call; of several the one with its arguments. */
function recordOf(call: ClientCall, records: readonly DecisionRecord[], used: ReadonlySet<DecisionRecord>) {
  const { server, params } = call;
  const candidates = records.filter(
    (record) =>
      !used.has(record) && record.server === server && record.tool === params.name && isDuring(record.time, call),
  );
  const sent = canonical(params.arguments ?? {});
  const same = candidates.filter(({ args }) => canonical(args ?? {}) === sent);
  return same.find(({ agent }) => agent === call.agent) ?? same[0] ?? candidates[0];
}

/** Whether a time of the log belongs to a call; the client's and the gateway's milliseconds are rounded separately. */
function isDuring(time: string | null, { at, end }: ClientCall): boolean {
  // A call that only the debug log has is without a time, and stands in its place.
  if (time === null) return true;
  const ms = Date.parse(time);
  return ms >= at - 1 && ms <= end + 1;
}

/** The agent's labels in the gateway's log at a call and in the record; equal texts when the log has none. */
function labelsOf(
  call: ClientCall,
  { agentBefore }: DecisionRecord,
  log: readonly LogLine[],
): readonly [string, string] {
  const during = log.filter((line) => line.event === 'rpc_request' && line.server_id === call.server);
  const request = during.find(
    (line) =>
      isDuring(line.timestamp, call) &&
      (line.agent_secrecy !== undefined || line.agent_integrity !== undefined) &&
      (line.payload?.params?.name ?? call.params.name) === call.params.name,
  );
  if (request === undefined) return ['', ''];
  const { agent_secrecy: secrecy = [], agent_integrity: integrity = [] } = request;
  const replayed = canonical([sorted(agentBefore.secrecy), sorted(agentBefore.integrity)]);
  return [canonical([sorted(secrecy), sorted(integrity)]), replayed];
}

/**
 * The filtered items in the gateway's log and in the records, of a call and of the calls of the same tool that overlap it: the log does not
 * say which of them an item belongs to. The gateway does not log them when it blocks the whole answer.
 */
function filteredOf(group: readonly Pair[], log: readonly LogLine[]): readonly [string, string] {
  const real = log.filter(
    (line) =>
      line.event === 'difc_filtered' &&
      group.some(({ call }) => isOf(call, line.server_id, line.tool_name) && isDuring(line.timestamp, call)),
  );
  const replayed = group.flatMap(({ record }) =>
    errorOf(record.client).startsWith('DIFC policy violation')
      ? []
      : (record.items ?? []).filter((item) => !item.allowed),
  );
  const lineTexts = real.map((line) =>
    filteredItem(line.description ?? '', line.reason ?? '', line.secrecy_tags, line.integrity_tags),
  );
  const itemTexts = replayed.map((item) => filteredItem(item.description, item.reason, item.secrecy, item.integrity));
  return group.length === 1
    ? [canonical(lineTexts), canonical(itemTexts)]
    : [canonical(sorted(lineTexts)), canonical(sorted(itemTexts))];
}

type Tags = readonly string[] | null | undefined;

const filteredItem = (description: string, reason: string, secrecy: Tags, integrity: Tags): string =>
  canonical([description, inOrder(reason), sorted(secrecy ?? []), sorted(integrity ?? [])]);

const isOf = ({ server, params }: ClientCall, id: string, tool: string | undefined): boolean =>
  server === id && params.name === tool;

const clientError = (client: DecisionRecord['client']) => (client !== null && 'error' in client ? client.error : null);

const errorOf = (client: DecisionRecord['client']): string => clientError(client)?.message ?? '';

/**
 * What the client receives with the stack trace of a trap, which the gateway's error ends with; a record has its lines in the guard call
 * (test/parity/README.md).
 */
function withStackTrace({ client, guardCalls }: DecisionRecord): unknown {
  const frames = guardCalls.at(-1)?.trace ?? [];
  const message = errorOf(client);
  if (frames.length === 0 || message === '') return client;
  return { error: { ...clientError(client), message: [`${message}\nwasm stack trace:`, ...frames].join('\n\t') } };
}

/** What a client receives, with what is random in the gateway made equal: the order of tags in texts, and the path of a payload. */
function answer(reply: unknown): string {
  const { error, result } = (reply ?? {}) as { readonly error?: JsonValue; readonly result?: JsonValue };
  const { code, message } = (error ?? {}) as { readonly code?: number; readonly message?: string };
  const text = canonical(error === undefined ? { result: result ?? null } : { error: { code, message } });
  return inOrder(text).replace(/((?:payloadPath|queryID)\\+":\\+")[^"\\]*/g, '$1…');
}

/** In texts the gateway lists tags in random order. */
function inOrder(text: string): string {
  return text.replace(/\[([^[\]{}"]*)\]/g, (_, inner: string) => `[${inner.split(' ').sort().join(' ')}]`);
}

const sorted = (tags: readonly string[]): readonly string[] => [...tags].sort();

/** JSON with sorted members. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`;
}

/** Both texts from shortly before their first difference. */
function fromDifference(real: string, replayed: string): string {
  let at = 0;
  while (at < real.length && real[at] === replayed[at]) at++;
  const from = Math.max(0, at - 60);
  return `the gateway …${real.slice(from, from + 240)}\n      replay      …${replayed.slice(from, from + 240)}`;
}
