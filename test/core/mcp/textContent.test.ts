/** The text of a tool result, and the JSON inside it (behaviours 182, 183 and 166). */
import { expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/base/json.ts';
import { extractText, unwrapText } from '../../../src/core/mcp/textContent.ts';
import { proves } from '../../support/proves.ts';

test.each<readonly [JsonObject, string]>([
  [{}, ''],
  [{ content: null }, ''],
  [{ content: 'x' }, ''],
  [{ content: { text: 'x' } }, ''],
  [{ content: [] }, ''],
  [{ content: ['x', 1, null, ['y']] }, ''],
  [
    { content: [{ text: 'a' }, { type: '', text: 'b' }, { type: 'text', text: 'c' }, { type: 'odd', text: 'd' }] },
    'abcd',
  ],
  [{ content: [{ type: 5, text: 'a' }] }, 'a'],
  [{ content: ['image', 'audio', 'resource'].map((type) => ({ type, text: 'x' })) }, ''],
  [{ content: [{ text: 5 }, { text: '' }, {}] }, ''],
])('the text of %j is %j', (result, text) => {
  proves('gateway:182', 'gateway:183');
  expect(extractText(result)).toBe(text);
});

test.each<readonly [JsonValue, JsonValue]>([
  [{ content: [{ text: '[1' }, { text: ',2]' }] }, [1, 2]],
  [{ content: [{ text: 'null' }] }, null],
  [{ content: [{ text: ' {"a":1} ' }] }, { a: 1 }],
])('unwraps the JSON in %j', (data, inner) => {
  proves('gateway:166');
  expect(unwrapText(data)).toEqual(inner);
});

test.each<readonly [JsonValue]>([
  [{ content: [{ text: '[1]' }, { text: 'a notice' }] }],
  [{ content: [{ text: '1e400' }] }],
  [{ content: [{ text: '' }] }],
  [{ items: [] }],
  [[{ text: '[1]' }]],
  ['[1]'],
  [null],
])('does not change %j', (data) => {
  proves('gateway:166');
  expect(unwrapText(data)).toBe(data);
});
