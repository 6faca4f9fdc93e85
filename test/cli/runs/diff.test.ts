/** `diff`: two runs of a trace, or two files of records, and what is decided differently. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { Output } from '../../../src/cli/base/output.ts';
import { printDiff } from '../../../src/cli/reports/printDiff.ts';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import { DecidedRun } from '../../../src/engine/runs/decidedRun.ts';
import { inputHas, plantedGuard } from '../../support/guards/plantedGuard.ts';
import { proves } from '../../support/proves.ts';
import { decision } from '../../support/records/decisions.ts';
import { samplePath } from '../../support/samples.ts';
import { expectRefused, guardscopeHere } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'guardscope-diff-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sample = (name: string): string => samplePath('files-and-memory', name);
const trace = sample('trace.guardtrace.jsonl');
const first = ['--guard', sample('guard.wasm'), '--policy', sample('policy.json')];

function written(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('diff of a trace', () => {
  it('the same guard twice decides all calls alike', async () => {
    const { code, stdout } = await guardscopeHere(['diff', trace, ...first, '--guard-b', sample('guard.wasm')]);
    expect(stdout).toMatch(/^All 32 calls are decided as before\nguard time [\d.]+ → [\d.]+ ms\n$/);
    expect(code).toBe(0);
  });

  it('another policy: the calls that flip, with the kinds, the places and the counts', async () => {
    proves('own:diff');
    const { code, stdout } = await guardscopeHere([
      'diff',
      trace,
      ...first,
      '--policy-b',
      sample('policy-public.json'),
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('18 of 32 calls are decided differently\n');
    expect(stdout).toMatch(
      /outcome +9 {2}allowed → filtered 4, allowed → denied 2, denied → allowed 2, allowed → blocked 1\n/,
    );
    expect(stdout).toMatch(/ 23 {2}edit_file .*\n +outcome +was allowed 1\/1, is denied {2}\/outcome\n/);
    expect(stdout).toMatch(/ 29 {2}write_file .*\n +outcome +was denied, is allowed {2}\/outcome\n/);
  });

  it('with --times also tells calls whose time in the guard grew, when looks confirm it', async () => {
    const quick = written('quick.wasm', plantedGuard());
    const slow = written(
      'slow.wasm',
      plantedGuard({
        texts: ['"search_files"'],
        rest: `(func $burn (local $i i32) (loop $again
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $again (i32.lt_u (local.get $i) (i32.const 300000000)))))`,
        always: `(if ${inputHas(0)} (then (call $burn)))`,
      }),
    );
    const runs = ['diff', trace, '--guard', quick, '--policy', sample('policy.json'), '--guard-b', slow];
    const { code, stdout } = await guardscopeHere([...runs, '--times']);
    expect(stdout).toMatch(/ 10 {2}search_files .*\n +guard time +was [\d.]+ ms, is \d+ ms {2}\/guardCalls\n/);
    expect(stdout).toMatch(/\n3 of 32 calls are decided differently\n {2}guard time +3\n/);
    expect(code).toBe(1);
    const without = await guardscopeHere(runs);
    expect(without.stdout).toMatch(/^All 32 calls are decided as before\n/);
    expect(without.code).toBe(0);
  });

  it('another guard; --json gives one object for each call, and the counts', async () => {
    const other = samplePath('files-and-memory-as', 'guard.wasm');
    const { code, stdout } = await guardscopeHere(['diff', trace, ...first, '--guard-b', other, '--json']);
    expect(code).toBe(1);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter(({ kind }) => kind === 'call')).toHaveLength(31);
    expect(lines.find(({ after }) => after === 11)).toMatchObject({
      before: 11,
      tool: 'directory_tree',
      changes: expect.arrayContaining([
        {
          kind: 'outcome',
          pointer: '/outcome',
          before: 'filtered',
          after: 'denied',
          text: 'was filtered 4/6, is denied',
        },
      ]),
    });
    expect(lines.at(-1)).toMatchObject({ kind: 'summary', compared: 32, changed: 31, added: 0, deterministic: true });
  });

  it('another mode, and a limit of the calls that are printed', async () => {
    const noop = ['--guard', 'noop', '--mode', 'filter', '--mode-b', 'strict'];
    expect((await guardscopeHere(['diff', trace, ...noop])).stdout).toMatch(/mode +32\n/);
    const { stdout } = await guardscopeHere(['diff', trace, ...noop, '--limit', '3']);
    expect(stdout).toContain('… and 29 more calls; --limit shows more\n');
  });

  it('--markdown is a report for a pull request', async () => {
    const flags = [...first, '--policy-b', sample('policy-public.json'), '--markdown'];
    const { stdout } = await guardscopeHere(['diff', trace, ...flags]);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('### trace.guardtrace.jsonl: policy.json → policy-public.json');
    expect(lines).toContain('18 of 32 calls are decided differently.');
    expect(lines.filter((line) => /^\| \d+ \|/.test(line))).toHaveLength(18);
    // No cell ends early: every row has the four columns of its table.
    for (const row of lines.filter((line) => /^\| \d+ \|/.test(line))) {
      expect(row.split(/(?<!\\)\|/), row).toHaveLength(6);
    }
  });

  it('says of which run a problem is, and fails for a file that cannot be used', async () => {
    const bad = written('bad.json', '{"allow-only": {"min-integrity": "mergd"}}');
    const run = await guardscopeHere(['diff', trace, ...first, '--policy-b', bad]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('second run: ');
    const missing = await guardscopeHere(['diff', trace, ...first, '--guard-b', join(folder, 'none.wasm')]);
    expectRefused(missing, 2, 'guard/unreadable');
  });
});

describe('diff of two files of records', () => {
  it('aligns the calls, so that an added one does not shift the others', async () => {
    const all = (await guardscopeHere(['replay', trace, ...first, '--json'])).stdout.trim().split('\n');
    const before = written('before.jsonl', `${all.filter((_, at) => at !== 4).join('\n')}\n`);
    const after = written('after.jsonl', `${all.filter((_, at) => at !== 20).join('\n')}\n`);
    const { code, stdout } = await guardscopeHere(['diff', before, after]);
    expect(code).toBe(1);
    expect(stdout).toContain('All 30 calls are decided as before; 1 call more than before; 1 call missing');
    expect(stdout).toMatch(/ 5 {2}list_directory .*\n +is not in the first run\n/);
    expect(stdout).toMatch(/ 21 {2}search_files .*\n +is not in the second run\n/);
    expect((await guardscopeHere(['diff', before, before])).code).toBe(0);
  });

  it.each([
    ['', 'records/unreadable'],
    ['{"index": 0}\n', 'records/bad-line'],
    ['[]\n', 'records/bad-line'],
    ['{"index"', 'records/bad-line'],
    [readFileSync(trace, 'utf8'), 'records/bad-line'],
  ])('%j is refused', async (content, code) => {
    const path = written('odd.jsonl', content);
    expectRefused(await guardscopeHere(['diff', path, path]), 2, code);
  });

  it.each([
    [[trace], 'diff compares two files of records'],
    [[trace, trace, trace], 'diff compares two files of records'],
    [[trace, '--json', '--markdown'], 'either --json or --markdown'],
  ])('%j is wrong usage', async (args, message) => {
    const run = await guardscopeHere(['diff', ...args]);
    expectRefused(run, 2, 'cli/usage');
    expect(run.stderr).toContain(message);
  });
});

describe('a guard that is not deterministic', () => {
  function runOf(inputs: string | null, ...records: readonly DecisionRecord[]): DecidedRun {
    const run = new DecidedRun();
    for (const record of records) run.add(record, Buffer.from(JSON.stringify(record)));
    run.end = { findings: [], healthy: true, inputs };
    return run;
  }

  it.each([
    ['the same', 'a', true],
    ['other', 'b', false],
    ['unknown', null, false],
  ])('is one when %s inputs give other decisions', async (_, inputs, expected) => {
    const err = new PassThrough();
    const printing = { as: 'table', title: '', limit: 1 } as const;
    const runs = [runOf('a', decision()), runOf(inputs, decision({ outcome: 'denied' }))] as const;
    await printDiff(...runs, printing, new Output(new PassThrough().resume(), err, false));
    expect(String(err.read() ?? '').includes('diff/not-deterministic')).toBe(expected);
  });
});

describe('replay --summary', () => {
  it('counts the calls by tool, outcome and reason', async () => {
    const { code, stdout } = await guardscopeHere(['replay', trace, ...first, '--summary']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nread_text_file +10 +7 +· +· +2 +1 /);
    expect(stdout).toMatch(/\n +2 +denied +Denied before the backend was called: .* \(first: call 29\)\n/);
    expect(stdout).not.toContain('/workspace/');
  });

  it('is one object with --json, of the calls that --only chooses', async () => {
    const { stdout } = await guardscopeHere(['replay', trace, ...first, '--summary', '--json', '--only', 'denied']);
    const { tools, reasons } = JSON.parse(stdout) as Record<string, readonly Record<string, unknown>[]>;
    expect(tools?.map(({ tool, calls }) => [tool, calls])).toEqual([
      ['edit_file', 2],
      ['write_file', 1],
      ['move_file', 1],
    ]);
    expect(reasons?.map(({ calls, first: call }) => [calls, call])).toEqual([
      [2, 29],
      [2, 31],
    ]);
  });

  it.each([['--follow'], ['--explain'], ['--call', '3']])('cannot be used with %s', async (...flags) => {
    expectRefused(await guardscopeHere(['replay', trace, ...first, '--summary', ...flags]), 2, 'cli/usage');
  });
});
