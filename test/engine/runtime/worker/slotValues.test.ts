/** Values of every type are passed as raw bits, and only their number is checked (wazero spec 5.4). */
import { describe, expect, test } from 'vitest';
import { externref, f32, f64, funcref, i32, i64, v128 } from '../../../../src/core/wasm/decode/valueTypes.ts';
import { fromGuest, toGuest } from '../../../../src/engine/runtime/worker/slotValues.ts';
import { proves } from '../../../support/proves.ts';

describe('toGuest', () => {
  test.each([
    [i32, 5, 5],
    [i32, 0xffff_ffff, -1],
    [i64, 0xffff_ffff, 4_294_967_295n],
    [f32, 0x3f80_0000, 1],
    [f64, 1, 5e-324],
    [funcref, 7, null],
    [externref, 7, 7],
    [externref, 0, null],
  ])('passes type %i with the bits %i', (type, bits, value) => {
    proves('wazero:5.4-raw-bits');
    expect(toGuest({ params: [type], results: [] }, [bits])).toEqual([value]);
  });

  test('counts slots, two for a v128', () => {
    const pass = (params: readonly number[], ...args: number[]) => toGuest({ params, results: [] }, args);
    expect(() => pass([i32, i32], 1)).toThrow('expected 2 params, but passed 1');
    expect(() => pass([], 1, 2)).toThrow('expected 0 params, but passed 2');
    expect(() => pass([v128], 1)).toThrow('expected 2 params, but passed 1');
    expect(() => pass([v128], 1, 2)).toThrow('V8 cannot pass v128 values');
  });
});

describe('fromGuest', () => {
  test.each([
    [[], undefined, null],
    [[i32], -2, -2],
    [[i32], 0xffff_fffe, -2],
    [[i64], -2n, -2],
    [[i64], 0x1_0000_0001n, 1],
    [[f32], 1, 0x3f80_0000],
    [[f64], 5e-324, 1],
    [[funcref], null, 0],
    [[i64, i32], [3n, 4], 3],
  ])('returns the low 32 bits of the first result, case %#', (results, returned, value) => {
    expect(fromGuest(results, returned)).toBe(value);
  });
});
