/** Reads and writes HAR 1.2 of MCP over HTTP, the format of browsers and proxies. */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { jsonText } from '../base/jsonText.ts';
import type { Parsed, Problem } from '../base/parsed.ts';
import { eventsOf } from './sseEvents.ts';
import { idOf, isAnswer, isRequest, type ForeignSession, type SessionMessage, textOf } from './foreignSession.ts';

/** Reads the sessions of a HAR, one for each server address. `skipped`: number of entries that are not MCP. */
export function readHar(
  root: JsonValue,
): Parsed<{ readonly sessions: readonly ForeignSession[]; readonly skipped: number }> {
  const problems: Problem[] = [];
  const log = isJsonObject(root) ? root['log'] : undefined;
  const entries = isJsonObject(log) && Array.isArray(log['entries']) ? (log['entries'] as readonly JsonValue[]) : null;
  if (entries === null) {
    problems.push(problem('import/no-har', '$.log.entries', 'is not a list, so the file is not a HAR'));
    return { value: { sessions: [], skipped: 0 }, problems };
  }
  const found = new Map<string, { times: number[]; messages: (SessionMessage & { readonly at: number })[] }>();
  let skipped = 0;
  for (const [index, entry] of entries.entries()) {
    const read = readEntry(entry, `$.log.entries[${index}]`, problems);
    if (read === null) {
      skipped++;
      continue;
    }
    const known = found.get(read.url) ?? { times: [], messages: [] };
    found.set(read.url, known);
    known.times.push(read.start);
    known.messages.push(...read.messages);
  }
  const sessions = [...found].map(([url, { times, messages }]) => sessionOf(url, Math.min(...times), messages));
  if (sessions.length === 0) {
    const hint =
      'Record with the traffic of the MCP server in it: its requests are POSTs whose bodies begin with {"jsonrpc"';
    problems.push({
      ...problem('import/no-mcp', '$.log.entries', `holds ${skipped} requests, but no MCP request`),
      hint,
    });
  }
  return { value: { sessions, skipped }, problems };
}

/** Writes a session as HAR: one entry for each request with its answers, each notification, and each message that the server initiated. */
export function writeHar(
  session: ForeignSession,
  creator: { readonly name: string; readonly version: string },
): JsonObject {
  const url = `http://${encodeURIComponent(session.server === '' ? 'server' : session.server)}.invalid/mcp`;
  const start = Date.parse(session.start);
  const time = (t: number): string => new Date((Number.isNaN(start) ? 0 : start) + t).toISOString();
  const open = new Map<string, { entry: Draft; at: number }>();
  const drafts: Draft[] = [];
  for (const message of session.messages) {
    const { msg, from, t } = message;
    const id = `${message.session} ${idOf(msg) ?? ''}`;
    if (from === 'server') {
      const own = isAnswer(msg) ? open.get(id) : [...open.values()].at(-1);
      if (isAnswer(msg)) open.delete(id);
      if (own === undefined) drafts.push({ session: message.session, t, request: null, answers: [{ t, msg }] });
      else own.entry.answers.push({ t, msg });
      continue;
    }
    const entry: Draft = { session: message.session, t, request: msg, answers: [] };
    drafts.push(entry);
    if (isRequest(msg)) open.set(id, { entry, at: t });
  }
  const entries = drafts.map((draft) => entryOf(draft, url, time));
  return { log: { version: '1.2', creator: { ...creator }, entries } };
}

interface Draft {
  readonly session: string;
  readonly t: number;
  /** null for a message that the server sent without a request. */
  readonly request: JsonValue;
  readonly answers: { readonly t: number; readonly msg: JsonValue }[];
}

/** Writes one entry. `_messageTimes` has the times of single messages, because HAR has only the start and duration of a request. */
function entryOf({ session, t, request, answers }: Draft, url: string, time: (t: number) => string): JsonObject {
  const last = answers.at(-1)?.t ?? t;
  const headers = session === '' ? [] : [{ name: 'mcp-session-id', value: session }];
  const [only] = answers;
  const isStream = answers.length > 1 || request === null;
  const text = isStream ? answers.map(({ msg }) => `data: ${jsonText(msg)}\n\n`).join('') : jsonText(only?.msg ?? null);
  const mimeType = isStream ? 'text/event-stream' : 'application/json';
  const content = answers.length === 0 ? { size: 0, mimeType: 'x-unknown' } : { size: text.length, mimeType, text };
  const post = request === null ? {} : { postData: { mimeType: 'application/json', text: jsonText(request) } };
  return {
    startedDateTime: time(t),
    time: last - t,
    request: {
      method: request === null ? 'GET' : 'POST',
      url,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers,
      queryString: [],
      headersSize: -1,
      bodySize: -1,
      ...post,
    },
    response: {
      status: answers.length === 0 ? 202 : 200,
      statusText: '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers,
      content,
      redirectURL: '',
      headersSize: -1,
      bodySize: -1,
    },
    cache: {},
    timings: { send: 0, wait: last - t, receive: 0 },
    _messageTimes: answers.map((each) => each.t - t),
  };
}

interface ReadEntry {
  readonly url: string;
  readonly start: number;
  readonly messages: readonly (SessionMessage & { readonly at: number })[];
}

/** Reads one entry; null when it has no MCP message. Times are absolute until the session is known. */
function readEntry(entry: JsonValue, path: string, problems: Problem[]): ReadEntry | null {
  if (!isJsonObject(entry) || !isJsonObject(entry['request'])) {
    problems.push(problem('import/bad-entry', path, 'is not a request with an answer'));
    return null;
  }
  const { request, response } = entry;
  const url = typeof request['url'] === 'string' ? request['url'] : '';
  const asked = messagesIn(textAt(request, 'postData'), `${path}.request.postData.text`, false, problems);
  const content = isJsonObject(response) ? response['content'] : undefined;
  const isStream = isJsonObject(content) && textOf(content['mimeType']).startsWith('text/event-stream');
  const answered = messagesIn(
    isJsonObject(response) ? textAt(response, 'content') : null,
    `${path}.response.content.text`,
    isStream,
    problems,
  );
  if (![...asked, ...answered].some(isMcp)) return null;
  const start = Date.parse(textOf(entry['startedDateTime']));
  if (Number.isNaN(start))
    problems.push(
      problem(
        'import/bad-time',
        `${path}.startedDateTime`,
        'is not an ISO 8601 time, so its messages are placed at the start',
      ),
    );
  const took = typeof entry['time'] === 'number' && entry['time'] >= 0 ? entry['time'] : 0;
  const session = sessionId(isJsonObject(response) ? response : {}) || sessionId(request);
  const times = Array.isArray(entry['_messageTimes']) ? (entry['_messageTimes'] as readonly JsonValue[]) : [];
  const base = Number.isNaN(start) ? 0 : start;
  const messages = [
    ...asked.map((msg) => ({ t: 0, at: base, from: 'client' as const, msg, session })),
    ...answered.map((msg, at) => {
      const own = times[at];
      return { t: 0, at: base + (typeof own === 'number' ? own : took), from: 'server' as const, msg, session };
    }),
  ];
  return { url: url.split('?')[0] ?? url, start: base, messages };
}

function sessionOf(
  url: string,
  start: number,
  messages: readonly (SessionMessage & { readonly at: number })[],
): ForeignSession {
  const sorted = [...messages].sort((one, other) => one.at - other.at);
  const names = new Map<string, string>();
  for (const { session } of sorted) if (session !== '' && !names.has(session)) names.set(session, `s${names.size + 1}`);
  const [, host = url] = /^[a-z]+:\/\/([^/?#]+)/i.exec(url) ?? [];
  return {
    server: decodeURIComponent(host.replace(/\.invalid$/, '').replace(/%(?![0-9a-f]{2})/gi, '%25')),
    transport: 'http',
    start: new Date(start).toISOString(),
    // A session id is a credential and is replaced by a name; a single session needs no name.
    messages: sorted.map(({ at, from, msg, session }) => ({
      t: at - start,
      from,
      msg,
      session: names.size > 1 ? (names.get(session) ?? '') : '',
    })),
  };
}

/** Reads the messages of a body; a batch gives its members. */
function messagesIn(text: string | null, path: string, isStream: boolean, problems: Problem[]): readonly JsonValue[] {
  if (text === null || text.trim() === '') return [];
  if (isStream) return eventsOf(text).flatMap((data) => messagesIn(data, path, false, problems));
  try {
    const value = JSON.parse(text) as JsonValue;
    return Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    // Pages and images are not JSON either, and are skipped without a problem.
    if (/^\s*[{[]/.test(text) && text.includes('jsonrpc'))
      problems.push(problem('import/bad-message', path, `is not JSON: ${reason}`));
    return [];
  }
}

function isMcp(msg: JsonValue): boolean {
  return (
    isJsonObject(msg) &&
    (msg['jsonrpc'] === '2.0' ||
      (typeof msg['method'] === 'string' && /^(?:initialize|ping|tools\/|notifications\/)/.test(msg['method'])))
  );
}

function textAt(holder: JsonObject, member: string): string | null {
  const inner = holder[member];
  if (!isJsonObject(inner) || typeof inner['text'] !== 'string') return null;
  return inner['encoding'] === 'base64' ? fromBase64(inner['text']) : inner['text'];
}

function sessionId(holder: JsonObject): string {
  const headers = Array.isArray(holder['headers']) ? (holder['headers'] as readonly JsonValue[]) : [];
  for (const header of headers) {
    if (isJsonObject(header) && textOf(header['name']).toLowerCase() === 'mcp-session-id')
      return textOf(header['value']);
  }
  return '';
}

function fromBase64(text: string): string {
  const bytes: number[] = [];
  let [bits, held] = [0, 0];
  for (const char of text.replace(/[=\s]/g, '')) {
    const value = base64.indexOf(char);
    if (value < 0) continue;
    held = ((held << 6) | value) & 0xff_ff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function problem(code: string, path: string, what: string): Problem {
  return { severity: 'error', code, message: `${path} ${what}` };
}
