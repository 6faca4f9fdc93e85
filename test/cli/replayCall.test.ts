/** `replay --call` and `--changes`: one call as it is decided in its session, and what a change of it does to the calls behind it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../src/core/difc/record/decision.ts';
import { proves } from '../support/proves.ts';
import { samplePath } from '../support/samples.ts';
import { logOf, removeFiles } from '../engine/sessionWorker/host/sessionSubjects.ts';
import { type CliRun, expectRefused, guardscopeHere } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'replay-call-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterAll(removeFiles);

const sample = (name: string): string => samplePath('files-and-memory', name);

function replay(...flags: readonly string[]): Promise<CliRun> {
  const inputs = ['--guard', sample('guard.wasm'), '--policy', sample('policy.json')];
  return guardscopeHere(['replay', sample('trace.guardtrace.jsonl'), ...inputs, ...flags]);
}

function records({ stdout }: CliRun): readonly DecisionRecord[] {
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as DecisionRecord);
}

function changes(content: unknown): string {
  const path = join(folder, 'changes.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('--call', () => {
  it('shows the record of the whole replay, and nothing of other calls', async () => {
    proves('own:one-call');
    const all = records(await replay('--json'));
    const run = await replay('--call', '7', '--json');
    expect(run.code).toBe(0);
    const [record, ...others] = records(run);
    expect(others).toEqual([]);
    const comparable = ({ guardCalls, ...rest }: DecisionRecord): unknown => [
      rest,
      guardCalls.map(({ output, log }) => [output, log.map(({ message }) => message)]),
    ];
    const expected = all.find(({ index }) => index === 6);
    expect(record && comparable(record)).toEqual(expected && comparable(expected));
  });

  it('prints the account of the call without a summary', async () => {
    const { stdout, code } = await replay('--call', '7');
    expect(code).toBe(0);
    const rows = stdout.split('\n').filter((line) => /^ *\d+ {2}/.test(line));
    expect(rows).toEqual([expect.stringMatching(/^ {3}7 {2}filtered .*read_multiple_files/)]);
    expect(stdout).toContain('Agent labels: Agent "default" has secrecy');
    expect(stdout).toContain('label_response looked up get_file_info');
    expect(stdout).not.toContain('calls/s');
  });

  it.each([
    ['no number', 'cli/usage', ['--call', 'x'], '--call is "x"; expected a whole number'],
    ['0', 'cli/usage', ['--call', '0'], '--call is "0"; expected at least 1'],
    [
      'a call that the trace does not have',
      'replay/no-such-call',
      ['--call', '33'],
      'The trace has no call 33; it has 32 calls',
    ],
    ['--follow', 'cli/usage', ['--call', '1', '--follow'], '--call cannot be used with --follow'],
    ['--only', 'cli/usage', ['--call', '1', '--only', 'denied'], '--call cannot be used with --only'],
  ])('refuses %s', async (_, code, flags, sentence) => {
    expectRefused(await replay(...flags), 2, code, sentence);
  });
});

describe('a call without a decision', () => {
  it('of a server that is not replayed is refused', async () => {
    const run = await guardscopeHere([
      'replay',
      logOf(['a', 'b'], 2),
      '--guard',
      'noop',
      '--server',
      'a',
      '--call',
      '2',
    ]);
    expectRefused(run, 2, 'replay/no-such-call', 'Call 2 has no decision: it is a look-up of a guard, or of a server');
  });
});

describe('a change of a call that is not decided', () => {
  const inputs = [logOf(['a', 'b'], 2), '--guard', 'noop', '--server', 'a', '--changes'];

  it('is refused, but for a mode, which begins at any call', async () => {
    const refused = await guardscopeHere(['replay', ...inputs, changes({ call: 2, arguments: {} })]);
    expectRefused(refused, 2, 'replay/no-such-call', 'Call 2 has no decision');
    const run = await guardscopeHere(['replay', ...inputs, changes({ call: 2, mode: 'strict' })]);
    expect(run.stdout).toContain('The mode is hypothetical: in production the answer of label_agent sets it');
  });
});

describe('--changes', () => {
  it('decides the call and those behind it with other labels, and shows what is decided differently', async () => {
    proves('own:forks');
    const run = await replay('--call', '22', '--changes', changes({ agent: { secrecy: [] } }));
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/^ {2}22 {2}denied .*write_file/m);
    expect(run.stdout).toContain('was allowed: Allowed: the agent may write to "file:customers/acme/renewal-offer.md"');
    const [, differing, all] =
      /\n(\d+) of (\d+) calls from call 22 on are decided differently\n$/.exec(run.stdout) ?? [];
    expect(Number(all)).toBeGreaterThan(5);
    expect((run.stdout.match(/^ +was /gm) ?? []).length).toBe(Number(differing));
    const decided = records(await replay('--call', '22', '--changes', changes({ agent: { secrecy: [] } }), '--json'));
    expect(decided).toHaveLength(Number(all));
    expect(decided[0]).toMatchObject({ index: 21, outcome: 'denied', agentBefore: { secrecy: [], integrity: [] } });
  });

  it('that change nothing give the same decisions', async () => {
    const run = await replay('--call', '22', '--changes', changes({}));
    expect(run.stdout).toMatch(/\n0 of \d+ calls from call 22 on are decided differently\n$/);
    expect(run.code).toBe(0);
  });

  it('may be another answer', async () => {
    const [first] = records(await replay('--call', '7', '--json', '--changes', changes({ error: 'the disk is full' })));
    expect(first).toMatchObject({ index: 6, outcome: 'error' });
    expect(JSON.stringify(first?.client)).toContain('the disk is full');
  });

  it('may be of several calls that the file names, with a mode that no guard set', async () => {
    proves('own:forks');
    const list = [
      { call: 22, tool: 'write_file', agent: { secrecy: [] } },
      { call: 7, mode: 'strict' },
    ];
    const file = changes({ changes: list });
    const run = await replay('--changes', file);
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/^ {3}7 {2}blocked .*read_multiple_files/m);
    expect(run.stdout).toMatch(/^ {2}22 {2}denied .*write_file/m);
    expect(run.stdout).toMatch(
      /calls from call 7 on are decided differently\n.*label_agent sets it, else the configuration\n$/,
    );
    const decided = records(await replay('--changes', file, '--json'));
    expect(decided[0]).toMatchObject({ index: 6, mode: 'strict', outcome: 'blocked', hypothetical: ['mode'] });
    expect(decided.find(({ index }) => index === 21)).toMatchObject({ mode: 'strict', hypothetical: ['agent'] });
    expect(decided.find(({ index }) => index === 22)).toMatchObject({ hypothetical: [] });
  });

  it('may set a place of the response', async () => {
    const file = changes({ call: 7, set: { '/data/99': 1 } });
    expectRefused(
      await replay('--changes', file),
      2,
      'changes/unusable',
      'The changes of call 7 (read_multiple_files) cannot be used: it sets "/data/99"',
    );
  });

  it.each([
    ['of no call', {}, [], 'cli/usage', 'does not name its call, so --changes needs --call'],
    ['of another call', { call: 3 }, ['--call', '7'], 'cli/usage', '--call is 7, and "'],
    ['of a call that is not there', { call: 99 }, [], 'replay/no-such-call', 'The trace has no call 99'],
    [
      'of another tool',
      { call: 7, tool: 'nap' },
      [],
      'changes/other-call',
      'Call 7 is of "read_multiple_files", and its',
    ],
    ['with --summary', { call: 7 }, ['--summary'], 'cli/usage', '--summary cannot be used with --changes'],
    ['with --follow', { call: 7 }, ['--follow'], 'cli/usage', '--changes cannot be used with --follow'],
  ])('%s are refused', async (_, content, flags, code, sentence) => {
    expectRefused(await replay('--changes', changes(content), ...flags), 2, code, sentence);
  });

  it.each([
    ['no JSON', '{', 'changes.json" are not JSON'],
    ['a misspelt member', { argument: {} }, 'cannot be used: it has the unknown member "argument"'],
  ])('that are %s are refused', async (_, content, sentence) => {
    expectRefused(await replay('--call', '7', '--changes', changes(content)), 2, 'changes/unusable', sentence);
  });

  it('from a file that is not there are refused', async () => {
    const missing = join(folder, 'none.json');
    expectRefused(
      await replay('--call', '7', '--changes', missing),
      2,
      'changes/unreadable',
      'Cannot read the changes "',
    );
  });
});
