/** A session as a plain list of messages, which every foreign format is read into and written from. */
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
  /** Name of the connection, where there are several; empty otherwise. */
  readonly session: string;
}

/** A session with what is known of it. */
export interface ForeignSession {
  readonly server: string;
  readonly transport: string;
  /** ISO 8601. */
  readonly start: string;
  readonly messages: readonly SessionMessage[];
}

/** The text of a native capture. */
export function nativeText(session: ForeignSession, tool: { readonly name: string; readonly version: string }): string {
  const { server, transport, start, messages } = session;
  const header: NativeHeader = { tool: tool.name, version: tool.version, start, server, transport, redaction: [] };
  const lines = messages.map(({ t, from, msg, session: name }) => {
    const line = name === '' ? nativeMessageLine(t, from, msg) : `${jsonText({ t, dir: from, session: name, msg })}\n`;
    // Foreign formats do not tell what was taken out before.
    return withRedactedMark(line, line.split('«redacted:').length - 1);
  });
  return nativeHeaderLine(header) + lines.join('');
}

/** The line of a message that says how many secrets were taken out of it: a replay tells that a guard sees other values there. */
export function withRedactedMark(line: string, count: number): string {
  const at = line.indexOf('"msg":');
  if (count === 0 || at < 0) return line;
  const [, before = '', known = '0'] = /^(.*?)(?:"redacted":(\d+),)?$/s.exec(line.slice(0, at)) ?? [];
  return `${before}"redacted":${Number(known) + count},${line.slice(at)}`;
}

/** The messages of a native capture, without those that a guard made, and how many lines held something else. */
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

/** The id of a request or an answer as a key; null for what has none. */
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

/** A text, or nothing. */
export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
