/** The summary of a module, also of a damaged one. */
import { describe, expect, it } from 'vitest';
import { inspectModule } from '../../../src/core/wasm/inspect.ts';
import { fromText } from './support.ts';

const label = '(param i32 i32 i32 i32) (result i32) (i32.const 0)';
const guard = `(module $m (import "env" "host_log" (func (param i32 i32 i32)))
  (memory 2 1000) (global (export "g") (mut i32) (i32.const 1)) (table (export "t") 1 externref)
  (func $start) (start $start)
  (func $agent (export "label_agent") ${label}) (func (export "label_resource") ${label})
  (func (export "label_response") ${label})
  (func (result i32 i64) (i32.extend8_s (i32.const 1)) (i64.trunc_sat_f32_s (f32.const 1)))
  (data (i32.const 0) "four") (data "passive"))`;

const tool = (name: string): number[] => [name.length, ...Buffer.from(name)];
const producers = [...tool('producers'), 1, ...tool('language'), 1, ...tool('Rust'), ...tool('1.80')];

describe('a guard', () => {
  const bytes = new Uint8Array([...fromText(guard, true), 0, producers.length, ...producers]);
  const { value, problems } = inspectModule(bytes);

  it('is summarised completely', () => {
    expect(problems).toEqual([]);
    expect(value).toMatchObject({
      size: bytes.length,
      isModule: true,
      loadError: null,
      moduleName: 'm',
      imports: [{ module: 'env', name: 'host_log', kind: 'func', signature: '(i32, i32, i32)' }],
      memory: { minPages: 2, maxPages: 1000, allowedPages: 512, export: null },
      start: 'function[1] export["label_agent"]',
      counts: { functions: 6, importedFunctions: 1, namedFunctions: 2, dataSegments: 2, dataBytes: 11 },
      producers: [{ field: 'language', name: 'Rust', version: '1.80' }],
    });
    expect(value.exports).toContainEqual({
      kind: 'func',
      name: 'label_agent',
      signature: '(i32, i32, i32, i32) -> i32',
    });
    expect(value.exports).toContainEqual({ kind: 'table', name: 't', signature: '' });
    expect(value.features.map(({ name }) => name)).toEqual([
      'mutable-global',
      'multi-value',
      'sign-extension-ops',
      'nontrapping-float-to-int-conversion',
      'bulk-memory-operations',
    ]);
    expect(value.features.every(({ enabled }) => enabled)).toBe(true);
  });

  it('has sections up to the end of the file', () => {
    expect(value.sections.at(-1)?.name).toBe('custom "producers"');
    const last = value.sections.at(-1);
    expect((last?.offset ?? 0) + (last?.size ?? 0)).toBe(bytes.length);
  });
});

describe('features', () => {
  it.each([
    ['(memory 1) (func (drop (v128.const i64x2 0 0)))', 'simd', true],
    ['(func $f (return_call $f))', 'tail-call', false],
    ['(memory 1) (func (drop (i32.atomic.load (i32.const 0))))', 'threads', false],
    ['(tag) (func (throw 0))', 'exception-handling', false],
    ['(table 1 funcref) (table 1 funcref)', 'reference-types', true],
  ])('of the module %s include %s, accepted: %s', (text, name, enabled) => {
    const { features, loadError } = inspectModule(fromText(`(module ${text})`)).value;
    expect(features).toContainEqual({ name, enabled });
    if (!enabled) expect(loadError).toContain('disabled');
  });
});

describe('a damaged file', () => {
  it.each([
    ['an empty file', new Uint8Array(), 'it is empty'],
    ['text', new TextEncoder().encode('(module)'), 'begins with 28 6d 6f 64 75 6c 65 29'],
    ['a component', new Uint8Array([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]), 'begins with 00 61 73 6d 0d 00 01 00'],
  ])('%s is reported as not being a module', (_, bytes, text) => {
    const { value, problems } = inspectModule(bytes);
    expect(value.isModule).toBe(false);
    expect(value.loadError).toMatch(/^failed to instantiate WASM module: invalid (magic number|version header)$/);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: 'wasm/not-a-module', message: expect.stringContaining(text) as string });
  });

  it('a module that is cut off is summarised up to the cut', () => {
    const bytes = fromText(guard);
    const { value, problems } = inspectModule(bytes.subarray(0, bytes.length - 30));
    expect(problems.map(({ code }) => code)).toContain('wasm/cut-off');
    expect(value.exports.map(({ name }) => name)).toEqual([
      'g',
      't',
      'label_agent',
      'label_resource',
      'label_response',
    ]);
    expect(value.loadError).toContain('EOF');
  });

  it('an unreadable section is left out and reported', () => {
    const bytes = fromText('(module (type (func)) (func (type 0)) (memory 1) (export "f" (func 0)))');
    const kind = bytes.lastIndexOf(0x66) + 1;
    const { value, problems } = inspectModule(bytes.with(kind, 9));
    expect(value.exports).toEqual([]);
    expect(value.memory?.minPages).toBe(1);
    expect(problems).toMatchObject([
      {
        code: 'wasm/unreadable-section',
        message: 'The export section cannot be read: read export: invalid byte: invalid byte for exportdesc: 0x9',
      },
    ]);
  });
});
