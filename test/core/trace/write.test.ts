/** Written lines equal those of the gateway byte for byte, and are read back unchanged. */
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import { readTrace } from '../../../src/core/trace/reader.ts';
import { gatewayFilteredLine, gatewayRequestLine, gatewayResponseLine } from '../../../src/core/trace/write.ts';
import { exampleLog } from './support.ts';
import { proves } from '../../support/proves.ts';

const example = exampleLog.split('\n');
const labels = {
  secrecy: ['private:acme/widget'],
  integrity: ['none:acme/widget', 'approved:acme/widget', 'unapproved:acme/widget'],
};
const textResult = (text: string): JsonValue => ({ content: [{ type: 'text', text }] });

describe('writes the documented examples', () => {
  test.each<[number, string]>([
    [
      1,
      gatewayRequestLine('2026-03-04T10:15:30.101Z', 'github', 'tools/call', {
        name: 'search_repositories',
        arguments: { query: 'repo:acme/widget', perPage: 10 },
      }),
    ],
    [
      2,
      gatewayResponseLine('2026-03-04T10:15:30.402Z', 'github', {
        result: textResult('{"total_count":1,"items":[{"full_name":"acme/widget","private":false}]}'),
      }),
    ],
    [
      3,
      gatewayRequestLine(
        '2026-03-04T10:15:30.405Z',
        'github',
        'tools/call',
        { name: 'list_issues', arguments: { state: 'OPEN', repo: 'widget', owner: 'acme' } },
        labels,
      ),
    ],
    [
      4,
      gatewayResponseLine(
        '2026-03-04T10:15:31.020Z',
        'github',
        {
          result: textResult('[{"number":7,"title":"a < b","user":{"login":"mallory"},"author_association":"NONE"}]'),
        },
        labels,
      ),
    ],
    [
      5,
      gatewayFilteredLine(
        '2026-03-04T10:15:31.034Z',
        {
          server: 'github',
          tool: 'list_issues',
          description: 'issue:acme/widget#7',
          reason:
            'Resource \'issue:acme/widget#7\' has lower integrity than agent requires. The agent cannot read data with integrity below "approved".',
          secrecy: [],
          integrity: ['unapproved:acme/widget', 'none:acme/widget'],
          number: '7',
          author: 'mallory',
          url: null,
        },
        { authorAssociation: 'NONE' },
      ),
    ],
    [6, gatewayResponseLine('2026-03-04T10:15:45.000Z', 'github', { error: 'context deadline exceeded' })],
    [
      7,
      gatewayRequestLine('2026-03-04T10:16:02.512Z', 'vault', 'tools/call', {
        name: 'login',
        arguments: { token: 's3cr3t' },
      }),
    ],
  ])('line %i', (number, line) => {
    proves('gateway:325', 'gateway:326', 'gateway:327', 'gateway:328');
    expect(line).toBe(`${example[number - 1]}\n`);
  });
});

test('a list has no parameters, empty labels are omitted, and a result preserves the order of its keys', () => {
  proves('gateway:326');
  expect(gatewayRequestLine('T', 's', 'tools/list', null, { secrecy: [], integrity: [] })).toBe(
    '{"timestamp":"T","event":"rpc_request","_schema":"rpc-message/v2","direction":"OUT","server_id":"s","method":"tools/list","payload":{"jsonrpc":"2.0","method":"tools/list","params":null}}\n',
  );
  const result = { zeta: 1, alpha: { y: '<&>\u2028', x: [] }, sha: '0123456789abcdef0123456789abcdef01234567' };
  expect(gatewayResponseLine('T', 's', { result })).toBe(
    '{"timestamp":"T","event":"rpc_response","_schema":"rpc-message/v2","direction":"IN","server_id":"s","payload":{"jsonrpc":"2.0","id":1,"result":{"zeta":1,"alpha":{"y":"\\u003c\\u0026\\u003e\\u2028","x":[]},"sha":"[REDACTED]"}}}\n',
  );
});

test('unlabelled items have null tags', () => {
  proves('gateway:327');
  const line = gatewayFilteredLine('T', {
    server: 's',
    tool: 't',
    description: '',
    reason: '',
    secrecy: null,
    integrity: null,
    number: null,
    author: '',
    url: 'https://example.com/a?b=c&d',
  });
  expect(line).toBe(
    '{"timestamp":"T","event":"difc_filtered","_schema":"difc-filtered/v2","server_id":"s","tool_name":"t","description":"","reason":"","secrecy_tags":null,"integrity_tags":null,"html_url":"https://example.com/a?b=c\\u0026d"}\n',
  );
});

test.each<JsonValue>([
  null,
  0,
  'text',
  [],
  { a: { b: [1, 'é', null] } },
  { content: [{ type: 'text', text: '<b>"q"\\</b>' }] },
])('reads back the result %j', (result) => {
  const params = { name: 'tool', arguments: { 'a b': [1.5, 'x'] } };
  const time = '2026-03-04T10:15:30.101Z';
  const log = gatewayRequestLine(time, 's', 'tools/call', params) + gatewayResponseLine(time, 's', { result });
  const [call] = readTrace(log).calls;
  expect(call).toMatchObject({ tool: 'tool', args: { 'a b': [1.5, 'x'] }, time, durationMs: 0 });
  expect(call?.answer?.result).toEqual(result);
});
