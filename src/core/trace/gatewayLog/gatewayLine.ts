/** Parses one line of the gateway's `rpc-messages.jsonl` (gateway `internal/logger/jsonl_logger.go`, spec 4.2 to 4.6). */
import { decodeGoJson } from '../../go/goJson.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { responseBody } from '../../mcp/message.ts';
import { readSanitized, redactedMark, type SanitizedPayload } from './sanitizer.ts';
import type { RecordedAnswer, RecordedCall, RecordedFiltered } from '../model/traceModel.ts';

/** One parsed line. Times are as written. */
export type GatewayRecord =
  | {
      readonly kind: 'request';
      readonly server: string;
      readonly time: JsonValue;
      readonly method: string;
      readonly labels: RecordedCall['agentLabels'];
      readonly payload: SanitizedPayload;
      readonly hasSchema: boolean;
    }
  | {
      readonly kind: 'response';
      readonly server: string;
      readonly time: JsonValue;
      /** The error text of a failed call; not sanitised by the gateway. */
      readonly error: string | null;
      readonly labels: RecordedCall['agentLabels'];
      readonly payload: SanitizedPayload;
      /** Go's error text when a number overflows a float64; null otherwise. */
      readonly overflow: string | null;
      readonly hasSchema: boolean;
    }
  | { readonly kind: 'filtered'; readonly filtered: Omit<RecordedFiltered, 'line'>; readonly hasSchema: boolean }
  /** A record that a replay does not need, such as a proxy's pass-through. */
  | { readonly kind: 'event'; readonly event: string; readonly hasSchema: boolean }
  | { readonly kind: 'newer'; readonly schema: string }
  | { readonly kind: 'bad'; readonly reason: string };

/** The newest version that is read of each record schema. */
const schemas: ReadonlyMap<string, number> = new Map([
  ['rpc-message', 2],
  ['difc-filtered', 2],
  ['difc-event', 1],
]);

/** Whether a value looks like a record of this log, of any version. */
export function isGatewayRecord(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const { _schema: schema } = value;
  if (typeof schema === 'string' && schemas.has(schema.split('/')[0] ?? '')) return true;
  return eventOf(value) !== null && 'server_id' in value && ('payload' in value || 'tool_name' in value);
}

/**
 * `event` of the records that gateways wrote until 25 May 2026 (gateway commit 73d75267): they have `type` in its place, after `direction`, and
 * no `_schema`. All other fields are the same.
 */
const olderTypes: ReadonlyMap<string, string> = new Map([
  ['REQUEST', 'rpc_request'],
  ['RESPONSE', 'rpc_response'],
  ['DIFC_FILTERED', 'difc_filtered'],
]);

function eventOf({ event, type }: JsonObject): string | null {
  if (event === undefined && typeof type === 'string') return olderTypes.get(type) ?? null;
  return typeof event === 'string' ? event : null;
}

/** Whether a damaged line begins like a record of this log. */
export function beginsLikeGatewayRecord(text: string): boolean {
  return /^\{"timestamp":"[^"]*",(?:"event":"(?:rpc_|difc_)|(?:"direction":"(?:IN|OUT)",)?"type":"(?:REQUEST|RESPONSE|DIFC_FILTERED)")/.test(
    text,
  );
}

/** Parses a line. Never throws; a line that is not a record is `bad`, with a reason that quotes the wrong value. */
export function parseGatewayLine(text: string): GatewayRecord {
  const value = decodeLine(text);
  if ('reason' in value) return { kind: 'bad', reason: value.reason };
  const { line, overflow } = value;
  const { _schema: schema } = line;
  if (schema !== undefined && typeof schema !== 'string') return bad('"_schema" must be a string');
  const [family = '', version = ''] = (schema ?? '').split('/');
  const known = schemas.get(family);
  if (schema !== undefined && known === undefined) return bad(`the schema "${schema}" is not one of the gateway's`);
  if (known !== undefined && !/^v\d+$/.test(version)) return bad(`the schema "${schema}" has no version`);
  if (known !== undefined && schema !== undefined && Number(version.slice(1)) > known) return { kind: 'newer', schema };
  const mayBeRedacted = text.includes(redactedMark) || text.includes('"_error"');
  return readEvent(line, mayBeRedacted, overflow, schema !== undefined);
}

/** The readable beginning of a damaged line, which suffices to pair the lines around it. */
export interface DamagedRecord {
  readonly kind: 'request' | 'response';
  readonly server: string;
  readonly method: string;
}

/** Reads the first fields, which have a fixed order, from a line whose end is lost. null when the beginning is damaged too. */
export function salvageLine(text: string): DamagedRecord | null {
  const found = lineBeginning.exec(text);
  if (found === null) return null;
  const { event, type, server, method } = found.groups ?? {};
  const name = decodeGoJson(server ?? '');
  if (!name.ok || typeof name.value !== 'string') return null;
  const isRequest = (event ?? olderTypes.get(type ?? '')) === 'rpc_request';
  return { kind: isRequest ? 'request' : 'response', server: name.value, method: method ?? 'tools/call' };
}

const lineBeginning =
  /^\{"timestamp":"[^"]*",(?:"event":"(?<event>rpc_request|rpc_response)",(?:"_schema":"[^"]*",)?"direction":"[^"]*"|"direction":"[^"]*","type":"(?<type>REQUEST|RESPONSE)"),"server_id":(?<server>"(?:[^"\\]|\\.)*")(?:,"method":"(?<method>[^"]*)")?/;

/**
 * Returns the answer of a response line: the gateway's error text (gateway spec 3.7, step 9) or the result; undefined when the sanitiser destroyed it.
 */
export function loggedAnswer(record: Extract<GatewayRecord, { kind: 'response' }>): RecordedAnswer | undefined {
  const { error, payload, server, overflow } = record;
  if (error !== null) return { error };
  if (overflow !== null) return { error: `failed to parse tools/call result: ${overflow}` };
  if (payload.value === null) return undefined;
  const body = isJsonObject(payload.value) ? responseBody(payload.value) : null;
  if (body?.error !== undefined) {
    const { code, message } = body.error;
    return { error: `backend error server=${server} method=tools/call: code=${code}, message=${message}` };
  }
  if (body === null) return { error: 'failed to parse tools/call result: unexpected end of JSON input' };
  return { result: body.result };
}

function decodeLine(
  text: string,
): { readonly line: JsonObject; readonly overflow: string | null } | { readonly reason: string } {
  const decoded = decodeGoJson(text);
  if (!decoded.ok && !decoded.error.startsWith('json:')) return { reason: `it is not JSON: ${decoded.error}` };
  const value = decoded.ok ? decoded.value : (JSON.parse(text) as JsonValue);
  const overflow = decoded.ok ? null : decoded.error;
  return isJsonObject(value) ? { line: value, overflow } : { reason: 'it is not a JSON object' };
}

function readEvent(
  line: JsonObject,
  mayBeRedacted: boolean,
  overflow: string | null,
  hasSchema: boolean,
): GatewayRecord {
  const event = eventOf(line);
  if (event === null) return bad('it has no "event"');
  if (event === 'difc_filtered') return readFiltered(line, hasSchema);
  if (event !== 'rpc_request' && event !== 'rpc_response') return { kind: 'event', event, hasSchema };
  const { server_id: server, payload, timestamp: time = null, error, method, direction } = line;
  if (typeof server !== 'string') return bad('it has no "server_id"');
  if (payload === undefined) return bad('it has no "payload"');
  const expected = event === 'rpc_request' ? 'OUT' : 'IN';
  if (direction !== expected && direction !== undefined) {
    return bad(`a ${event} with direction ${JSON.stringify(direction)} is not between gateway and backend`);
  }
  const sanitized = mayBeRedacted ? readSanitized(payload) : { value: payload, redacted: false, remains: null };
  const shared = { server, time, labels: readLabels(line), payload: sanitized, hasSchema };
  if (event === 'rpc_response') {
    const text = typeof error === 'string' && error !== '' ? error : null;
    return { kind: 'response', ...shared, overflow, error: text };
  }
  if (overflow !== null) return bad(overflow);
  if (typeof method !== 'string') return bad('a request has no "method"');
  return { kind: 'request', ...shared, method };
}

function readLabels(line: JsonObject): RecordedCall['agentLabels'] {
  const { agent_secrecy: secrecy, agent_integrity: integrity } = line;
  if (secrecy === undefined && integrity === undefined) return null;
  return { secrecy: strings(secrecy) ?? [], integrity: strings(integrity) ?? [] };
}

function readFiltered(line: JsonObject, hasSchema: boolean): GatewayRecord {
  const { server_id: server, tool_name: tool } = line;
  if (typeof server !== 'string') return bad('it has no "server_id"');
  if (typeof tool !== 'string') return bad('it has no "tool_name"');
  const text = (name: string): string | null => {
    const value = line[name];
    return typeof value === 'string' ? value : null;
  };
  const filtered = {
    server,
    tool,
    description: text('description') ?? '',
    reason: text('reason') ?? '',
    secrecy: strings(line['secrecy_tags']),
    integrity: strings(line['integrity_tags']),
    number: text('number'),
    author: text('author_login'),
    url: text('html_url'),
  };
  return { kind: 'filtered', filtered, hasSchema };
}

function strings(value: JsonValue | undefined): readonly string[] | null {
  return Array.isArray(value) ? value.filter((entry: JsonValue): entry is string => typeof entry === 'string') : null;
}

function bad(reason: string): GatewayRecord {
  return { kind: 'bad', reason };
}
