/** Changes applied to a recorded call: arguments, responses and their JSON, places that are not there. */
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import type { RecordedAnswer } from '../../../src/core/trace/model/traceModel.ts';
import { applyChanges, editedParts } from '../../../src/core/whatIf/applyChanges.ts';
import { readCallChanges } from '../../../src/core/whatIf/readChanges.ts';

const text = (value: JsonValue): JsonValue => ({ type: 'text', text: JSON.stringify(value) });
const items = { content: [text([{ a: 1 }, { a: 2 }])] };
const call = { args: { path: 'a', more: [1, 2] }, answer: { result: items } } as const;

function applied(
  changes: JsonValue,
  answer: RecordedAnswer | undefined = call.answer,
): ReturnType<typeof applyChanges> {
  const read = readCallChanges(changes);
  if (!read.ok) throw new Error(read.reason);
  return applyChanges({ args: call.args, answer }, read.value);
}

describe('changes of a call', () => {
  test('replace arguments, and leave the call as it is', () => {
    expect(applied({ arguments: { path: 'b' } })).toEqual({ ok: true, args: { path: 'b' }, answer: call.answer });
    expect(applied({ set: { '/arguments/path': 'b', '/arguments/more/-': 3 } })).toMatchObject({
      args: { path: 'b', more: [1, 2, 3] },
    });
    expect(call.args).toEqual({ path: 'a', more: [1, 2] });
  });

  test('replace a response, the JSON in it, or an item of that', () => {
    expect(applied({ error: 'gone' })).toMatchObject({ answer: { error: 'gone' } });
    expect(applied({ data: [] })).toMatchObject({ answer: { result: { content: [text([])] } } });
    expect(applied({ set: { '/data/1/a': null, '/data/0': 'x' } })).toMatchObject({
      answer: { result: { content: [text(['x', { a: null }])] } },
    });
    expect(applied({ set: { '/result/content/0/text': 'plain' } })).toMatchObject({
      answer: { result: { content: [{ type: 'text', text: 'plain' }] } },
    });
  });

  test('put JSON where the text of the response is, and keep its other contents', () => {
    const image = { type: 'image', data: '', mimeType: 'image/png' };
    const answer = {
      result: {
        content: [image, { type: 'text', text: '[1' }, { type: 'text', text: ',2]' }],
        structuredContent: [1, 2],
        isError: true,
      },
    };
    expect(applied({ data: [3] }, answer)).toMatchObject({
      answer: { result: { content: [image, text([3])], structuredContent: [3], isError: true } },
    });
    expect(applied({ data: 1 }, undefined)).toMatchObject({ answer: { result: { content: [text(1)] } } });
    expect(applied({ data: 1 }, { error: 'x' })).toMatchObject({ answer: { result: { content: [text(1)] } } });
    expect(applied({ data: 1 }, { result: { content: [image] } })).toMatchObject({
      answer: { result: { content: [text(1), image] } },
    });
  });

  test.each<readonly [string, JsonValue, RecordedAnswer | undefined, string]>([
    [
      'an item behind the last',
      { set: { '/data/2': 1 } },
      call.answer,
      'it sets "/data/2", which is not there: "/data" has 2 items, from 0 to 1',
    ],
    ['an item of an empty list', { data: [], set: { '/data/0': 1 } }, call.answer, '"/data" has no items'],
    ['an item of a list of one', { data: [1], set: { '/data/1': 1 } }, call.answer, '"/data" has 1 item, number 0'],
    [
      'a part of a text',
      { set: { '/arguments/path/x': 1 } },
      call.answer,
      '"/arguments/path" is a text, which has no parts',
    ],
    ['a part of null', { arguments: null, set: { '/arguments/x': 1 } }, call.answer, '"/arguments" is null'],
    ['a part of nothing', { set: { '/arguments/x/y': 1 } }, call.answer, '"/arguments" has no member "x"'],
    ['an index that is a word', { set: { '/data/first': 1 } }, call.answer, '"/data" has 2 items'],
    ['no response', { set: { '/data/0': 1 } }, undefined, 'and the call has no response'],
    ['an error', { set: { '/data/0': 1 } }, { error: 'x' }, 'and the response is the error "x"'],
    [
      'a text that is not JSON',
      { set: { '/data/0': 1 } },
      { result: { content: [{ type: 'text', text: 'hello' }] } },
      'the text of the response is not JSON; set a place below /result',
    ],
  ])('that set a place of %s are refused', (_, changes, answer, reason) => {
    const [place = ''] = Object.keys((changes as { set: object }).set);
    const pointer = `/set/${place.replaceAll('/', '~1')}`;
    expect(applyIn(changes, answer)).toEqual({ ok: false, reason: expect.stringContaining(reason) as string, pointer });
  });
});

/** `applied` has a default answer, and undefined is one of the cases. */
function applyIn(changes: JsonValue, answer: RecordedAnswer | undefined): ReturnType<typeof applyChanges> {
  const read = readCallChanges(changes);
  if (!read.ok) throw new Error(read.reason);
  return applyChanges({ args: call.args, answer }, read.value);
}

test('the parts of a call that its changes are about', () => {
  const parts = (changes: JsonValue): readonly string[] => {
    const read = readCallChanges(changes);
    return read.ok ? editedParts(read.value) : [];
  };
  expect(parts({})).toEqual([]);
  expect(parts({ set: { '/data/0': 1, '/arguments/x': 1 } })).toEqual(['arguments', 'response']);
  expect(parts({ mode: null, agent: {}, error: 'x', arguments: {} })).toEqual([
    'arguments',
    'response',
    'agent',
    'mode',
  ]);
});
