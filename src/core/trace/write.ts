/** Writes lines of native captures, and of the gateway's JSON log exactly as the gateway encodes them. */
import { encodeGoJson } from '../go/goJson.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { jsonText } from '../base/jsonText.ts';
import type { GuardCallRecord } from '../difc/record/guardCall.ts';
import type { Side } from '../mcp/pairing.ts';
import type { MessageId } from '../mcp/message.ts';
import { sanitizeJsonText } from './gatewayLog/sanitizer.ts';
import type { RecordedFiltered } from './model/traceModel.ts';
import { nativeSchema, type NativeHeader } from './capture/nativeLine.ts';

/** Formats the header line of a native capture, with its line feed. */
export function nativeHeaderLine(header: NativeHeader): string {
  const { tool, version, start, server, transport, redaction, endMark, agentMarks } = header;
  const schema = `${nativeSchema.name}/${nativeSchema.version}`;
  return `${JSON.stringify({ schema, tool, version, start, server, transport, redaction, endMark, agentMarks })}\n`;
}

/** Formats a message line. `t`: milliseconds since the start; `by`: set when the guard made the message. */
export function nativeMessageLine(t: number, dir: Side, msg: JsonValue, by?: 'guard'): string {
  return `${jsonText({ t, dir, ...(by === undefined ? {} : { by }), msg })}\n`;
}

/** Formats a message line that contains `frame` byte for byte; the frame must be one line of valid JSON. */
export function nativeFrameLine(t: number, dir: Side, frame: string): string {
  return `{"t":${t},"dir":"${dir}","msg":${frame}}\n`;
}

/** Formats a line with the guard's work for the client's request with this id; null when it belongs to no request. */
export function nativeGuardLine(t: number, records: readonly GuardCallRecord[], request: MessageId | null): string {
  return `${jsonText({ t, ...(request === null ? {} : { for: request }), guard: records })}\n`;
}

/** Agent labels of a request and its answer, on a server that is listed as a sink. */
export interface WrittenLabels {
  readonly secrecy: readonly string[];
  readonly integrity: readonly string[];
}

/** Formats an `rpc_request` line. `time` is ISO 8601 with milliseconds, UTC; `params` is null for `tools/list`. */
export function gatewayRequestLine(
  time: string,
  server: string,
  method: string,
  params: JsonValue,
  labels: WrittenLabels | null = null,
): string {
  const payload = sanitizeJsonText(encodeGoJson({ jsonrpc: '2.0', method, params }));
  return rpcLine(time, 'rpc_request', 'OUT', server, [
    ['method', text(method)],
    ...labelFields(labels),
    ['payload', payload],
  ]);
}

/** Formats an `rpc_response` line: the result with its keys in the given order, or the error text of a failed call. */
export function gatewayResponseLine(
  time: string,
  server: string,
  answer: { readonly result: JsonValue } | { readonly error: string },
  labels: WrittenLabels | null = null,
): string {
  const failed = 'error' in answer;
  const payload = failed ? '' : `{"jsonrpc":"2.0","id":1,"result":${ordered(answer.result)}}`;
  return rpcLine(time, 'rpc_response', 'IN', server, [
    ...(failed ? [['error', text(answer.error)] as const] : []),
    ...labelFields(labels),
    ['payload', sanitizeJsonText(payload)],
  ]);
}

/** Formats a `difc_filtered` line. The gateway does not sanitise it and omits empty metadata. */
export function gatewayFilteredLine(
  time: string,
  filtered: Omit<RecordedFiltered, 'line'>,
  metadata: { readonly authorAssociation?: string; readonly sha?: string } = {},
): string {
  const optional = (name: string, value: string | null | undefined): readonly Field[] =>
    value === null || value === undefined || value === '' ? [] : [[name, text(value)]];
  return line([
    ['timestamp', text(time)],
    ['event', '"difc_filtered"'],
    ['_schema', '"difc-filtered/v2"'],
    ['server_id', text(filtered.server)],
    ['tool_name', text(filtered.tool)],
    ['description', text(filtered.description)],
    ['reason', text(filtered.reason)],
    ['secrecy_tags', encodeGoJson(filtered.secrecy)],
    ['integrity_tags', encodeGoJson(filtered.integrity)],
    ...optional('author_association', metadata.authorAssociation),
    ...optional('author_login', filtered.author),
    ...optional('html_url', filtered.url),
    ...optional('number', filtered.number),
    ...optional('sha', metadata.sha),
  ]);
}

/** A member of a line: its name, and its value as JSON. */
type Field = readonly [name: string, json: string];

function rpcLine(time: string, event: string, direction: string, server: string, rest: readonly Field[]): string {
  return line([
    ['timestamp', text(time)],
    ['event', text(event)],
    ['_schema', '"rpc-message/v2"'],
    ['direction', text(direction)],
    ['server_id', text(server)],
    ...rest,
  ]);
}

function line(fields: readonly Field[]): string {
  return `{${fields.map(([name, json]) => `"${name}":${json}`).join(',')}}\n`;
}

/** Empty labels are omitted (gateway: `omitempty`). */
function labelFields(labels: WrittenLabels | null): readonly Field[] {
  if (labels === null) return [];
  const fields: readonly (readonly [string, readonly string[]])[] = [
    ['agent_secrecy', labels.secrecy],
    ['agent_integrity', labels.integrity],
  ];
  return fields.filter(([, tags]) => tags.length > 0).map(([name, tags]) => [name, encodeGoJson(tags)]);
}

/** Encodes a value as Go does, but preserves the order of keys, as Go does for structs and raw messages. */
function ordered(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map((item: JsonValue) => ordered(item)).join(',')}]`;
  if (!isJsonObject(value)) return encodeGoJson(value);
  const object: JsonObject = value;
  return `{${Object.keys(object)
    .map((key) => `${text(key)}:${ordered(object[key] ?? null)}`)
    .join(',')}}`;
}

function text(value: string): string {
  return encodeGoJson(value);
}
