/** Classification of valid and invalid JSON-RPC frames. */
import { expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import { classifyFrame, toolCallParams } from '../../../src/core/mcp/message.ts';

test.each<[JsonValue, unknown[]]>([
  [{ jsonrpc: '2.0', id: 1, method: 'tools/list' }, [{ kind: 'request', id: 1, method: 'tools/list', params: null }]],
  [{ id: 'a', method: 'x', params: [1] }, [{ kind: 'request', id: 'a', method: 'x', params: [1] }]],
  [{ method: 'notifications/initialized' }, [{ kind: 'notification', method: 'notifications/initialized' }]],
  [{ id: null, method: 'x' }, [{ kind: 'notification', method: 'x' }]],
  [{ id: 1, result: null }, [{ kind: 'response', id: 1, body: { result: null } }]],
  [{ id: 0, result: {} }, [{ kind: 'response', id: 0, body: { result: {} } }]],
  [
    { id: 1, error: { code: -32601, message: 'no' } },
    [{ kind: 'response', id: 1, body: { error: { code: -32601, message: 'no' } } }],
  ],
  [
    { id: 1, result: {}, error: { code: 1, message: 'both' } },
    [{ kind: 'response', body: { error: { code: 1, message: 'both' } } }],
  ],
  [{ id: 1, error: 'plain' }, [{ kind: 'response', body: { error: { code: 0, message: 'plain' } } }]],
  [{ id: 1, error: { code: '7' } }, [{ kind: 'response', body: { error: { code: 0, message: '' } } }]],
  [
    { error: { code: -32700, message: 'Parse error' } },
    [{ kind: 'response', id: null, body: { error: { code: -32700, message: 'Parse error' } } }],
  ],
  [
    [{ id: 1, method: 'a' }, 7, { id: 2, result: 1 }],
    [{ kind: 'request', id: 1 }, { kind: 'invalid' }, { kind: 'response', id: 2 }],
  ],
  [[], [{ kind: 'invalid', reason: 'a batch must hold at least one message' }]],
  ['text', [{ kind: 'invalid', reason: 'a message must be a JSON object' }]],
  [null, [{ kind: 'invalid' }]],
  [{ id: 1 }, [{ kind: 'invalid', reason: 'it has neither "method" nor "result" nor "error"' }]],
  [{ id: {}, method: 'x' }, [{ kind: 'invalid', reason: 'an "id" must be a string or a number' }]],
  [{ id: 1, method: 5 }, [{ kind: 'invalid', reason: 'a "method" must be a string' }]],
])('classifies %j', (frame, expected) => {
  expect(classifyFrame(frame)).toMatchObject(expected);
  expect(classifyFrame(frame)).toHaveLength(expected.length);
});

test.each<[JsonValue, unknown]>([
  [
    { name: 't', arguments: { a: 1 } },
    { tool: 't', args: { a: 1 } },
  ],
  [{ name: 't' }, { tool: 't', args: {} }],
  [
    { name: 't', arguments: null },
    { tool: 't', args: null },
  ],
  [
    { name: '', arguments: [1] },
    { tool: '', args: [1] },
  ],
  [{ arguments: {} }, { reason: 'the parameters of tools/call must have a "name"' }],
  [null, { reason: 'the parameters of tools/call must be an object' }],
])('reads the parameters %j', (params, expected) => {
  expect(toolCallParams(params)).toEqual(expected);
});
