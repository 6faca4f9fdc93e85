/** One line of a native capture (`*.guardtrace.jsonl`): the header, a message, what a guard did, or why it is none of them. */
import { decodeGoJson } from '../../go/goJson.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { Side } from '../../mcp/pairing.ts';
import type { MessageId } from '../../mcp/message.ts';

/** The schema of a header: a name and the version that is read and written. */
export const nativeSchema = { name: 'guardscope-trace', version: 1 } as const;

/** The event with which a recorder closes the capture of a tap that was killed. */
export const tapKilled = 'tap-killed';

/** The first line of a capture. */
export interface NativeHeader {
  /** Who wrote the file, and in which version. */
  readonly tool: string;
  readonly version: string;
  /** ISO 8601; what `t` of the lines counts from. */
  readonly start: string;
  readonly server: string;
  readonly transport: string;
  /** Names of the redaction rules that were applied; empty for none. */
  readonly redaction: readonly string[];
}

/** What one line says. `t` is in milliseconds since the start; null when it is no number. */
export type NativeRecord =
  | { readonly kind: 'header'; readonly header: NativeHeader }
  | {
      readonly kind: 'message';
      readonly t: number | null;
      readonly from: Side;
      readonly msg: JsonValue;
      /** Whether the guard made this message (a look-up), not the client. */
      readonly byGuard: boolean;
      /** Id of the client's request that a look-up was made for; null where the line does not say. */
      readonly request: MessageId | null;
      /** Whether the tap took secrets out of the message. */
      readonly redacted: boolean;
      /** Session of the connection, where one file holds several; empty otherwise. */
      readonly session: string;
      /** Go's error text when a number overflows a float64; null otherwise. */
      readonly overflow: string | null;
    }
  | {
      readonly kind: 'guard';
      readonly t: number | null;
      /** Records of guard calls (`GuardCallRecord`), unchecked. */
      readonly records: readonly JsonObject[];
      /** Id of the client's request that the guard was called for. */
      readonly request: MessageId | null;
      readonly session: string;
    }
  /** What the client got from an enforcing guard, in place of the server's answer. */
  | {
      readonly kind: 'gate';
      readonly t: number | null;
      readonly request: MessageId | null;
      readonly outcome: string;
      readonly client: JsonValue;
      readonly session: string;
    }
  /** A frame that the tap did not keep, and why. */
  | {
      readonly kind: 'dropped';
      readonly t: number | null;
      /** null for output of the server beside the messages. */
      readonly from: Side | null;
      readonly reason: string;
      /** Id of the request or of the answer that it was; both null when the tap could not tell. */
      readonly request: MessageId | null;
      readonly answer: MessageId | null;
      readonly session: string;
    }
  /** The tap ended without a word: somebody killed it. */
  | { readonly kind: 'killed'; readonly t: number | null }
  /** Something that the capture kept and a replay does not need, such as output of a server that is no message. */
  | { readonly kind: 'other' }
  | { readonly kind: 'newer'; readonly schema: string }
  | { readonly kind: 'bad'; readonly reason: string };

/** Whether an object looks like a line of a native capture. */
export function isNativeLine(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const { schema, dir, msg } = value;
  if (typeof schema === 'string') return schema.startsWith(`${nativeSchema.name}/`);
  return (dir === 'client' || dir === 'server') && msg !== undefined;
}

/** Reads a line. Never throws. */
export function parseNativeLine(text: string): NativeRecord {
  const decoded = decodeGoJson(text);
  if (!decoded.ok && !decoded.error.startsWith('json:')) return bad(`it is not JSON: ${decoded.error}`);
  const value = decoded.ok ? decoded.value : (JSON.parse(text) as JsonValue);
  if (!isJsonObject(value)) return bad('it is not a JSON object');
  if (value['schema'] !== undefined) return readHeader(value);
  const t = typeof value['t'] === 'number' && Number.isFinite(value['t']) ? value['t'] : null;
  const session = textOf(value['session']);
  if (value['msg'] !== undefined) {
    const { dir, msg } = value;
    if (dir !== 'client' && dir !== 'server') return bad(`"dir" must be "client" or "server", not ${shown(dir)}`);
    const overflow = decoded.ok ? null : decoded.error;
    const redacted = typeof value['redacted'] === 'number' && value['redacted'] > 0;
    const [byGuard, request] = [value['by'] === 'guard', messageId(value['for'])];
    return { kind: 'message', t, from: dir, msg, byGuard, request, redacted, session, overflow };
  }
  if (value['client'] !== undefined) {
    const [request, outcome] = [messageId(value['for']), textOf(value['outcome'])];
    return { kind: 'gate', t, request, outcome, client: value['client'], session };
  }
  if (value['guard'] !== undefined) return readGuard(value, t, session);
  if (isJsonObject(value['dropped'])) return readDropped(value, value['dropped'], t, session);
  if (value['event'] === tapKilled) return { kind: 'killed', t };
  if (value['t'] !== undefined) return { kind: 'other' };
  return bad('it has neither "msg" nor "guard"');
}

function readHeader(value: JsonObject): NativeRecord {
  const { schema, redaction } = value;
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
    },
  };
}

function readGuard(value: JsonObject, t: number | null, session: string): NativeRecord {
  const { guard } = value;
  const list = Array.isArray(guard) ? guard : [guard];
  const records = list.filter((record: JsonValue | undefined): record is JsonObject => isJsonObject(record));
  if (records.length < list.length) return bad('"guard" must be a record of a guard call, or a list of them');
  return { kind: 'guard', t, records, request: messageId(value['for']), session };
}

function messageId(value: JsonValue | undefined): MessageId | null {
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

function readDropped({ dir }: JsonObject, dropped: JsonObject, t: number | null, session: string): NativeRecord {
  const { bytes, lines, why } = dropped;
  const size = typeof bytes === 'number' ? `${bytes} bytes` : 'unknown length';
  const spread = typeof lines === 'number' && lines > 1 ? ` in ${lines} lines` : '';
  const reason = `of ${size}${spread}${typeof why === 'string' && why !== '' ? `: ${why}` : ''}`;
  const from = dir === 'client' || dir === 'server' ? dir : null;
  const [request, answer] = [messageId(dropped['request']), messageId(dropped['answer'])];
  return { kind: 'dropped', t, from, reason, request, answer, session };
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
