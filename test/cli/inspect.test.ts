/** `guardscope inspect`: what it says of a guard, of other modules, and of files that are none. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ModuleReport } from '../../src/core/wasm/inspect.ts';
import { fromText } from '../core/wasm/support.ts';
import { samplePath } from '../support/samples.ts';
import { expectOrderly, expectRefused, guardscope } from './run.ts';

const guard = samplePath('files-and-memory', 'guard.wasm');
const folder = mkdtempSync(join(tmpdir(), 'inspect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('a guard', () => {
  it('as text', async () => {
    const run = await guardscope(['inspect', guard]);
    expectOrderly(run);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('The gateway would load it as a guard.');
    expect(run.stdout).toMatch(/^ {2}func +env\.call_backend \(i32, i32, i32, i32, i32, i32\) -> i32$/m);
    expect(run.stdout).toMatch(/^ {2}func +label_response /m);
    expect(run.stdout).toMatch(/^memory +\d+ pages of 64 KiB at start/m);
    expect(run.stdout).toMatch(/^ +\d+ +[\d.]+ k?B {2}code$/m);
  });

  it('as one JSON object', async () => {
    const run = await guardscope(['inspect', '--json', guard]);
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

describe('what the gateway would refuse', () => {
  const wasm = readFileSync(guard);
  it.each<readonly [string, string, string | Uint8Array, string, string]>([
    ['a module that is no guard', 'other.wasm', fromText('(module)'), 'must export label_resource', ''],
    ['a module that is cut off', 'cut.wasm', wasm.subarray(0, 1000), 'EOF', 'wasm/cut-off'],
    ['an empty file', 'empty.wasm', '', 'invalid magic number', 'wasm/not-a-module'],
    ['a text', 'notes.txt', 'hello\n', 'invalid magic number', 'wasm/not-a-module'],
    ['a component', 'component.wasm', new Uint8Array([0, 97, 115, 109, 13, 0, 1, 0]), 'invalid version', 'wasm/'],
  ])('%s', async (_name, name, content, verdict, problem) => {
    const path = file(name, content);
    const run = await guardscope(['inspect', path]);
    expectOrderly(run);
    expect(run.code).toBe(3);
    expect(run.stdout).toContain(`The gateway would refuse it: `);
    expect(run.stdout).toContain(verdict);
    expect(run.stderr).toContain(problem);
    expect(run.stdout).not.toContain('[wasm/');
    const json = await guardscope(['inspect', '--json', path]);
    expect(json).toMatchObject({ code: 3, stderr: run.stderr });
    expect((JSON.parse(json.stdout) as ModuleReport).loadError).toContain(verdict);
  });
});

describe('files that cannot be read', () => {
  it.each([
    ['a missing file', join(folder, 'no-such.wasm'), 'ENOENT'],
    ['a folder', folder, 'EISDIR'],
  ])('%s', async (_name, path, reason) => {
    expectRefused(await guardscope(['inspect', path]), 2, 'guard/unreadable', `"${path}"`, reason);
  });
});
