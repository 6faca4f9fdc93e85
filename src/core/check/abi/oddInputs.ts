/** Inputs that a guard rarely gets: results and arguments that a server or a client may send, and bytes that the gateway never sends. */
import type { JsonValue } from '../../base/json.ts';
import { textResultOf } from '../subject/madeUpSubject.ts';

/** A result of a server, and how a sentence names it. */
export interface OddResult {
  readonly what: string;
  readonly result: JsonValue;
}

const image = { type: 'image', data: 'aGVsbG8=', mimeType: 'image/png' };

/** Results that are allowed, from the empty one to the deeply nested one. */
export const oddResults: readonly OddResult[] = [
  { what: 'an empty list as the result', result: textResultOf('[]') },
  { what: 'an empty object as the result', result: textResultOf('{}') },
  { what: 'the text null as the result', result: textResultOf('null') },
  { what: 'a number as the result', result: textResultOf('42') },
  { what: 'an empty text as the result', result: textResultOf('') },
  { what: 'a text that is not JSON as the result', result: textResultOf('No results were found.') },
  { what: 'a list of scalars as the result', result: textResultOf('[1,"two",null,true]') },
  { what: 'a list of empty objects as the result', result: textResultOf('[{},{}]') },
  { what: 'a list of lists as the result', result: textResultOf('[[],[[]]]') },
  { what: 'a result without content', result: { content: [] } },
  { what: 'a result without "content"', result: {} },
  { what: 'a result that is null', result: null },
  { what: 'an image as the result', result: { content: [image] } },
  { what: 'an error of the server as the result', result: { ...textResultOf('not found'), isError: true } },
  {
    what: 'structured content as the result',
    result: { ...textResultOf('[]'), structuredContent: { items: [{ id: 1 }], total_count: 1 } },
  },
  {
    what: 'two texts as the result',
    result: { content: [textOf('[{"id":1}]'), textOf('1 more item was left out')] },
  },
  { what: 'a result of 200 nested lists', result: textResultOf(`${'['.repeat(200)}${']'.repeat(200)}`) },
];

function textOf(text: string): JsonValue {
  return { type: 'text', text };
}

/** Arguments of a call, and how a sentence names them. */
export interface OddArguments {
  readonly what: string;
  readonly args: JsonValue;
}

const anyText = ['owner', 'repo', 'path', 'query', 'id', 'name'];

/** Arguments that a client may send: the gateway does not compare them with the schema of the tool. */
export const oddArguments: readonly OddArguments[] = [
  { what: 'no arguments', args: {} },
  { what: 'null as the arguments', args: null },
  { what: 'numbers in place of texts', args: Object.fromEntries(anyText.map((name) => [name, 7])) },
  { what: 'null in place of texts', args: Object.fromEntries(anyText.map((name) => [name, null])) },
  { what: 'lists in place of texts', args: Object.fromEntries(anyText.map((name) => [name, []])) },
  { what: 'empty texts as arguments', args: Object.fromEntries(anyText.map((name) => [name, ''])) },
];

const unicodeTexts: readonly string[] = [
  'Grüße aus Köln',
  'こんにちは世界',
  '👩‍👩‍👧‍👦 and 𝕌𝕟𝕚𝕔𝕠𝕕𝕖',
  'e\u0301 \u202eabc\u202c',
  'a\u0000b\u001f\u007f',
  '\u2028\u2029\ufeff\ufffd',
  '\ud800 is alone',
  '"quoted" \\back\\ </script> & more',
];

/** One text with characters of every length in UTF-8, and with those that JSON escapes. */
export const unicodeText: string = unicodeTexts.join(' · ');

/** Bytes that the gateway never sends, and how a sentence names them. */
export interface MalformedInput {
  readonly what: string;
  readonly input: string;
}

/** Malformed inputs; `input` is a good one that is cut and changed. */
export function malformedInputs(input: string): readonly MalformedInput[] {
  const half = input.slice(0, Math.max(1, Math.floor(input.length / 2)));
  return [
    { what: 'an empty input', input: '' },
    { what: 'an input that is cut in the middle', input: half },
    { what: 'an input that is not JSON', input: 'not json' },
    { what: 'the input null', input: 'null' },
    { what: 'the input []', input: '[]' },
    { what: 'the input {}', input: '{}' },
    { what: 'a number as the input', input: '7' },
    { what: 'members of the wrong type', input: '{"tool_name":7,"tool_args":[],"tool_result":"x","allow-only":1}' },
    { what: 'an input of 20,000 nested lists', input: '['.repeat(20_000) },
  ];
}
