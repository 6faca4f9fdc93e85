/** Parses one line of a native capture (`*.guardtrace.jsonl`): a header, a message, guard records, or an event of the tap. */
import { decodeGoJson } from '../../go/goJson.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { Side } from '../../mcp/pairing.ts';
import type { MessageId } from '../../mcp/message.ts';

/** Schema of a header: its name, and the version that is read and written. */
export const nativeSchema = { name: 'guardscope-trace', version: 1 } as const;

/** Event that the recorder writes at the end of a capture whose tap was killed. */
export const tapKilled = 'tap-killed';

/** Event of a tap that ended with its session: the last line of a complete capture. */
const sessionEnded = 'exit';

/** Event of a recorder whose tap gave it up: what follows is missing. */
export const recordingLost = 'recording-lost';

/** The first line of a capture. */
export interface NativeHeader {
  /** Name and version of the program that wrote the file. */
  readonly tool: string;
  readonly version: string;
  /** ISO 8601; the origin of `t` in the lines. */
  readonly start: string;
  readonly server: string;
  readonly transport: string;
  /** Names of the applied redaction rules; empty for none. */
  readonly redaction: readonly string[];
  /** Whether the capture ends with an event that says so; default false, as for sessions that were imported. */
  readonly endMark?: boolean;
  /** Whether requests of clients with a credential are marked with their agent; default false, as in captures of earlier versions. */
  readonly agentMarks?: boolean;
}

/** One parsed line. `t` is in milliseconds since the start; null when it is not a number. */
export type NativeRecord =
  | { readonly kind: 'header'; readonly header: NativeHeader }
  | {
      readonly kind: 'message';
      readonly t: number | null;
      readonly from: Side;
      readonly msg: JsonValue;
      /** Whether the guard made this message (a look-up), not the client. */
      readonly byGuard: boolean;
      /** Id of the client's request that a look-up was made for; null when unknown. */
      readonly request: MessageId | null;
      /** Whether the tap redacted secrets in the message. */
      readonly redacted: boolean;
      /** Session of the connection, if the file has several; otherwise empty. */
      readonly session: string;
      /** Number of the HTTP request that carried the message; 0 where it has none. */
      readonly exchange: number;
      /** A token of the client's credential, which is its agent; empty when the client has none. */
      readonly agent: string;
      /** Go's error text when a number overflows a float64; null otherwise. */
      readonly overflow: string | null;
    }
  | {
      readonly kind: 'guard';
      readonly t: number | null;
      /** Records of guard calls (`GuardCallRecord`), not validated. */
      readonly records: readonly JsonObject[];
      /** Id of the client's request that the guard was called for. */
      readonly request: MessageId | null;
      readonly session: string;
      readonly exchange: number;
    }
  /** The message that the client received in place of the server's answer, when a guard's decision was enforced. */
  | {
      readonly kind: 'gate';
      readonly t: number | null;
      readonly request: MessageId | null;
      readonly outcome: string;
      readonly client: JsonValue;
      readonly session: string;
      readonly exchange: number;
    }
  /** A frame that the tap did not record, and the reason. */
  | {
      readonly kind: 'dropped';
      readonly t: number | null;
      /** null for server output that is not a message, such as stderr. */
      readonly from: Side | null;
      readonly reason: string;
      /** Id of the request or of the answer; both null when the tap could not determine it. */
      readonly request: MessageId | null;
      readonly answer: MessageId | null;
      readonly session: string;
      readonly exchange: number;
    }
  /** The end: of the session, of a tap that was killed, or of a recording whose tap went on without it. */
  | { readonly kind: 'end'; readonly of: 'session' | 'tap' | 'recording'; readonly t: number | null }
  /** A line that a replay does not need, such as server output that is not a message. */
  | { readonly kind: 'other' }
  | { readonly kind: 'newer'; readonly schema: string }
  | { readonly kind: 'bad'; readonly reason: string };

/** The agent of clients without a credential, and of the one client of a server over stdio (gateway spec 3.10). */
const defaultAgent = 'default';

/** The agent of a request as a member of its call; none for a capture of several clients without marks. */
export function agentMember(
  { transport, agentMarks = false }: NativeHeader,
  agent: string,
): { readonly agent?: string } {
  if (agent !== '') return { agent };
  return agentMarks || transport === 'stdio' ? { agent: defaultAgent } : {};
}

/** Whether a value looks like a line of a native capture. */
export function isNativeLine(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const { schema, dir, msg } = value;
  if (typeof schema === 'string') return schema.startsWith(`${nativeSchema.name}/`);
  return (dir === 'client' || dir === 'server') && msg !== undefined;
}

/** Parses a line. Never throws. */
export function parseNativeLine(text: string): NativeRecord {
  const decoded = decodeGoJson(text);
  if (!decoded.ok && !decoded.error.startsWith('json:')) return bad(`it is not JSON: ${decoded.error}`);
  const value = decoded.ok ? decoded.value : (JSON.parse(text) as JsonValue);
  if (!isJsonObject(value)) return bad('it is not a JSON object');
  if (value['schema'] !== undefined) return readHeader(value);
  const t = typeof value['t'] === 'number' && Number.isFinite(value['t']) ? value['t'] : null;
  const session = textOf(value['session']);
  const exchange = typeof value['exchange'] === 'number' ? value['exchange'] : 0;
  if (value['msg'] !== undefined) {
    const { dir, msg } = value;
    if (dir !== 'client' && dir !== 'server') return bad(`"dir" must be "client" or "server", not ${shown(dir)}`);
    const overflow = decoded.ok ? null : decoded.error;
    const redacted = typeof value['redacted'] === 'number' && value['redacted'] > 0;
    const [byGuard, request] = [value['by'] === 'guard', messageId(value['for'])];
    const agent = textOf(value['agent']);
    return { kind: 'message', t, from: dir, msg, byGuard, request, redacted, session, exchange, agent, overflow };
  }
  if (value['client'] !== undefined) {
    const [request, outcome] = [messageId(value['for']), textOf(value['outcome'])];
    return { kind: 'gate', t, request, outcome, client: value['client'], session, exchange };
  }
  if (value['guard'] !== undefined) return readGuard(value, t, { session, exchange });
  if (isJsonObject(value['dropped'])) return readDropped(value, value['dropped'], t, { session, exchange });
  if (value['event'] === tapKilled) return { kind: 'end', of: 'tap', t };
  if (value['event'] === sessionEnded) return { kind: 'end', of: 'session', t };
  if (value['event'] === recordingLost) return { kind: 'end', of: 'recording', t };
  if (value['t'] !== undefined) return { kind: 'other' };
  return bad('it has neither "msg" nor "guard"');
}

function readHeader(value: JsonObject): NativeRecord {
  const { schema, redaction, endMark, agentMarks } = value;
  if (typeof schema !== 'string') return bad('"schema" must be a string');
  const version = new RegExp(`^${nativeSchema.name}/(\\d+)$`).exec(schema)?.[1];
  if (version === undefined) return bad(`the schema "${schema}" is not "${nativeSchema.name}/${nativeSchema.version}"`);
  if (Number(version) > nativeSchema.version) return { kind: 'newer', schema };
  return {
    kind: 'header',
    header: {
      tool: textOf(value['tool']),
      version: textOf(value['version']),
      start: textOf(value['start']),
      server: textOf(value['server']),
      transport: textOf(value['transport']),
      redaction: Array.isArray(redaction) ? redaction.map(textOf).filter((rule) => rule !== '') : [],
      ...(endMark === true ? { endMark } : {}),
      ...(agentMarks === true ? { agentMarks } : {}),
    },
  };
}

/** Where a line belongs. */
interface Place {
  readonly session: string;
  readonly exchange: number;
}

function readGuard(value: JsonObject, t: number | null, place: Place): NativeRecord {
  const { guard } = value;
  const list = Array.isArray(guard) ? guard : [guard];
  const records = list.filter((record: JsonValue | undefined): record is JsonObject => isJsonObject(record));
  if (records.length < list.length) return bad('"guard" must be a record of a guard call, or a list of them');
  return { kind: 'guard', t, records, request: messageId(value['for']), ...place };
}

function messageId(value: JsonValue | undefined): MessageId | null {
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

function readDropped({ dir }: JsonObject, dropped: JsonObject, t: number | null, place: Place): NativeRecord {
  const { bytes, lines, why } = dropped;
  const size = typeof bytes === 'number' ? `${bytes} bytes` : 'unknown length';
  const spread = typeof lines === 'number' && lines > 1 ? ` in ${lines} lines` : '';
  const reason = `of ${size}${spread}${typeof why === 'string' && why !== '' ? `: ${why}` : ''}`;
  const from = dir === 'client' || dir === 'server' ? dir : null;
  const [request, answer] = [messageId(dropped['request']), messageId(dropped['answer'])];
  return { kind: 'dropped', t, from, reason, request, answer, ...place };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function shown(value: JsonValue | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60);
}

function bad(reason: string): NativeRecord {
  return { kind: 'bad', reason };
}
