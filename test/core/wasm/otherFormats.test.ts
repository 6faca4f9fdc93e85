/** Files that authors take for modules are named, and refused modules come with advice for their language. */
import { describe, expect, it } from 'vitest';
import { inspectModule } from '../../../src/core/wasm/inspect.ts';
import { lintModule } from '../../../src/core/lint/loading/moduleLint.ts';
import { guardBytes } from '../../engine/runtime/guards.ts';
import { proves } from '../../support/proves.ts';
import { fromText } from './support.ts';

describe('a file that is not a module', () => {
  it.each([
    ['(module)', 'the text format'],
    [';; a guard\n(module)', 'the text format'],
    ['(; a\nguard ;) (func)', 'the text format'],
    ['AGFzbQEAAAA=', 'base64'],
    ['0061736d01000000', 'hexadecimal'],
    ['\u001f\u008b\u0008', 'gzip'],
    ['PK\u0003\u0004', 'zip'],
    ['\u007fELF', 'ELF'],
    ['\0asm\u000d\0\u0001\0', 'a component'],
  ])('%j is named', (text, name) => {
    proves('own:lint-loading');
    const [problem] = inspectModule(Buffer.from(text, 'latin1')).problems;
    expect(problem?.message).toContain(name);
    expect(problem?.hint).toMatch(/^[A-Z].*[^.]$/);
  });

  it.each([['hello'], [''], ['{"a":1}']])('%j of another kind is quoted', (text) => {
    const [problem] = inspectModule(Buffer.from(text)).problems;
    expect(problem?.message).toMatch(/it (?:is empty|begins with [0-9a-f ]+)$/);
  });
});

/** A module with a `producers` section. */
function madeBy(text: string, ...producers: readonly (readonly [field: string, name: string])[]): Uint8Array {
  const string = (value: string): readonly number[] => [value.length, ...Buffer.from(value)];
  const fields = producers.flatMap(([field, name]) => [...string(field), 1, ...string(name), 0]);
  const content = [...string('producers'), producers.length, ...fields];
  return Buffer.concat([fromText(text), Buffer.from([0, content.length, ...content])]);
}

describe('the hint about a program that exports only _start', () => {
  const program = '(module (func (export "_start")))';

  it.each<readonly [producers: readonly (readonly [string, string])[], advice: string]>([
    [[['language', 'Rust']], 'crate-type = ["cdylib"]'],
    [
      [
        ['language', 'C99'],
        ['processed-by', 'rustc'],
      ],
      'crate-type = ["cdylib"]',
    ],
    [
      [
        ['language', 'Go'],
        ['processed-by', 'TinyGo'],
      ],
      'TinyGo: put //export',
    ],
    [[['language', 'Go']], 'compile with TinyGo'],
    [[['language', 'C11']], '-Wl,--no-entry'],
    [[['language', 'C_plus_plus_14']], '-Wl,--no-entry'],
    [[['processed-by', 'zig']], '-fno-entry -rdynamic'],
  ])('made by %j advises', (producers, advice) => {
    proves('own:lint-loading');
    expect(inspectModule(madeBy(program, ...producers)).value.loadHint).toContain(advice);
  });

  it('without a language says what is missing', () => {
    const { loadHint } = inspectModule(fromText(program)).value;
    expect(loadHint).toBe('Missing function exports: label_resource, label_response and label_agent');
  });
});

it('explains a wrong signature in words', () => {
  proves('own:lint-loading');
  const wrong = ['label_agent', 'label_resource', 'label_response'].map(
    (name) => `(func (export "${name}") (param i32) (result i32) (i32.const 0))`,
  );
  const { loadHint } = inspectModule(fromText(`(module ${wrong.join(' ')})`)).value;
  expect(loadHint).toContain('takes (input pointer, input length, output pointer, output capacity)');
  expect(loadHint).toContain('the bytes written, or -1 (refused), or -2 (output capacity too small)');
});

it('explains a 64-bit memory', () => {
  proves('own:lint-loading');
  const bytes = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 3, 1, 4, 1]);
  expect(inspectModule(bytes).value.loadHint).toContain('compile it for wasm32');
});

describe('a module that loads', () => {
  const alloc = '(func (export "alloc") (param i32) (result i32) (i32.const 0))';
  const dealloc = '(func (export "dealloc") (param i32 i32))';
  const initialize = '(func (export "_initialize"))';

  it.each<readonly [title: string, rest: string, findings: readonly string[]]>([
    ['with an allocator', `${alloc} ${dealloc}`, []],
    ['without an allocator', '', ['info lint/no-allocator']],
    ['with alloc only', alloc, ['warning lint/no-allocator']],
    ['with dealloc only', dealloc, ['warning lint/no-allocator']],
    ['with _initialize', `${alloc} ${dealloc} ${initialize}`, ['warning lint/initialize-not-called']],
  ])('%s', (_title, rest, findings) => {
    proves('own:lint-loading');
    const found = lintModule(guardBytes({ rest }));
    expect(found.map(({ severity, code }) => `${severity} ${code}`)).toEqual(findings);
  });

  it('names the Go runtime for a reactor made by Go', () => {
    const text =
      '(module (func (export "_initialize")) (func (export "label_agent")) (func (export "alloc")) (func (export "dealloc")))';
    expect(lintModule(madeBy(text, ['language', 'Go']))[0]?.message).toContain('the Go runtime is not started');
    expect(lintModule(madeBy(text, ['language', 'C11']))[0]?.message).toContain('global constructors do not run');
  });

  it.each([[new Uint8Array()], [Buffer.from('(module)')], [Buffer.from('\0asm')]])(
    'no findings for other bytes',
    (bytes) => {
      expect(lintModule(bytes)).toEqual([]);
    },
  );
});
