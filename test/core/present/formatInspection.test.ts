/** Module reports as goldens: the guard of the sample, and modules that the gateway rejects. */
import { readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { inspectModule } from '../../../src/core/wasm/inspect.ts';
import { formatInspection } from '../../../src/core/present/formatInspection.ts';
import { expectGolden } from '../../support/golden.ts';
import { samplePath } from '../../support/samples.ts';
import { fromText } from '../wasm/support.ts';

const signature = '(param i32 i32 i32 i32) (result i32)';
const names = ['label_agent', 'label_resource', 'label_response'] as const;
const labels = names.map((name) => `(func (export "${name}") ${signature} (i32.const 0))`).join(' ');

const modules: Readonly<Record<string, () => Uint8Array>> = {
  'sample guard': () => readFileSync(samplePath('files-and-memory', 'guard.wasm')),
  'AssemblyScript guard': () => readFileSync(samplePath('files-and-memory-as', 'guard.wasm')),
  'import that the gateway does not provide': () =>
    fromText(`(module (import "wbg" "now" (func)) (memory (export "memory") 1 4) ${labels})`),
  'missing exports': () => fromText(`(module (memory 1) (func (export "_start")))`),
  'wrong signature': () =>
    fromText(
      `(module (memory 1) (func (export "label_agent") (result i64) (i64.const 0)) (func (export "label_resource") ${signature} (i32.const 0)) (func (export "label_response") ${signature} (i32.const 0)))`,
    ),
  'feature that the gateway does not enable': () =>
    fromText(`(module (memory 1 1 shared) ${labels} (func (drop (i32.atomic.load (i32.const 0)))))`),
  'features of WebAssembly 2.0': () =>
    fromText(
      `(module (memory 1) ${labels} (func (drop (i32.extend8_s (i32.const 0)))) (func (memory.copy (i32.const 0) (i32.const 0) (i32.const 0))))`,
    ),
  'too much memory': () => fromText(`(module (memory 600) ${labels})`),
  'no memory': () => fromText(`(module ${labels})`),
  'start function, name and data': () =>
    fromText(
      `(module $guard (memory 1) (table 1 funcref) (global i32 (i32.const 0)) (data (i32.const 0) "abc") (func $init) (start $init) ${labels})`,
      true,
    ),
  'module that is cut off': () => readFileSync(samplePath('files-and-memory-as', 'guard.wasm')).subarray(0, 200),
  'text file': () => new TextEncoder().encode('hello'),
  'empty file': () => new Uint8Array(),
};

describe('the report on a module', () => {
  it('matches the golden for accepted and rejected modules', () => {
    const reports = Object.entries(modules).map(([title, bytes]) => formatInspection(title, inspectModule(bytes())));
    expectGolden('inspect', `${reports.join('\n\n----\n\n')}\n`);
  });
});
