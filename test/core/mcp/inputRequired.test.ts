/** Results that ask for input, as the gateway's library takes them. */
import { expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import { inputOutcome } from '../../../src/core/mcp/inputRequired.ts';
import { gatewayAnswer } from '../../../src/core/trace/capture/nativeAnswer.ts';

const elicit = { method: 'elicitation/create', params: {} };
const sample = { method: 'sampling/createMessage', params: {} };
const roots = { method: 'roots/list', params: {} };
const failed = (key: string, why: string): string => `multi round-trip: fulfilling input request "${key}": ${why}`;

test.each<readonly [string, JsonValue, unknown]>([
  ['a complete result', { resultType: 'complete', content: [] }, null],
  ['no object', 7, null],
  ['requests that are null', { inputRequests: null, content: [] }, null],
  ['a state alone', { resultType: 'input_required', requestState: 's' }, { kind: 'passes' }],
  [
    'elicitation',
    { inputRequests: { a: roots, b: elicit } },
    { kind: 'fails', error: failed('b', 'client does not support elicitation'), code: -32_602 },
  ],
  [
    'sampling',
    { inputRequests: { a: sample } },
    { kind: 'fails', error: failed('a', 'client does not support CreateMessage'), code: -31_001 },
  ],
  [
    'roots',
    { inputRequests: { a: roots } },
    { kind: 'retries', error: 'multi-round-trip: exceeded maximum retries (10)' },
  ],
  [
    'a busy server',
    { inputRequests: {} },
    { kind: 'retries', error: 'multi-round-trip: exceeded maximum load-shedding retries (3)' },
  ],
])('%s', (_name, result, outcome) => {
  expect(inputOutcome(result)).toEqual(outcome);
});

test.each<readonly [string, JsonValue, string]>([
  [
    'a method that the library does not know',
    { a: { method: 'ping', params: {} } },
    'unsupported InputRequest method: "ping"',
  ],
  ['no method', { a: { params: {} } }, 'unsupported InputRequest method: ""'],
  ['no parameters', { a: { method: 'roots/list' } }, 'unexpected end of JSON input'],
])('a request with %s makes the answer unreadable', (_name, inputRequests, error) => {
  expect(gatewayAnswer({ result: { inputRequests } })).toEqual({ error: `calling "tools/call": ${error}` });
});
