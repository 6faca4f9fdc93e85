/** A session as a plain list of messages, the common model for reading and writing foreign formats. */
import type { JsonValue } from '../base/json.ts';
import { isJsonObject } from '../base/json.ts';
import { jsonText } from '../base/jsonText.ts';
import type { Side } from '../mcp/pairing.ts';
import { parseNativeLine, type NativeHeader } from '../trace/capture/nativeLine.ts';
import { nativeHeaderLine, nativeMessageLine } from '../trace/write.ts';

/** One message of a session. */
export interface SessionMessage {
  /** Milliseconds since the start. */
  readonly t: number;
  readonly from: Side;
  readonly msg: JsonValue;
  /** Name of the connection, if there are several; otherwise empty. */
  readonly session: string;
}

/** A session with its server, transport and start. */
export interface ForeignSession {
  readonly server: string;
  readonly transport: string;
  /** ISO 8601. */
  readonly start: string;
  readonly messages: readonly SessionMessage[];
}

/** Formats a session as a native capture. */
export function nativeText(session: ForeignSession, tool: { readonly name: string; readonly version: string }): string {
  const { server, transport, start, messages } = session;
  const header: NativeHeader = { tool: tool.name, version: tool.version, start, server, transport, redaction: [] };
  const lines = messages.map(({ t, from, msg, session: name }) => {
    const line = name === '' ? nativeMessageLine(t, from, msg) : `${jsonText({ t, dir: from, session: name, msg })}\n`;
    // Foreign formats do not record how many values were redacted.
    return withRedactedMark(line, line.split('«redacted:').length - 1);
  });
  return nativeHeaderLine(header) + lines.join('');
}

/** Adds the number of redacted secrets to the line of a message, so that a replay reports that the guard gets other values. */
export function withRedactedMark(line: string, count: number): string {
  const at = line.indexOf('"msg":');
  if (count === 0 || at < 0) return line;
  const [, before = '', known = '0'] = /^(.*?)(?:"redacted":(\d+),)?$/s.exec(line.slice(0, at)) ?? [];
  return `${before}"redacted":${Number(known) + count},${line.slice(at)}`;
}

/** Reads the messages of a native capture, without those of a guard. `others`: number of lines with something else. */
export function readNativeMessages(text: string): { readonly session: ForeignSession; readonly others: number } {
  let header: NativeHeader | null = null;
  let others = 0;
  const messages: SessionMessage[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const record = parseNativeLine(line);
    if (record.kind === 'header') header ??= record.header;
    else if (record.kind === 'message' && !record.byGuard) {
      messages.push({ t: record.t ?? 0, from: record.from, msg: record.msg, session: record.session });
    } else others++;
  }
  const { server = '', transport = '', start = '' } = header ?? {};
  return { session: { server, transport, start, messages }, others };
}

/** Returns the id of a request or an answer as a map key; null without an id. */
export function idOf(msg: JsonValue): string | null {
  const id = isJsonObject(msg) ? msg['id'] : undefined;
  return typeof id === 'string' || typeof id === 'number' ? JSON.stringify(id) : null;
}

export function isRequest(msg: JsonValue): boolean {
  return isJsonObject(msg) && typeof msg['method'] === 'string' && idOf(msg) !== null;
}

export function isAnswer(msg: JsonValue): boolean {
  return isJsonObject(msg) && msg['method'] === undefined && idOf(msg) !== null;
}

/** Returns the value if it is a string, otherwise the empty string. */
export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
