/** Entries of a cassette, and answers that do not fit. */
import { expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import { readTrace } from '../../../src/core/trace/reader.ts';
import { gatewayRequestLine, gatewayResponseLine } from '../../../src/core/trace/write.ts';
import { makeCassette } from '../../support/records/cassettes.ts';

const time = '2026-01-01T00:00:00.000Z';
function pair(tool: string, args: JsonValue, result: JsonValue, server = 's'): string {
  return (
    gatewayRequestLine(time, server, 'tools/call', { name: tool, arguments: args }) +
    gatewayResponseLine(time, server, { result })
  );
}

const lookup = pair('search_repositories', { query: 'repo:a/b', perPage: 10 }, 'found');
const failed =
  gatewayRequestLine(time, 's', 'tools/call', { name: 'f', arguments: null }) +
  gatewayResponseLine(time, 's', { error: 'down' });

test('a cassette has look-ups with their call, then agent calls, without other servers and unanswered calls', () => {
  const open = gatewayRequestLine(time, 's', 'tools/call', { name: 'open', arguments: {} });
  const trace = readTrace(lookup + pair('a', { z: 1, b: '<' }, 'A') + failed + pair('x', {}, 'X', 'other') + open);
  expect(makeCassette(trace, 's')).toEqual({
    data: {
      entries: [
        {
          tool: 'search_repositories',
          argsText: '{"perPage":10,"query":"repo:a/b"}',
          answer: { result: 'found' },
          call: 0,
          line: 1,
        },
        { tool: 'a', argsText: '{"b":"\\u003c","z":1}', answer: { result: 'A' }, call: 0, line: 3, agent: true },
        { tool: 'f', argsText: 'null', answer: { error: 'down' }, call: 1, line: 5, agent: true },
      ],
    },
    leftOut: 0,
  });
});

test('the size limit drops answers to agent calls, but never look-ups', () => {
  const trace = readTrace(lookup + pair('a', {}, 'A'.repeat(1000)) + pair('b', {}, 'B'));
  const { data, leftOut } = makeCassette(trace, 's', 400);
  expect(data.entries.map(({ tool }) => tool)).toEqual(['search_repositories', 'b']);
  expect(leftOut).toBe(1);
});

test('a cassette survives structured cloning, so a worker can receive it', () => {
  const { data } = makeCassette(readTrace(lookup + pair('a', {}, { deep: [1] })), 's');
  expect(structuredClone(data)).toEqual(data);
});
