/** Look-ups of a live guard: the request to the server, byte for byte. */
import { expect, test } from 'vitest';
import { encodeGoJson } from '../../../src/core/go/goJson.ts';
import type { JsonValue } from '../../../src/core/base/json.ts';
import { OwnIds } from '../../../src/engine/liveGuard/ownIds.ts';
import { LiveLookups } from '../../../src/engine/liveGuard/liveLookups.ts';

const deep = `${'['.repeat(9_000)}${']'.repeat(9_000)}`;

test.each<readonly [string, string, JsonValue, string]>([
  ['no arguments', 'get_issue', null, '{}'],
  ['a negative zero', 'get_issue', { n: -0 }, '{"n":-0}'],
  ['arguments nested deeper than the stack allows', 'a"b', JSON.parse(deep) as JsonValue, deep],
])('sends %s', async (_name, tool, args, text) => {
  const sent: string[] = [];
  const lookups = new LiveLookups(new OwnIds(), (message) => sent.push(Buffer.from(message).toString()));
  const answered = lookups.ask(tool, args, { id: 7, exchange: 2, params: null }, new AbortController().signal);
  const [request = ''] = sent;
  const id = /"id":"([^"]+)"/.exec(request)?.[1] ?? '';
  expect(lookups.ownerOf(id)).toEqual({ id: 7, exchange: 2, params: null });
  const expected = `{"jsonrpc":"2.0","id":"${id}","method":"tools/call","params":{"arguments":${text},"name":${encodeGoJson(tool)}}}`;
  expect(request === expected).toBe(true);
  lookups.answer(id, { result: { content: [] } });
  expect(await answered).toEqual({ result: { content: [] } });
});
