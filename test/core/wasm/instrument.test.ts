/** Inserted checks distinguish traps that V8 merges, and change nothing else. */
import { originalOffset } from '../../../src/core/wasm/adapt/offsetMap.ts';
import { describe, expect, it } from 'vitest';
import { exported, fromText, instantiate, outcome, prepared } from './support.ts';

const nan = 'invalid conversion to integer';
const nullEntry = 'invalid table access';

const truncations = ['i32', 'i64'].flatMap((to) =>
  ['f32', 'f64'].flatMap((from) => ['s', 'u'].map((sign) => ({ to, from, sign, name: `${to}.trunc_${from}_${sign}` }))),
);

describe('truncations', () => {
  it.each(truncations)('$name distinguishes NaN from out of range', ({ to, from, name }) => {
    const bytes = fromText(
      `(module (func (export "f") (param ${from}) (result ${to}) (local i64) (${name} (local.get 0))))`,
    );
    const module = prepared(bytes);
    const f = exported(instantiate(module), 'f');
    const big = 'float unrepresentable in integer range';
    expect(outcome(module, () => f(Number.NaN))).toMatchObject({ site: nan, v8: 'unreachable' });
    expect(outcome(module, () => f(1e30))).toMatchObject({ site: undefined, v8: big });
    expect(outcome(module, () => f(Number.NEGATIVE_INFINITY))).toMatchObject({ site: undefined, v8: big });
    expect(outcome(module, () => f(3.9))).toEqual({ result: to === 'i32' ? 3 : 3n });
  });

  it('maps both traps back to the instruction in the original', () => {
    const bytes = fromText('(module (func (export "f") (param f64) (result i64) (i64.trunc_f64_u (local.get 0))))');
    const module = prepared(bytes);
    const f = exported(instantiate(module), 'f');
    const at = bytes.lastIndexOf(0xb1);
    for (const input of [Number.NaN, -5]) expect(outcome(module, () => f(input))).toMatchObject({ origin: at });
  });

  it('does not change saturating truncations', () => {
    const bytes = fromText('(module (func (export "f") (param f64) (result i32) (i32.trunc_sat_f64_s (local.get 0))))');
    expect(prepared(bytes).changed).toBe(false);
  });
});

const indirect = `(module
  (type $one (func (param i32) (result i32))) (type $two (func (param f32) (result f32)))
  (table $first 1 funcref) (table $second 5 funcref)
  (elem (table $second) (i32.const 1) func $same $other)
  (func $same (type $one) (i32.add (local.get 0) (i32.const 1)))
  (func $other (type $two) (local.get 0))
  (func (export "f") (param i32 i32) (result i32) (call_indirect $second (type $one) (local.get 0) (local.get 1))))`;

describe('call_indirect', () => {
  it('distinguishes an empty entry from a wrong signature', () => {
    const module = prepared(fromText(indirect));
    const f = exported(instantiate(module), 'f');
    expect(outcome(module, () => f(41, 1))).toEqual({ result: 42 });
    expect(outcome(module, () => f(41, 0))).toMatchObject({ site: nullEntry });
    expect(outcome(module, () => f(41, 2))).toMatchObject({
      site: undefined,
      v8: expect.stringContaining('signature mismatch') as string,
    });
    expect(outcome(module, () => f(41, 5))).toMatchObject({ site: undefined, v8: 'table index is out of bounds' });
    expect(outcome(module, () => f(41, -1))).toMatchObject({ v8: 'table index is out of bounds' });
  });
});

describe('large functions', () => {
  const many = Array.from({ length: 300 }, (_, index) => index);

  it('give the same results with more than 127 locals and a longer size field', () => {
    const text = `(module (table 1 funcref) (type $t (func (result i32))) (func $c (type $t) (i32.const 2)) (elem (i32.const 0) $c)
      (func (export "f") (param f64 f32) (result i32) (local ${many.map(() => 'i32').join(' ')}) (local i64)
        ${many
          .map(
            (n) =>
              `(local.set ${n + 2} (i32.add (i32.trunc_f64_s (local.get 0)) (call_indirect (type $t) (i32.const 0))))`,
          )
          .join('\n')}
        (if (i32.const 1) (then (local.set 2 (i32.add (local.get 2) (i32.trunc_f32_u (local.get 1))))))
        (i32.add (local.get 2) (local.get 301))))`;
    const module = prepared(fromText(text));
    const f = exported(instantiate(module), 'f');
    expect(f(7.5, 1.5)).toBe(9 + 1 + 9);
    expect(module.trapSites.size).toBe(601);
    expect(outcome(module, () => f(1, Number.NaN))).toMatchObject({ site: nan });
  });

  it('stay valid with checks in unreachable code', () => {
    const module = prepared(
      fromText(`(module (table 1 funcref) (type $t (func)) (func (export "f") (result i32)
        (unreachable) (call_indirect (type $t)) (i32.trunc_f32_s)))`),
    );
    expect(outcome(module, exported(instantiate(module), 'f'))).toMatchObject({ site: undefined, v8: 'unreachable' });
  });

  it('are not changed when V8 would not allow the added locals', () => {
    const bytes = fromText(
      `(module (func (export "f") (param f32) (result i32) (local i32) (i32.trunc_f32_s (local.get 0))))`,
    );
    const at = bytes.findIndex((byte, index) => byte === 1 && bytes[index + 1] === 1 && bytes[index + 2] === 0x7f);
    const code = bytes.findIndex((byte, index) => byte === 10 && index > at - 6 && index < at);
    const large = new Uint8Array([
      ...bytes.subarray(0, code + 1),
      (bytes[code + 1] ?? 0) + 2,
      1,
      (bytes[code + 3] ?? 0) + 2,
      1,
      ...[0xcf, 0x86, 0x03],
      ...bytes.subarray(at + 2),
    ]);
    const module = prepared(large);
    expect(module.trapSites.size).toBe(0);
    expect(exported(instantiate(module), 'f')(2)).toBe(2);
  });
});

describe('offsets', () => {
  it('of copied bytes map to their original offsets, of inserted bytes to the place of insertion', () => {
    const bytes = fromText(indirect);
    const module = prepared(bytes);
    let copied = 0;
    for (const [offset, byte] of module.bytes.entries()) {
      const origin = originalOffset(module.offsets, offset);
      expect(origin).toBeLessThan(bytes.length + 1);
      if (bytes[origin] === byte) copied++;
    }
    expect(copied).toBeGreaterThanOrEqual(bytes.length - 8);
    expect(originalOffset(module.offsets, 0)).toBe(0);
    expect(originalOffset(module.offsets, module.bytes.length - 1)).toBe(bytes.length - 1);
  });
});
