/** Modules adapted for V8: memory cap, private exports, start functions, inert segments, the closed flag. */
import { describe, expect, it } from 'vitest';
import { effectiveMax, memoryLimitsError } from '../../../src/core/wasm/decode/memoryCap.ts';
import { adaptForV8, explainRefusal } from '../../../src/core/wasm/adaptForV8.ts';
import { trapTexts } from '../../../src/core/wasm/adapt/instrument.ts';
import { exported, fromText, instantiate, outcome, prepared, refusal } from './support.ts';

function memoryOf(instance: WebAssembly.Instance, name: string | null): WebAssembly.Memory {
  const memory = instance.exports[name ?? ''];
  if (!(memory instanceof WebAssembly.Memory)) throw new Error(`${name} is not an exported memory`);
  return memory;
}

describe('memory', () => {
  it.each([
    ['no maximum', '(memory (export "m") 1)', 512],
    ['a maximum over the cap', '(memory (export "m") 2 65536)', 512],
    ['a maximum under the cap', '(memory (export "m") 1 7)', 7],
    ['no export', '(memory 3)', 512],
  ])('a memory with %s grows up to the pages that the gateway allows', (_, declaration, pages) => {
    const module = prepared(
      fromText(`(module ${declaration} (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))`),
    );
    const instance = instantiate(module);
    const grow = exported(instance, 'grow');
    const memory = memoryOf(instance, module.memoryExport);
    const first = memory.buffer.byteLength / 65_536;
    expect(grow(pages - first)).toBe(first);
    expect(grow(1)).toBe(-1);
    expect(memory.buffer.byteLength).toBe(pages * 65_536);
  });

  it('returns the original bytes when nothing has to change', () => {
    const bytes = fromText('(module (memory (export "m") 1 512) (func (export "f")))');
    const module = prepared(bytes);
    expect(module.changed).toBe(false);
    expect(module.bytes).toEqual(bytes);
    expect(module.memoryExport).toBe('m');
  });

  it('adds no export to a module without a memory', () => {
    expect(prepared(fromText('(module)')).memoryExport).toBeNull();
  });

  it('uses a private name that is free', () => {
    const text = '(module (memory 1) (func (export "guardscope:memory")) (func (export "guardscope:memory\'")))';
    const module = prepared(fromText(text));
    expect(module.memoryExport).toBe("guardscope:memory''");
    memoryOf(instantiate(module), module.memoryExport);
  });

  it.each([
    [{ min: 1, max: null }, null, 512],
    [{ min: 512, max: 65_536 }, null, 512],
    [{ min: 1, max: 65_537 }, 'max 65537 pages (4 Gi) over limit of 512 pages (32 Mi)', 512],
    [{ min: 513, max: null }, 'min 513 pages (32 Mi) over limit of 512 pages (32 Mi)', 512],
    [{ min: 600, max: 3 }, 'min 600 pages (37 Mi) over limit of 512 pages (32 Mi)', 3],
    [{ min: 5, max: 3 }, 'min 5 pages (320 Ki) > max 3 pages (192 Ki)', 3],
    [{ min: 4_294_967_295, max: null }, 'min 4294967295 pages (3 Ti) over limit of 512 pages (32 Mi)', 512],
  ])('limits %j', (limits, error, max) => {
    expect(memoryLimitsError(limits)).toBe(error);
    expect(effectiveMax(limits)).toBe(max);
  });
});

describe('the start function', () => {
  const text = `(module (import "env" "host_log" (func $log (param i32 i32 i32))) (memory 1)
    (func $other (export "other")) (func $begin (call $log (i32.const 1) (i32.const 2) (i32.const 3))) (start $begin))`;

  it('runs when the host calls it, not before', () => {
    const seen: number[][] = [];
    const module = prepared(fromText(text));
    const instance = instantiate(module, { host_log: (...args) => seen.push(args) });
    expect(seen).toEqual([]);
    exported(instance, module.start?.export ?? '')();
    expect(seen).toEqual([[1, 2, 3]]);
  });

  it('has the label of a later function, as in wazero', () => {
    const mixedUp = `(module (import "env" "host_log" (func (param i32 i32 i32))) (func $a (unreachable)) (func $b)
      (export "a" (func $a)) (export "b\\22" (func $b)) (export "b" (func $b)) (start $a))`;
    expect(prepared(fromText(mixedUp)).start).toMatchObject({
      functionIndex: 1,
      label: String.raw`start function[1] export["b","b\""]`,
    });
    expect(prepared(fromText(text)).start?.label).toBe('start function[2]');
  });

  it('is exported in a new export section when there is none', () => {
    const module = prepared(
      fromText(
        '(module (func $s) (table 1 funcref) (memory 1) (elem (i32.const 0) $s) (start $s) (data (i32.const 0) "x"))',
      ),
    );
    expect(Object.keys(instantiate(module).exports)).toEqual(['guardscope:memory', 'guardscope:start']);
  });

  it('is not declared for ref.func by its private export', () => {
    const bytes = fromText('(module (func $s) (func (drop (ref.func $s))) (start $s))');
    expect(refusal(bytes)).toBe('invalid function[1]: undeclared function index 0 for ref.func');
  });
});

describe('segments', () => {
  it.each([
    ['(data (i32.const 65536) "")', null],
    ['(data (i32.const 65535) "a")', null],
    ['(data (i32.const 0) "a") (data (i32.const 65536) "b")', 'data[1]: out of bounds memory access'],
    ['(data (i32.const 65537) "")', 'data[0]: out of bounds memory access'],
    ['(data (i32.const -1) "a")', 'data[0]: out of bounds memory access'],
    ['(data "passive and of any length")', null],
  ])('data %s', (data, error) => {
    expect(refusal(fromText(`(module (memory 1) ${data})`))).toBe(error);
  });

  it('makes the first element segment that does not fit inert, and all active ones after it', () => {
    const module = prepared(
      fromText(`(module (table $t (export "t") 3 funcref) (func $f (export "f") (param i32) (result i32) (local.get 0))
        (elem (i32.const 0) $f) (elem (i32.const 9)) (elem (i32.const 2) $f $f) (elem (i32.const 1) $f)
        (elem $p func $f)
        (func (export "fill") (table.init $t $p (i32.const 2) (i32.const 0) (i32.const 1)))
        (func (export "declared") (result funcref) (ref.func $f)))`),
    );
    const instance = instantiate(module);
    const table = instance.exports['t'] as WebAssembly.Table;
    const filled = (): boolean[] => [0, 1, 2].map((index) => table.get(index) !== null);
    expect(filled()).toEqual([true, false, false]);
    exported(instance, 'fill')();
    expect(filled()).toEqual([true, false, true]);
  });

  it('makes segments of expressions inert', () => {
    const module = prepared(
      fromText(`(module (table $t (export "t") 1 funcref) (func $f)
        (elem (table $t) (offset (i32.const 1)) funcref (ref.func $f) (ref.null func))
        (func (export "f") (result funcref) (ref.func $f)))`),
    );
    expect((instantiate(module).exports['t'] as WebAssembly.Table).get(0)).toBeNull();
  });
});

describe('the closed flag', () => {
  const text = `(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (global $g (mut i32) (i32.const 0)) (memory (export "m") 1 512)
    (func (export "count") (param $n i32) (result i32)
      (loop $l (global.set $g (i32.add (global.get $g) (i32.const 1)))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (global.get $g))
    (func (export "straight") (result i32) (i32.const 7)))`;

  it('ends a call at the next loop header once it is set', () => {
    const module = prepared(fromText(text));
    const instance = instantiate(module);
    const flag = instance.exports[module.closedFlagExport ?? ''] as WebAssembly.Global<'i32'>;
    const count = exported(instance, 'count');
    expect(count(5)).toBe(5);
    flag.value = 1;
    expect(outcome(module, () => count(5))).toMatchObject({ site: trapTexts.closed, v8: 'unreachable' });
    expect(exported(instance, 'straight')()).toBe(7);
    flag.value = 0;
    expect(count(1)).toBe(6);
  });

  it('can be tested together with the rounds of loops', () => {
    const adapted = adaptForV8(fromText(text), { countsRounds: true });
    if (!adapted.ok) throw new Error(adapted.error);
    const { module } = adapted;
    const instance = instantiate(module);
    const count = exported(instance, 'count');
    const [flag, rounds] = [module.closedFlagExport, module.roundsExport].map(
      (name) => instance.exports[name ?? ''] as WebAssembly.Global<'i32'>,
    );
    expect(rounds?.value).toBe(-1);
    expect(count(5)).toBe(5);
    expect(rounds?.value).toBe(-6);
    if (rounds !== undefined) rounds.value = 3;
    expect(outcome(module, () => count(5))).toMatchObject({ site: trapTexts.rounds, v8: 'unreachable' });
    // Three more rounds ran before the end.
    if (rounds !== undefined) rounds.value = 100;
    expect(count(1)).toBe(9);
    if (flag !== undefined) flag.value = 1;
    expect(outcome(module, () => count(5))).toMatchObject({ site: trapTexts.closed, v8: 'unreachable' });
  });

  it('is not added to a guard that cannot exit', () => {
    const module = prepared(fromText('(module (memory (export "m") 1 2) (func (export "f") (loop)))'));
    expect(module.closedFlagExport).toBeNull();
    expect(module.roundsExport).toBeNull();
    expect(module.changed).toBe(false);
  });

  it('does not make an invalid index of a global or local valid', () => {
    const importing = '(import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))';
    const global = fromText(`(module ${importing} (func (global.set 0 (i32.const 1))))`);
    expect(refusal(global)).toBe('invalid function[0]: invalid global index');
    const local = fromText(
      `(module (func (param f32) (result i32) (drop (local.get 1)) (i32.trunc_f32_s (local.get 0))))`,
    );
    expect(refusal(local)).toBe(
      'invalid function[0]: invalid local index for local.get 1 >= 1(=len(locals)+len(parameters))',
    );
  });
});

describe('a module that only V8 refuses', () => {
  it('has no error of wazero', () => {
    const locals = fromText('(module (func (export "f")))');
    const manyLocals = new Uint8Array([
      ...locals.subarray(0, locals.length - 6),
      ...[10, 8, 1, 6, 1, 0xe0, 0xd4, 0x03, 0x7f, 0x0b],
    ]);
    expect(refusal(manyLocals)).toBeNull();
    expect(() => new WebAssembly.Module(manyLocals)).toThrow(/local count too large/);
    expect(explainRefusal(manyLocals)).toBeNull();
  });
});
