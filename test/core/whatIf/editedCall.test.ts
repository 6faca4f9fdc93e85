/** A call as a user edits it: the text, the changes in an edited text, the changes in words, and the file that is written of them. */
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/core/base/json.ts';
import type { RecordedAnswer } from '../../../src/core/trace/model/traceModel.ts';
import type { CallChanges } from '../../../src/core/whatIf/callChanges.ts';
import { changesIn, describeChanges, editableCall, type EditedBase } from '../../../src/core/whatIf/editedCall.ts';
import { readChangesFile } from '../../../src/core/whatIf/readChanges.ts';
import { writtenChanges } from '../../../src/core/whatIf/writtenChanges.ts';
import { applyChanges } from '../../../src/core/whatIf/applyChanges.ts';

const list = [
  { id: 1, private: false },
  { id: 2, private: false },
];
const result = { content: [{ type: 'text', text: JSON.stringify(list) }] };
const plain = { content: [{ type: 'text', text: 'hello' }] };

function baseOf(answer: RecordedAnswer | undefined = { result }): EditedBase {
  const call = { index: 11, tool: 'read', args: { path: 'a', deep: { x: [1] } }, answer };
  return { call, labels: { secrecy: ['s'], integrity: ['i'] }, mode: 'filter' };
}

const base = baseOf();
const whole = {
  arguments: { path: 'a', deep: { x: [1] } },
  data: list,
  agent: { secrecy: ['s'], integrity: ['i'] },
  mode: 'filter',
};

function changesOf(text: JsonObject, of = base): CallChanges {
  const read = changesIn(text, of);
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}

describe('the text of a call', () => {
  test('has all that can be changed, and is no change as it is', () => {
    expect(editableCall(base, {})).toEqual(whole);
    expect(changesOf(whole)).toEqual({});
    expect(changesOf({})).toEqual({});
  });

  test.each<readonly [string, EditedBase, JsonObject]>([
    ['an error', baseOf({ error: 'gone' }), { error: 'gone' }],
    ['a text that is not JSON', baseOf({ result: plain }), { result: plain }],
    ['a result that is very long', baseOf({ result: 'x'.repeat(2_000_000) }), {}],
    ['no labels and no mode', { ...baseOf(), labels: null, mode: null }, { data: list, mode: null }],
  ])('with %s', (_, of, expected) => {
    const text = editableCall(of, {});
    expect(text).toMatchObject(expected);
    expect(changesIn(text, of)).toEqual({ ok: true, value: {} });
  });

  test('has the changes of the call', () => {
    const changes = changesOf({
      ...whole,
      agent: { secrecy: [], integrity: [] },
      mode: 'strict',
      set: { '/data/0/id': 9 },
    });
    expect(changes).toEqual({
      parts: [{ pointer: '/data/0/id', value: 9 }],
      labels: { secrecy: [], integrity: [] },
      mode: 'strict',
    });
    const text = editableCall(base, changes);
    expect(text).toEqual({
      ...whole,
      data: [{ id: 9, private: false }, list[1]],
      agent: { secrecy: [], integrity: [] },
      mode: 'strict',
    });
  });

  test('that cannot be used has a reason with its place', () => {
    expect(changesIn({ ...whole, agent: { secrecy: [''] } }, base)).toMatchObject({
      ok: false,
      pointer: '/agent/secrecy/0',
    });
    expect(changesIn({ set: { '/data/7': 1 } }, base)).toMatchObject({
      ok: false,
      pointer: '/set/~1data~17',
      reason: 'it sets "/data/7", which is not there: "/data" has 2 items, from 0 to 1',
    });
  });
});

describe('changes in words', () => {
  test.each<readonly [JsonObject, readonly string[]]>([
    [{ arguments: { path: 'b', deep: { x: [1, 2] } } }, ['argument /path "a" → "b"', 'argument /deep/x/1 added: 2']],
    [{ arguments: { path: 'a' } }, ['argument /deep removed']],
    [{ data: [{ id: 1, private: true }, list[1] ?? null] }, ['response /0/private false → true']],
    [{ error: 'gone' }, ['response → error "gone"']],
    [{ result: plain }, [`response /content/0/text ${JSON.stringify(JSON.stringify(list)).slice(0, 39)}… → "hello"`]],
    [{ agent: { secrecy: ['s', 't'], integrity: [] } }, ['agent gains "t" (secrecy)', 'agent loses "i" (integrity)']],
    [{ mode: 'propagate' }, ['mode filter → propagate from here on']],
    [{ mode: null }, ['mode of the guard again from here on']],
  ])('%j', (text, words) => {
    expect(describeChanges(base, changesOf(text), 20)).toEqual(words);
  });

  test('are counted beyond a limit', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [String(at), at]));
    const words = describeChanges(base, changesOf({ arguments: { path: 'a', deep: { x: [1] }, ...many } }), 3);
    expect(words).toEqual(['argument /0 added: 0', 'argument /1 added: 1', '2 or more other places']);
  });

  test('of an error in the recording', () => {
    const of = baseOf({ error: 'gone' });
    expect(describeChanges(of, changesOf({ data: [1] }, of), 20)).toEqual(['response error "gone" → [1]']);
    expect(describeChanges({ ...of, call: { ...of.call, index: 0 } }, { mode: 'strict' }, 9)).toEqual([
      'mode filter → strict in all calls',
    ]);
  });
});

describe('the file of changes', () => {
  test.each<readonly [string, JsonObject, JsonObject]>([
    [
      'sets the places that differ',
      { arguments: { path: 'b', deep: { x: [1, 2] }, new: 1 }, data: [{ id: 1, private: true }, list[1] ?? null] },
      { set: { '/arguments/path': 'b', '/arguments/deep/x': [1, 2], '/arguments/new': 1, '/data/0/private': true } },
    ],
    [
      'has arguments without a member as a whole',
      { arguments: { path: 'a' } },
      { set: { '/arguments': { path: 'a' } } },
    ],
    ['has another error', { error: 'gone' }, { error: 'gone' }],
    ['has a result whose text is not JSON any more', { result: plain }, { result: plain }],
    [
      'has a result of which more than the JSON differs',
      { result: { ...result, isError: true } },
      { result: { ...result, isError: true } },
    ],
    [
      'has labels and mode',
      { agent: { secrecy: [], integrity: [] }, mode: null },
      { agent: { secrecy: [], integrity: [] }, mode: null },
    ],
  ])('%s', (_, text, entry) => {
    const changes = changesOf(text);
    const file = writtenChanges([{ base, changes }]);
    expect(file).toEqual({ changes: [{ call: 12, tool: 'read', ...entry }] });
    expectSame(changes, file);
  });

  test('has the calls in order', () => {
    const other = { ...base, call: { ...base.call, index: 2 } };
    const file = writtenChanges([
      { base, changes: { mode: 'strict' } },
      { base: other, changes: { mode: null } },
    ]);
    expect(file).toEqual({
      changes: [
        { call: 3, tool: 'read', mode: null },
        { call: 12, tool: 'read', mode: 'strict' },
      ],
    });
  });
});

/** The file says the same as the changes. */
function expectSame(changes: CallChanges, file: JsonValue): void {
  const read = readChangesFile(file);
  if (!read.ok || !isJsonObject(file)) throw new Error('the file cannot be read');
  const [entry] = read.value;
  expect(applyChanges(base.call, entry?.changes ?? {})).toEqual(applyChanges(base.call, changes));
  expect(entry?.changes.labels).toEqual(changes.labels);
  expect(entry?.changes.mode).toEqual(changes.mode);
}
