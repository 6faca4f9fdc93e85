/** Tool drift: pages, changes within a session and between sessions, and invisible characters in texts. */
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import type { SessionMessage } from '../../../src/core/interchange/foreignSession.ts';
import { compareTools, describeChange, toolsOf } from '../../../src/core/interchange/toolDrift.ts';

let id = 0;
function list(tools: readonly object[], cursor?: string, nextCursor?: string): SessionMessage[] {
  id++;
  const request = { jsonrpc: '2.0', id, method: 'tools/list', params: cursor === undefined ? {} : { cursor } };
  const answer = { jsonrpc: '2.0', id, result: { tools, ...(nextCursor === undefined ? {} : { nextCursor }) } };
  return [
    { t: 0, from: 'client', session: '', msg: request },
    { t: 1, from: 'server', session: '', msg: answer as unknown as JsonValue },
  ];
}

describe('tool lists', () => {
  test('joins the pages of one list, and ignores the order of keys', () => {
    const { tools, changes } = toolsOf([
      ...list([{ name: 'a', description: 'A', inputSchema: { type: 'object', x: 1 } }], undefined, 'p2'),
      ...list([{ name: 'b' }], 'p2'),
      ...list([{ inputSchema: { x: 1, type: 'object' }, description: 'A', name: 'a' }], undefined, 'p2'),
      ...list([{ name: 'b' }], 'p2'),
    ]);
    expect(tools?.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(changes).toEqual([]);
  });

  test('returns null for a session without a list', () => {
    expect(toolsOf([])).toEqual({ tools: null, changes: [] });
  });

  test('reports a change within a session', () => {
    expect(toolsOf([...list([{ name: 'a' }]), ...list([{ name: 'a' }, { name: 'b' }])]).changes).toEqual([
      { kind: 'added', name: 'b' },
    ]);
  });

  test('reports added and removed tools, and changed texts that a model reads', () => {
    const before =
      toolsOf(
        list([
          { name: 'a', description: 'Reads', inputSchema: { properties: { 'x/y': { type: 'string' } } } },
          { name: 'b' },
        ]),
      ).tools ?? [];
    const after =
      toolsOf(
        list([
          {
            name: 'a',
            description: 'Reads\u200b\u{E0041} and sends',
            inputSchema: { properties: { 'x/y': { type: 'number' } } },
          },
          { name: 'c' },
        ]),
      ).tools ?? [];
    const changes = compareTools(before, after);
    expect(changes).toEqual([
      {
        kind: 'changed',
        name: 'a',
        parts: [
          { path: '/description', before: '"Reads"', after: '"Reads\u200b\u{E0041} and sends"', isText: true },
          { path: '/inputSchema/properties/x~1y/type', before: '"string"', after: '"number"', isText: false },
        ],
      },
      { kind: 'removed', name: 'b' },
      { kind: 'added', name: 'c' },
    ]);
    expect(changes.flatMap(describeChange)).toEqual([
      '~ a',
      '  ! /description: "Reads" → "Reads\\u{200b}\\u{e0041} and sends"',
      '    /inputSchema/properties/x~1y/type: "string" → "number"',
      '- b',
      '+ c',
    ]);
  });
});
