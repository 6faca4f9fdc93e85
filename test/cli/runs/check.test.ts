/** `check`: its report as text and JSON, and its exit codes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../src/core/check/checkModel.ts';
import { fromText } from '../../core/wasm/support.ts';
import { plantedGuard } from '../../support/guards/plantedGuard.ts';
import { samplePath } from '../../support/samples.ts';
import { proves } from '../../support/proves.ts';
import { expectOrderly, expectRefused, guardscopeHere } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'guardscope-check-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('check', () => {
  it('of a right guard prints its sections, and exits with 0', async () => {
    const run = await guardscopeHere(['check', file('right.wasm', plantedGuard())]);
    expectOrderly(run);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^Output buffers\n {2}passed {3}label_agent answers with labels and a mode /);
    expect(run.stdout).toMatch(/\n {2}n\/a {6}Every captured call is labelled \(no captured session was given/);
    expect(run.stdout).toMatch(/\d+ checks passed, .*: no mistake was found\n$/);
  });

  it('of a guard with a mistake says what it means in production, and exits with 1', async () => {
    proves('own:check');
    const guard = file('past.wasm', plantedGuard({ tooSmall: '' }));
    const run = await guardscopeHere(['check', guard]);
    expectOrderly(run);
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(
      /\n {2}FINDING {2}.*\n {4}error: label_agent has an answer of \d+ bytes; offered \d+ bytes, it wrote past the buffer.* \[check\/writes-past-buffer\]\n {6}In production: .*\n {6}Next step: /,
    );
    const json = await guardscopeHere(['check', guard, '--json']);
    const lines = json.stdout.trimEnd().split('\n');
    const results = lines.map((line) => JSON.parse(line) as { readonly kind: string } & CheckResult);
    expect(results.at(-1)).toMatchObject({ kind: 'summary', mistakes: 1 });
    expect(results.find(({ check }) => check === 'output-buffer')).toMatchObject({
      kind: 'check',
      section: 'buffers',
      outcome: 'finding',
      findings: [{ code: 'check/writes-past-buffer', severity: 'error' }],
    });
  });

  it('of a guard that cannot begin a session exits with 4, and checks the rest', async () => {
    const run = await guardscopeHere(['check', file('agent.wasm', plantedGuard({ label_agent: 'unreachable' }))]);
    expectOrderly(run);
    expect(run.code).toBe(4);
    expect(run.stdout).toContain('label_agent with the policy failed: ');
    expect(run.stdout).toMatch(/passed {3}Results in unusual forms/);
  });

  it('refuses what is not a guard of the user', async () => {
    const right = file('again.wasm', plantedGuard());
    const sink = file('sink.json', '{"write-sink":{"accept":["acme"]}}');
    expectRefused(await guardscopeHere(['check', file('other.wasm', fromText('(module)'))]), 3, 'guard/not-loaded');
    expectRefused(await guardscopeHere(['check', 'noop']), 2, 'check/built-in', 'nothing to check');
    expectRefused(await guardscopeHere(['check', right, '--policy', sink]), 2, 'check/write-sink');
    expectRefused(await guardscopeHere(['check', right, '--trace', join(folder, 'none')]), 2, 'trace/unreadable');
    expectRefused(await guardscopeHere(['check', join(folder, 'none.wasm')]), 2, 'guard/unreadable');
  });

  it('with a captured session counts its calls, changes of them, and the tools of its server', async () => {
    const sample = (name: string): string => samplePath('files-and-memory', name);
    const run = await guardscopeHere([
      'check',
      sample('guard.wasm'),
      ...['--policy', sample('policy.json'), '--trace', sample('memory.guardtrace.jsonl')],
    ]);
    expectOrderly(run);
    expect(run.stdout).toMatch(/Every captured call is labelled \(11 calls/);
    expect(run.stdout).toMatch(/Changed copies of captured calls do not trap \(\d{2,} calls\)/);
    expect(run.stdout).toMatch(/The guard knows every tool that the server offers \(9 tools/);
  });
});
