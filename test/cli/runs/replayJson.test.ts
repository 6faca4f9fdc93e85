/** `replay --json`: the same bytes in every run with `--no-times`, for one server and for sessions of several. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import { readSession, sessionNames, writeConfig } from '../../sessions/session.ts';
import { proves } from '../../support/proves.ts';
import { samplePath } from '../../support/samples.ts';
import { expectOrderly, expectRefused, guardscope, guardscopeHere } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'guardscope-json-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sample = (name: string): string => samplePath('files-and-memory', name);
const ofSample = [
  sample('trace.guardtrace.jsonl'),
  ...['--guard', sample('guard.wasm'), '--policy', sample('policy.json')],
];

function records(stdout: string): readonly DecisionRecord[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as DecisionRecord);
}

describe('--no-times', () => {
  it('gives the same bytes in two processes', async () => {
    proves('own:records-repeat');
    const args = ['replay', ...ofSample, '--json', '--no-times'];
    const [one, other] = [await guardscope(args), await guardscope(args)];
    expectOrderly(one);
    expect(records(one.stdout)).toHaveLength(32);
    expect(other.stdout).toBe(one.stdout);
  });

  it.each(sessionNames())('gives the same bytes for the session %s', async (name) => {
    proves('own:records-repeat');
    const args = ['replay', readSession(name).trace, '--config', writeConfig(name, folder), '--json', '--no-times'];
    const [one, other] = [await guardscopeHere(args), await guardscopeHere(args)];
    expectOrderly(one);
    expect(records(one.stdout).length).toBeGreaterThan(0);
    expect(other.stdout).toBe(one.stdout);
  });

  it('leaves out what the run measured, and nothing else', async () => {
    const whole = records((await guardscopeHere(['replay', ...ofSample, '--json'])).stdout);
    const comparable = records((await guardscopeHere(['replay', ...ofSample, '--json', '--no-times'])).stdout);
    const removed = new Set<string>();
    const withoutTimes: unknown = JSON.parse(JSON.stringify(whole), function (this: unknown, key, value: unknown) {
      // Arguments and answers of tools have members of any name; these names occur in none of the sample.
      if (key !== 'durationMs' && key !== 'atMs') return value;
      removed.add(key);
      return undefined;
    });
    expect(removed).toEqual(new Set(['durationMs', 'atMs']));
    expect(JSON.stringify(comparable)).toBe(JSON.stringify(withoutTimes));
    expect(comparable[0]).toMatchObject({ time: '2026-11-22T22:54:52.280Z' });
  });

  it('also of a call that is shown alone, and of one with changes', async () => {
    const args = ['replay', ...ofSample, '--call', '2', '--json', '--no-times'];
    const [one, other] = [await guardscopeHere(args), await guardscopeHere(args)];
    expect(records(one.stdout)).toMatchObject([{ index: 1 }]);
    expect(other.stdout).toBe(one.stdout);
  });

  it('also while a session is followed', async () => {
    const args = ['replay', ...ofSample, '--follow', '--json', '--no-times'];
    const [one, other] = [await guardscope(args), await guardscope(args)];
    expect(records(one.stdout)).toHaveLength(32);
    expect(one.stdout).not.toMatch(/"(?:durationMs|atMs)":/);
    expect(other.stdout).toBe(one.stdout);
  });

  it('gives files that diff compares', async () => {
    const { stdout } = await guardscopeHere(['replay', ...ofSample, '--json', '--no-times']);
    const files = ['one.jsonl', 'other.jsonl'].map((name) => join(folder, name));
    for (const file of files) writeFileSync(file, stdout);
    expect(await guardscopeHere(['diff', ...files])).toMatchObject({
      code: 0,
      stdout: 'All 32 calls are decided as before\n',
    });
  });

  it('needs --json', async () => {
    const refused = await guardscopeHere(['replay', ...ofSample, '--no-times']);
    expectRefused(refused, 2, 'cli/usage', '--no-times needs --json');
  });
});
