/** The name section is read as wazero reads it; stack trace lines use its names. */
import { describe, expect, it } from 'vitest';
import { Cursor } from '../../../src/core/wasm/decode/cursor.ts';
import { frameText } from '../../../src/core/wasm/adapt/stackFrames.ts';
import { functionNames, readNames } from '../../../src/core/wasm/decode/names.ts';
import { Refused } from '../../../src/core/wasm/decode/refused.ts';
import { externref, f32, f64, funcref, i32, i64, v128 } from '../../../src/core/wasm/decode/valueTypes.ts';
import { fromText, prepared } from './support.ts';

function read(bytes: readonly number[], limit = bytes.length): unknown {
  try {
    return readNames(new Cursor(new Uint8Array(bytes)), limit);
  } catch (thrown) {
    if (thrown instanceof Refused) return thrown.message;
    throw thrown;
  }
}

describe('the name section', () => {
  it.each([
    [[], { module: '', functions: [] }],
    [[0, 3, 2, 104, 105], { module: 'hi', functions: [] }],
    [
      [1, 6, 2, 0, 1, 97, 3, 0],
      {
        module: '',
        functions: [
          { index: 0, name: 'a' },
          { index: 3, name: '' },
        ],
      },
    ],
    [[7, 2, 9, 9, 0, 2, 1, 120], { module: 'x', functions: [] }],
    [[2, 6, 1, 0, 1, 0, 1, 120], { module: '', functions: [] }],
    [[0], 'failed to read the size of subsection[0]: EOF'],
    [[0, 1], 'failed to read module name size: EOF'],
    [[0, 1, 5, 97], 'failed to read module name: unexpected EOF'],
    [[0, 2, 1, 0xff], 'module name is not valid UTF-8'],
    [[1, 1], 'failed to read the function count of subsection[1]: EOF'],
    [[1, 1, 1], 'failed to read a function index in subsection[1]: EOF'],
    [[1, 2, 1, 3], 'failed to read function[3] name size: EOF'],
    [[1, 4, 1, 3, 1, 0xc0], 'function[3] name is not valid UTF-8'],
    [[2, 3, 1, 3], 'failed to read the local count for function[3]: EOF'],
    [[2, 3, 1, 3, 1], 'failed to read a local index of function[3]: EOF'],
    [[2, 6, 1, 3, 1, 1, 1, 0xff], 'function[3] local[1] name is not valid UTF-8'],
    [[7, 9, 1], 'failed to skip subsection[7]: EOF'],
    [[0, 0x80, 0x80, 0x80, 0x80, 0x80], 'failed to read the size of subsection[0]: overflows a 32-bit integer'],
  ])('with the bytes %j is read or refused like in wazero', (bytes, expected) => expect(read(bytes)).toEqual(expected));

  it('is read to the end of the file when a size exceeds what is left', () => {
    expect(read([0, 0x7f, 1, 97, 0, 2, 1, 98], 4)).toEqual({ module: 'b', functions: [] });
  });

  it.each([
    [
      [
        { index: 0, name: 'a' },
        { index: 2, name: 'c' },
      ],
      [
        [0, 'a'],
        [2, 'c'],
      ],
    ],
    [
      [
        { index: 1, name: 'first' },
        { index: 1, name: 'second' },
      ],
      [[1, 'first']],
    ],
    [
      [
        { index: 2, name: 'c' },
        { index: 1, name: 'late' },
        { index: 3, name: 'd' },
      ],
      [
        [2, 'c'],
        [3, 'd'],
      ],
    ],
    [
      [
        { index: 9, name: 'unused' },
        { index: 1, name: 'ignored' },
      ],
      [],
    ],
  ] as const)('names functions in the order of wazero: %j', (entries, names) => {
    expect([...functionNames(entries, 4)]).toEqual(names);
  });
});

describe('stack trace lines', () => {
  it.each([
    [{ params: [i32, i32, i32, i32], results: [i32] }, '', '', '.$7(i32,i32,i32,i32) i32'],
    [{ params: [], results: [] }, 'guard', 'main.run', 'guard.main.run()'],
    [{ params: [i64, f32], results: [f64, i32] }, '', 'two', '.two(i64,f32) (f64,i32)'],
    [{ params: [v128, funcref], results: [externref] }, 'm', '', 'm.$7(unknown,unknown) externref'],
  ])('have the form of wazero, case %#', (signature, module, name, line) => {
    expect(frameText({ index: 7, module, name, signature })).toBe(line);
  });

  it('count imports, and name them by module and name of the import', () => {
    const bytes = fromText(
      `(module $guard (import "env" "host_log" (func $log (param i32 i32 i32)))
        (func $run (export "exported") (param i64)) (func))`,
      true,
    );
    const module = prepared(bytes);
    expect([0, 1, 2, 3].map((index) => module.frame(index))).toEqual([
      'env.host_log(i32,i32,i32)',
      'guard.run(i64)',
      'guard.$2()',
      'guard.$3()',
    ]);
  });
});
