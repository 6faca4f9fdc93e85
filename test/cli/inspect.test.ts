/** `guardscope inspect`: its report on a guard, on other modules, and on files that are not modules. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ModuleReport } from '../../src/core/wasm/inspect.ts';
import { fromText } from '../core/wasm/support.ts';
import { samplePath } from '../support/samples.ts';
import { expectOrderly, expectRefused, guardscopeHere } from './run.ts';

const guard = samplePath('files-and-memory', 'guard.wasm');
const folder = mkdtempSync(join(tmpdir(), 'inspect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('inspect reports on a guard', () => {
  it('as text', async () => {
    const run = await guardscopeHere(['inspect', guard]);
    expectOrderly(run);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('The gateway would load this module as a guard.');
    expect(run.stdout).toMatch(/^ {2}func +env\.call_backend \(i32, i32, i32, i32, i32, i32\) -> i32$/m);
    expect(run.stdout).toMatch(/^ {2}func +label_response /m);
    expect(run.stdout).toMatch(/^memory +\d+ pages of 64 KiB at start/m);
    expect(run.stdout).toMatch(/^ +\d+ +[\d.]+ k?B {2}code$/m);
  });

  it('as one JSON object', async () => {
    const run = await guardscopeHere(['inspect', '--json', guard]);
    expectOrderly(run);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const report = JSON.parse(run.stdout) as ModuleReport;
    expect(report).toMatchObject({ isModule: true, loadError: null, size: readFileSync(guard).length });
    expect(report.exports.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['memory', 'label_agent', 'label_resource', 'label_response']),
    );
    expect(run.stdout.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('inspect reports that the gateway would refuse', () => {
  const wasm = readFileSync(guard);
  it.each<readonly [string, string, string | Uint8Array, string, string]>([
    ['a module that is not a guard', 'other.wasm', fromText('(module)'), 'must export label_resource', ''],
    ['a module that is cut off', 'cut.wasm', wasm.subarray(0, 1000), 'EOF', 'wasm/cut-off'],
    ['an empty file', 'empty.wasm', '', 'invalid magic number', 'wasm/not-a-module'],
    ['a text file', 'notes.txt', 'hello\n', 'invalid magic number', 'wasm/not-a-module'],
    ['a component', 'component.wasm', new Uint8Array([0, 97, 115, 109, 13, 0, 1, 0]), 'invalid version', 'wasm/'],
  ])('%s', async (_name, name, content, verdict, problem) => {
    const path = file(name, content);
    const run = await guardscopeHere(['inspect', path]);
    expectOrderly(run);
    expect(run.code).toBe(3);
    expect(run.stdout).toContain(`The gateway would reject this module: `);
    expect(run.stdout).toContain(verdict);
    expect(run.stderr).toContain(problem);
    expect(run.stdout).not.toContain('[wasm/');
    const json = await guardscopeHere(['inspect', '--json', path]);
    expect(json).toMatchObject({ code: 3, stderr: run.stderr });
    expect((JSON.parse(json.stdout) as ModuleReport).loadError).toContain(verdict);
  });
});

describe('inspect explains the refusal in the next line when', () => {
  const label = '(param i32 i32 i32 i32) (result i32) (i32.const 0)';
  const exported = (...names: readonly string[]): string =>
    names.map((name) => `(func (export "${name}") ${label})`).join('');
  const all = exported('label_agent', 'label_resource', 'label_response');
  const wide = '(func (export "label_agent") (param i32 i32 i32 i32) (result i64) (i64.const 0))';
  it.each<readonly [string, string, string, string]>([
    [
      'one function is missing',
      exported('label_agent', 'label_resource'),
      'WASM module must export label_resource and label_response functions',
      'Missing function exports: label_response',
    ],
    [
      'all functions are missing',
      '(func (export "_start"))',
      'TinyGo',
      'Missing function exports: label_resource, label_response and label_agent',
    ],
    [
      'an export is not a function',
      `${exported('label_resource', 'label_response')} (global (export "label_agent") i32 (i32.const 0))`,
      'WASM module must export label_agent',
      'Missing function exports: label_agent; not a function: label_agent',
    ],
    [
      'a function has another signature',
      `${exported('label_resource', 'label_response')} ${wide}`,
      'must have signature (i32,i32,i32,i32)->i32, got [127 127 127 127]->[126]',
      'In this module, label_agent is (i32, i32, i32, i32) -> i64. A guard function takes (input pointer, input length, output pointer, output capacity), each an i32, and returns an i32: the bytes written, or -1 (refused), or -2 (output capacity too small)',
    ],
    ['the memory is too large', `(memory 600) ${all}`, 'min 600 pages', 'Declare at most 512 pages (32 MiB) of memory'],
    [
      'the abort of AssemblyScript is imported',
      `(import "env" "abort" (func (param i32 i32 i32 i32))) ${all}`,
      '"abort" is not exported in module "env"',
      'AssemblyScript imports env.abort: compile with "--use abort=", or name an abort function of your own there',
    ],
    [
      'an unknown module is imported',
      `(import "wbg" "now" (func)) ${all}`,
      'module[wbg] not instantiated',
      'A guard may import env.call_backend, env.host_log and the functions of wasi_snapshot_preview1',
    ],
  ])('%s', async (name, text, verdict, hint) => {
    const path = file(`${name}.wasm`, fromText(`(module ${text})`));
    const [first = '', gateway = '', own = ''] = (await guardscopeHere(['inspect', path])).stdout.split('\n');
    expect(first).toContain(path);
    expect(gateway).toMatch(/^The gateway would reject this module: /);
    expect(gateway).toContain(verdict);
    expect(own).toBe(`  ${hint}`);
  });

  it('a memory is refused, which differs from a missing memory', async () => {
    const none = await guardscopeHere(['inspect', file('no-memory.wasm', fromText(`(module ${all})`))]);
    expect(none.stdout).toMatch(/^memory +none \(every guard call would fail\)$/m);
    const large = await guardscopeHere(['inspect', file('large.wasm', fromText(`(module (memory 600) ${all})`))]);
    expect(large.stdout).toMatch(/^memory +declared, but rejected: min 600 pages \(37 Mi\) over limit of 512 pages/m);
  });
});

describe('inspect fails for', () => {
  it.each([
    ['a missing file', join(folder, 'no-such.wasm'), 'ENOENT'],
    ['a folder', folder, 'it is a directory'],
  ])('%s', async (_name, path, reason) => {
    expectRefused(await guardscopeHere(['inspect', path]), 2, 'guard/unreadable', `"${path}"`, reason);
  });
});
