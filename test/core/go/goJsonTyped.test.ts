/** Decoding into Go types: case folding of names, merging of repeated keys, and the texts of type errors. */
import { describe, expect, test } from 'vitest';
import { decodeGoJsonTree, type GoJsonNode } from '../../../src/core/go/goJsonTree.ts';
import {
  decodeTyped,
  goAny,
  goInt,
  goMap,
  goPointer,
  goSlice,
  goString,
  goStruct,
  sliceItems,
  type GoSlice,
  type GoType,
} from '../../../src/core/go/goJsonTyped.ts';

interface Inner {
  readonly tags: GoSlice<string>;
  readonly note: string;
}

interface Outer {
  readonly task: string;
  readonly inner: Inner;
  readonly list: GoSlice<Inner>;
  readonly pointer: Inner | null;
}

const inner = goStruct<Inner>('p.Inner', { tags: ['tags', goSlice(goString)], note: ['note', goString] });
const outer = goStruct<Outer>('p.Outer', {
  task: ['task_s', goString],
  inner: ['inner', inner],
  list: ['list', goSlice(inner)],
  pointer: ['pointer', goPointer(inner)],
});

describe('structs', () => {
  test.each(['task_s', 'TASK_S', 'Task_s', 'ta\u017fk_s', 'tas\u212a_s', 'TA\u017f\u212a_\u017f'])(
    '%s names the field',
    (key) => {
      expect(decode(outer, `{"${key}":"x"}`).task).toBe('x');
    },
  );
  test.each(['tasks', 'task-s', 'täsk_s', ''])('%j does not name the field', (key) => {
    expect(decode(outer, `{"${key}":"x","${key}2":[]}`).task).toBe('');
  });
  test('null changes no value, but sets slices and pointers to nil', () => {
    expect(decode(outer, '{"task_s":"x","task_s":null,"inner":{"note":"n"},"inner":null}')).toMatchObject({
      task: 'x',
      inner: { note: 'n' },
    });
    expect(decode(outer, '{"pointer":{},"pointer":null,"list":[{}],"list":null}')).toMatchObject({
      pointer: null,
      list: null,
    });
    expect(decode(outer, 'null')).toEqual(outer.zero());
  });
  test('a repeated key decodes into the same value', () => {
    const value = decode(outer, '{"inner":{"tags":["a"]},"Inner":{"note":"n"}}');
    expect(value.inner.note).toBe('n');
    expect(sliceItems(value.inner.tags)).toEqual(['a']);
  });
  test('a slice that is decoded again keeps the fields that its elements do not set, also behind its end', () => {
    const value = decode(outer, '{"list":[{"note":"a"},{"note":"b"}],"list":[{}],"list":[{},{},{}]}');
    expect(sliceItems(value.list).map(({ note }) => note)).toEqual(['a', 'b', '']);
    const emptied = decode(outer, '{"list":[{"note":"a"}],"list":[],"list":[{}]}');
    expect(sliceItems(emptied.list).map(({ note }) => note)).toEqual(['']);
  });
});

describe('type errors', () => {
  test.each([
    ['[]', 'array into Go value of type p.Outer'],
    ['{"task_s":1}', 'number into Go struct field Outer.task_s of type string'],
    ['{"TASK_S":true}', 'bool into Go struct field Outer.task_s of type string'],
    ['{"inner":[]}', 'array into Go struct field Outer.inner of type p.Inner'],
    ['{"inner":{"tags":"x"}}', 'string into Go struct field Inner.inner.tags of type []string'],
    ['{"list":[{},{"tags":[1]}]}', 'number into Go struct field Inner.list.tags of type string'],
    ['{"list":{}}', 'object into Go struct field Outer.list of type []p.Inner'],
    ['{"pointer":5}', 'number into Go struct field Outer.pointer of type p.Inner'],
    ['{"pointer":{"note":{}}}', 'object into Go struct field Inner.pointer.note of type string'],
    ['{"inner":{"note":1},"task_s":2}', 'number into Go struct field Inner.inner.note of type string'],
    ['{"inner":{"note":""},"task_s":[]}', 'array into Go struct field Outer.task_s of type string'],
  ])('the text %s has the error of Go', (text, what) => {
    expect(decodeTyped(outer, tree(text))).toEqual({ ok: false, error: `json: cannot unmarshal ${what}` });
  });
  test.each([
    ['{"a":1.0}', 'number 1.0 into Go value of type int'],
    ['{"a":1e2}', 'number 1e2 into Go value of type int'],
    ['{"a":9223372036854775808}', 'number 9223372036854775808 into Go value of type int'],
    ['{"a":"1"}', 'string into Go value of type int'],
    ['[1]', 'array into Go value of type map[string]int'],
  ])('%s is not a map of integers', (text, what) => {
    expect(decodeTyped(goMap(goInt), tree(text))).toEqual({ ok: false, error: `json: cannot unmarshal ${what}` });
  });
  test('a number that overflows is an error only where its value is decoded', () => {
    const error = 'json: cannot unmarshal number 1e400 into Go value of type float64';
    expect(decodeTyped(goAny, tree('[1e400]'))).toEqual({ ok: false, error });
    expect(decodeTyped(outer, tree('{"unknown":1e400}')).ok).toBe(true);
  });
});

test('maps merge, and -0 is the integer 0', () => {
  const map = goMap(goInt);
  const first = decode(map, '{"a":1,"b":-0}');
  expect([...(first ?? [])]).toEqual([
    ['a', 1],
    ['b', 0],
  ]);
  expect([...(decode(map, '{"a":2}', first) ?? [])]).toEqual([
    ['a', 2],
    ['b', 0],
  ]);
  expect(decode(map, 'null', first)).toBeNull();
});

function decode<T>(type: GoType<T>, text: string, current?: T): T {
  const decoded = current === undefined ? decodeTyped(type, tree(text)) : decodeTyped(type, tree(text), current);
  if (!decoded.ok) throw new Error(decoded.error);
  return decoded.value;
}

function tree(text: string): GoJsonNode {
  const decoded = decodeGoJsonTree(text);
  if (!decoded.ok) throw new Error(decoded.error);
  return decoded.value;
}
