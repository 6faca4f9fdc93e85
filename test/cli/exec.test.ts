/** `guardscope exec`: recorded steps have the answers of production, and unreadable steps are refused. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/base/json.ts';
import { fromText } from '../core/wasm/support.ts';
import { actualShape, expectedShape, parityCases } from '../support/records/parity.ts';
import { repoPath } from '../support/paths.ts';
import { expectOrderly, expectRefused, guardscopeHere } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'exec-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function steps(text: string): string {
  const path = join(folder, `steps-${++files}.jsonl`);
  writeFileSync(path, text);
  return path;
}

function parityGuard(name: string): string {
  return repoPath(`test/parity/${name}/guard.wasm`);
}

describe('exec', () => {
  const cases = parityCases(['call', 'exit']);
  it.each(['call/filter-read', 'call/trap', 'exit/exit-3'])('prints the recorded answers of %s', async (name) => {
    const recorded = cases.find((candidate) => candidate.name === name);
    const poisoned = recorded?.expected.some((line) => line['healthy'] === false) ?? false;
    const run = await guardscopeHere([
      'exec',
      '--guard',
      parityGuard(name),
      '--steps',
      repoPath(`test/parity/${name}/steps.jsonl`),
    ]);
    expectOrderly(run);
    expect(run).toMatchObject({ code: poisoned ? 4 : 0, stderr: '' });
    const lines = run.stdout.trimEnd().split('\n');
    const actual = lines.map((line) => JSON.parse(line) as JsonObject);
    const expected = recorded?.expected ?? [];
    expect(expected.length).toBeGreaterThan(1);
    expect(actual.map((line, at) => actualShape(expected[at] ?? {}, line))).toEqual(expected.map(expectedShape));
  });

  it('writes a line as the gateway encodes JSON', async () => {
    const path = steps('{"op":"load"}\n{"op":"label_resource","tool":"<t>","args":{"n":-0}}\n');
    const run = await guardscopeHere(['exec', '--guard', parityGuard('call/filter-read'), '--steps', path]);
    const calls =
      '"backendCalls":[{"args":{"tool_args":{"n":-0},"tool_name":"\\u003ct\\u003e"},"tool":"label_resource"}]';
    expect(run.stdout).toContain(calls);
  });

  it('ends with exit code 3 when the guard does not load, and later steps fail', async () => {
    const path = steps('{"op":"load"}\n\n{"op":"raw","function":"label_agent","input":"{}"}\n');
    const run = await guardscopeHere(['exec', '--guard', repoPath('package.json'), '--steps', path]);
    expectOrderly(run);
    expect(run.code).toBe(3);
    const [load, raw] = run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as JsonObject);
    expect(load).toMatchObject({ ok: false, error: expect.stringContaining('invalid magic number') });
    expect(raw).toMatchObject({ ok: false });
  });

  it('uses --name in the error texts about the guard', async () => {
    const path = steps(
      ['load', 'raw', 'raw'].map((op) => `{"op":"${op}","function":"label_resource","input":"{}"}\n`).join(''),
    );
    const args = ['exec', '--guard', parityGuard('call/trap'), '--steps', path, '--name', 'mine'];
    const run = await guardscopeHere(args);
    expect(run.code).toBe(4);
    expect(run.stdout).toContain("WASM guard 'mine' is unavailable after a previous trap");
  });

  it('ends a looping guard at --deadline', async () => {
    const path = steps('{"op":"load"}\n{"op":"raw","function":"label_resource","input":"{}"}\n');
    const loop = parityGuard('deadline/loop');
    const run = await guardscopeHere(['exec', '--guard', loop, '--steps', path, '--deadline', '100']);
    expectOrderly(run);
    expect(run.code).toBe(4);
    expect(run.stdout).toContain('context deadline exceeded');
  });
});

describe('a guard whose start function loops', () => {
  const loop = join(folder, 'start-loops.wasm');
  writeFileSync(loop, fromText('(module (memory (export "memory") 1) (func $f (loop $l (br $l))) (start $f))'));

  it('ends at --deadline when exec loads it', async () => {
    const path = steps('{"op":"load"}\n{"op":"cancel","wraps":"load","afterMs":0}\n');
    const run = await guardscopeHere(['exec', '--guard', loop, '--steps', path, '--deadline', '100']);
    expectOrderly(run);
    expect(run.code).toBe(3);
    expect(run.stdout.match(/context deadline exceeded/g)).toHaveLength(2);
  });

  it('is not started by inspect', async () => {
    const run = await guardscopeHere(['inspect', loop]);
    expectOrderly(run);
    expect(run.stdout).toContain('start');
  });
});

describe('exec refuses', () => {
  const guard = parityGuard('call/filter-read');
  const load = '{"op":"load"}\n';
  it.each<readonly [string, string, string]>([
    ['a line that is not JSON', `${load}\n{"op":\n`, ':3: unexpected end of JSON input'],
    ['a line with a list', `${load}[1]\n`, ':2: a step must be a JSON object, not [1]'],
    ['a text file', 'hello\n', ":1: invalid character 'h'"],
    ['a binary file', '\u0000\u0001\u0002', ':1: invalid character'],
  ])('%s, with the line number', async (_name, text, sentence) => {
    const path = steps(text);
    const run = await guardscopeHere(['exec', '--guard', guard, '--steps', path]);
    expectOrderly(run);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(`${path}${sentence}`);
    expect(run.stderr).toContain('[exec/bad-step]\n  ');
  });

  it.each([
    ['a missing file', join(folder, 'no-such.jsonl'), 'ENOENT'],
    ['a folder', folder, 'it is a directory'],
  ])('%s', async (_name, path, reason) => {
    const run = await guardscopeHere(['exec', '--guard', guard, '--steps', path]);
    expectRefused(run, 2, 'exec/unreadable', `"${path}"`, reason, '--steps');
  });

  it('only an unknown step, and runs the steps after it', async () => {
    const path = steps(`${load}{"op":"dance"}\n{}\n{"op":"close"}\n`);
    const run = await guardscopeHere(['exec', '--guard', guard, '--steps', path]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const lines = run.stdout.trimEnd().split('\n');
    expect(lines.slice(1)).toEqual([
      '{"error":"unknown step \\"dance\\"","ok":false}',
      '{"error":"unknown step null","ok":false}',
      '{"ok":true}',
    ]);
  });
});
