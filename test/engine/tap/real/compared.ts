/** Compares two sessions without what time and chance decide, and a capture with the messages that a client saw. */
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import { captureLines } from '../tapped.ts';

/** Plain data without times, random ids and random levels of log messages; base64 texts decoded. */
export function plain(value: unknown): unknown {
  if (typeof value === 'string') return plainText(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => {
    if (key === 'blob' && typeof member === 'string')
      return [key, plainText(Buffer.from(member, 'base64').toString('latin1'))];
    if (key === 'level') return [key, '<level>'];
    return [key, plain(member)];
  });
  return Object.fromEntries(entries) as unknown;
}

function plainText(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, '<uuid>')
    .replaceAll(/\b[0-9a-f]{32}\b/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/\d{1,2}:\d\d:\d\d(?: [AP]M)?/g, '<time>')
    .replaceAll(/\b[A-Z][a-z]+[- ]level[- ]message/g, '<level> message')
    .replaceAll(/"PORT": "\d+"/g, '"PORT": "<port>"');
}

/** Each value as text with sorted members, and the texts sorted: for values in any order. */
export function inAnyOrder(values: readonly unknown[]): readonly string[] {
  return values.map((value) => canonical(value)).sort();
}

/** Each text once. */
export function once(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );
}

/** The messages of one side in a capture, parsed. */
export function capturedMessages(file: string, dir: 'client' | 'server'): readonly unknown[] {
  return captureLines(file)
    .filter((line) => line['dir'] === dir && line['event'] === undefined)
    .map((line) => line['msg'] ?? line);
}

/** The names of the sessions in a capture. */
export function capturedSessions(file: string): readonly unknown[] {
  return [
    ...new Set(captureLines(file).flatMap((line) => ('dir' in line && !('event' in line) ? [line['session']] : []))),
  ];
}

/** Headers that differ between sessions by chance. */
const passing: ReadonlySet<string> = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding']);

/** `fetch` that records the kinds of exchanges; their number depends on timing. */
export function watchedFetch(origin: string): { readonly fetch: FetchLike; readonly kinds: ReadonlySet<string> } {
  const kinds = new Set<string>();
  return {
    kinds,
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      const path = String(url).slice(origin.length).replace(/=.*/, '=<id>');
      const headers = [...response.headers].filter(([name]) => !passing.has(name));
      kinds.add(JSON.stringify([init?.method ?? 'GET', path, response.status, response.statusText, plain(headers)]));
      return response;
    },
  };
}

/**
 * `fetch` for a client of Streamable HTTP that sends its first notification only after the server's stream is open. In the other order,
 * requests that the server sends at once are lost when the client is slow.
 */
export function streamFirst(inner: FetchLike): FetchLike {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return async (url, init) => {
    if (typeof init?.body === 'string' && init.body.includes('"notifications/initialized"')) {
      void opened.then(() => inner(url, init));
      return new Response(null, { status: 202 });
    }
    const response = await inner(url, init);
    if (init?.method === 'GET') open();
    return response;
  };
}
