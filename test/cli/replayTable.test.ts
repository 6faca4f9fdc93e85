/** The table of `guardscope replay` where a guard fails, asks and logs: what stands below a call, and what is said once. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { askBackend, forever, type GuardText, guardBytes, sayStillHere } from '../engine/runtime/guards.ts';
import { samplePath } from '../support/samples.ts';
import { type CliRun, expectOrderly, guardscope } from './run.ts';

const trace = samplePath('files-and-memory', 'trace.guardtrace.jsonl');
const calls = 32;
const folder = mkdtempSync(join(tmpdir(), 'replay-table-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let guards = 0;
async function replay(guard: GuardText, flags: readonly string[] = []): Promise<CliRun> {
  const path = join(folder, `${++guards}.wasm`);
  writeFileSync(path, guardBytes(guard));
  const run = await guardscope(['replay', trace, '--guard', path, ...flags]);
  expectOrderly(run);
  return run;
}

describe('a guard that does not survive a call', () => {
  const reference = /^ {6}Refused: the guard is unavailable after its trap in call 1$/gm;

  test('its frames stand below that call with --explain, and the others name it', async () => {
    const { code, stdout } = await replay({ label_resource: 'unreachable' }, ['--explain']);
    expect(code).toBe(4);
    expect(stdout.match(/^ +at \.\$\d+\(i32,i32,i32,i32\) i32$/gm)).toHaveLength(1);
    expect(stdout.match(reference)).toHaveLength(calls - 1);
    expect(stdout).not.toContain('previous trap');
  });

  test.each([['unreachable'], [forever]])('without --explain the others name it, too: %s', async (label_resource) => {
    const { code, stdout } = await replay({ label_resource: `${label_resource} (i32.const 0)` }, ['--deadline', '200']);
    expect(code).toBe(4);
    expect(stdout.match(reference)).toHaveLength(calls - 1);
    expect(stdout).not.toMatch(/^ +at /m);
  });
});

describe('problems that repeat', () => {
  // An empty answer of label_response surprises at every call.
  const surprising = {
    label_resource: '(memory.copy (local.get $out) (i32.const 50) (i32.const 79)) (i32.const 79)',
    rest: String.raw`(data (i32.const 50) "{\22resource\22:{\22description\22:\22r\22,\22secrecy\22:[],\22integrity\22:[]},\22operation\22:\22read\22}")`,
  };
  const told = /warning: label_response wrote 0 bytes/g;

  test('are told once, and then as a number with the first calls', async () => {
    const { stderr } = await replay(surprising);
    expect(stderr.match(told)).toHaveLength(1);
    const places = 'call 2, call 3, call 4, call 5, call 6, …';
    const rest = `warning: 31 more problems like this at ${places}; use --explain to show them [difc/empty-label-response]`;
    expect(stderr.split('\n')).toContain(rest);
  });

  test('one by one with --explain', async () => {
    const { stderr } = await replay(surprising, ['--explain']);
    expect(stderr.match(told)).toHaveLength(calls);
    expect(stderr).not.toContain('more problem');
  });

  test('of a trace: with all that were counted', async () => {
    const path = join(folder, 'broken.guardtrace.jsonl');
    writeFileSync(path, `${readFileSync(trace, 'utf8').trimEnd()}\n${'{"broken":\n'.repeat(300)}`);
    const run = (flags: readonly string[]): Promise<CliRun> =>
      guardscope(['replay', path, '--guard', 'noop', ...flags]);
    const { stderr } = await run([]);
    expect(stderr.match(/\[trace\/bad-line\]/g)).toHaveLength(2);
    expect(stderr).toMatch(
      /^error: 299 more problems like this at line \d+, .*, …; use --explain to list the first 100 \[/m,
    );
    for (const flags of [['--explain'], ['--json'], ['--follow', '--json']]) {
      const all = (await run(flags)).stderr;
      expect(all.match(/\[trace\/bad-line\]/g)).toHaveLength(101);
      expect(all).toContain('200 more problems of this kind, the last in line');
    }
  });
});

describe('what a guard did', () => {
  const guard = { label_resource: `${sayStillHere} ${askBackend} ${sayStillHere} drop (i32.const -1)` };

  test('stands below each call with --explain, in its order', async () => {
    const { stdout } = await replay(guard, ['--explain']);
    const said = 'label_resource logged (info): still here\n';
    const asked = 'label_resource looked up still: no recorded answer\n';
    expect(stdout.split(`      ${said}      ${asked}      ${said}`)).toHaveLength(calls + 1);
  });

  test('with the kind of each answer', async () => {
    const { stdout } = await replay(guard, ['--explain', '--backend', 'none']);
    expect(stdout).toMatch(/^ {6}label_resource looked up still: error \(.+\)$/m);
  });

  test('does not stand there without', async () => {
    const { stdout } = await replay(guard);
    expect(stdout).not.toMatch(/logged \(|looked up/);
  });
});
