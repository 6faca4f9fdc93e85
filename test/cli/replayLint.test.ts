/** `guardscope replay` shows the mistakes of a guard's author in the table, in the records and in the account; `--strict` exits with 1. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import type { JsonValue } from '../../src/core/base/json.ts';
import type { DecisionRecord } from '../../src/core/difc/record/decision.ts';
import { askBackend } from '../engine/runtime/guards.ts';
import { cannedGuard, type CannedAnswers, type CannedCall, cannedTrace } from '../support/guards/cannedGuard.ts';
import { proves } from '../support/proves.ts';
import { samplePath } from '../support/samples.ts';
import { type CliRun, expectOrderly, guardscopeHere } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'replay-lint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const policy = join(folder, 'policy.json');
writeFileSync(policy, '{"allow-only":{"repos":"all","min-integrity":"none"}}');

let files = 0;
async function replay(
  answers: CannedAnswers,
  calls: readonly CannedCall[],
  flags: readonly string[],
  tools?: readonly JsonValue[],
): Promise<CliRun> {
  files++;
  const [trace, guard] = [join(folder, `${files}.guardtrace.jsonl`), join(folder, `${files}.wasm`)];
  writeFileSync(trace, cannedTrace(calls, tools));
  writeFileSync(guard, cannedGuard(answers));
  const run = await guardscopeHere(['replay', trace, '--guard', guard, '--policy', policy, ...flags]);
  expectOrderly(run);
  return run;
}

function records({ stdout }: CliRun): readonly DecisionRecord[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as DecisionRecord);
}

const misspelt: CannedAnswers = {
  label_resource: { json: { resource: { secrecy_tags: ['private:x'] }, operation: 'read' } },
};
const three: readonly CannedCall[] = [{}, {}, {}];

describe('a misspelt member', () => {
  it('is one warning in the table with the word, the next step, the answer, and a count of the rest', async () => {
    const { stderr, code } = await replay(misspelt, three, []);
    expect(code).toBe(0);
    expect(stderr).toContain('call 1 (list_things): warning: The gateway ignores "secrecy_tags" in "/resource"');
    expect(stderr).toContain('[lint/unknown-field]\n  Did you mean "secrecy"?');
    expect(stderr).toContain(
      '  label_resource answered: {"resource":{"secrecy_tags":["private:x"]},"operation":"read"}',
    );
    expect(stderr).toContain('2 more problems like this at call 2, call 3');
  });

  it('is in the problems of each record with --json', async () => {
    const all = records(await replay(misspelt, three, ['--json']));
    const fix = { kind: 'rename', at: '/resource/secrecy_tags', replace: 'secrecy_tags', by: 'secrecy' };
    for (const { problems } of all)
      expect(problems).toContainEqual(expect.objectContaining({ code: 'lint/unknown-field', fix }));
  });

  it('is in the account of each call with --explain', async () => {
    const { stderr } = await replay(misspelt, three, ['--explain']);
    expect(stderr.match(/Did you mean "secrecy"\?/g)).toHaveLength(3);
  });
});

describe('the exit code', () => {
  test.each<readonly [title: string, answers: CannedAnswers, flags: readonly string[], code: number]>([
    ['is 0 for a warning without --strict', misspelt, [], 0],
    ['is 1 for a warning with --strict', misspelt, ['--strict'], 1],
    ['is 1 for a warning with --strict and --json', misspelt, ['--strict', '--json'], 1],
    ['is 0 with --strict for right answers', {}, ['--strict'], 0],
    [
      'is 1 with --strict for an operation that the gateway does not know',
      { label_resource: { json: { resource: {}, operation: 'Read' } } },
      ['--strict'],
      1,
    ],
    ['is 4 with --strict for a guard that trapped', { label_response: { body: 'unreachable' } }, ['--strict'], 4],
  ])('%s', async (_title, answers, flags, code) => {
    proves('own:lint-strict');
    expect((await replay(answers, [{}], flags)).code).toBe(code);
  });

  test.each(['files-and-memory', 'files-and-memory-as'])(
    'with --strict follows from true warnings about the sample %s',
    async (sample) => {
      for (const trace of ['trace', 'memory']) {
        const file = (name: string): string => samplePath(sample, name);
        const run = await guardscopeHere([
          ...['replay', file(`${trace}.guardtrace.jsonl`), '--guard', file('guard.wasm')],
          ...['--policy', file('policy.json'), '--strict'],
        ]);
        const warnings = run.stderr.split('\n').filter((line) => line.includes('warning') && line.includes('[lint/'));
        // The smaller guard treats every tool that it does not know as a write; the server declares two of them as read-only.
        const unknown =
          sample === 'files-and-memory-as' && trace === 'trace' ? ['directory_tree', 'list_directory_with_sizes'] : [];
        expect(warnings.map((line) => /\((\w+)\)/.exec(line)?.[1])).toEqual(unknown);
        expect(run.code).toBe(unknown.length === 0 ? 0 : 1);
      }
    },
  );
});

describe('a response without labels', () => {
  const silent: CannedAnswers = { label_response: { body: '(i32.const 0)' } };

  it('is marked, counted and explained in the table, and marked in the record', async () => {
    proves('own:lint-marks');
    const { stdout } = await replay(silent, three, []);
    expect(stdout.match(/^ +\d+ {2}allowed !read/gm)).toHaveLength(3);
    expect(stdout).toContain('Unlabeled: label_response gave no labels');
    expect(stdout).toContain(
      'marked "!": 3 calls without labels of the response (unlabeled), 3 calls with warnings about the guard (lint)',
    );
    for (const { marks } of records(await replay(silent, three, ['--json'])))
      expect(marks).toEqual(['lint', 'unlabeled']);
  });

  it('can be chosen with --only', async () => {
    proves('own:lint-marks');
    expect(records(await replay(silent, three, ['--json', '--only', 'unlabeled']))).toHaveLength(3);
    expect(records(await replay({}, three, ['--json', '--only', 'unlabeled']))).toHaveLength(0);
    const { stdout } = await replay({}, three, ['--only', 'unlabeled,denied']);
    expect(stdout).not.toContain('list_things');
    expect(stdout).toContain('3 calls: 3 allowed');
  });

  it('is not marked for an unknown word of --only, which is refused', async () => {
    const run = await replay({}, three, ['--only', 'unlabelled']);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('not "unlabelled" [cli/usage]');
  });
});

describe('a look-up that was not recorded', () => {
  const asks: CannedAnswers = {
    label_resource: {
      body: `(drop ${askBackend}) (memory.copy (local.get $out) (i32.const 60000) (i32.const 34)) (i32.const 34)`,
    },
    rest: '(data (i32.const 60000) "{\\22resource\\22:{},\\22operation\\22:\\22read\\22}")',
  };

  it('is counted, and the decision is marked; only --strict fails', async () => {
    proves('own:lint-marks');
    const run = await replay(asks, three, []);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('with 3 look-ups, 3 of them not recorded');
    expect(run.stdout).toContain('Rests on a look-up that was not recorded; production may decide differently');
    expect(run.stderr).toContain('tap --guard');
    expect((await replay(asks, three, ['--strict'])).code).toBe(1);
    for (const { marks } of records(await replay(asks, three, ['--json']))) expect(marks).toEqual(['unrecorded']);
  });
});

describe('a session', () => {
  const destroys = [{ name: 'list_things', annotations: { destructiveHint: true } }];

  it('with a tool that the server declares as destructive has a warning at its calls', async () => {
    const { stderr, code } = await replay({}, three, ['--strict'], destroys);
    expect(stderr).toContain(
      'The server declares "list_things" as destructive (destructiveHint), but the guard labels the call as "read"',
    );
    expect(stderr).toContain('2 more problems like this at call 2, call 3');
    expect(code).toBe(1);
  });

  it('with a failure that repeats has one finding with its count', async () => {
    const { stderr, code } = await replay({ label_resource: { body: '(i32.const -1)' } }, three, ['--strict']);
    expect(stderr).toContain(
      'session: info: label_resource failed with the same error in 3 of 3 calls, first in call 1',
    );
    expect(code).toBe(0);
  });

  it('with a guard that was killed says so at the first call', async () => {
    const { stderr } = await replay({ label_resource: { body: 'unreachable' } }, three, []);
    expect(stderr).toContain(
      'call 1 (list_things): warning: This call killed the guard: label_resource ended with "wasm error: unreachable"',
    );
    expect(stderr).toContain('2 calls were refused only because the guard was killed in call 1');
    expect(stderr.match(/\[lint\/guard-killed\]/g)).toHaveLength(1);
  });
});

it('changes no decision', async () => {
  proves('own:lint-strict');
  const plain = ({ outcome, items, client, agentAfter }: DecisionRecord): unknown => ({
    outcome,
    items,
    client,
    agentAfter,
  });
  const right: CannedAnswers = { label_resource: { json: { resource: {}, operation: 'read' } } };
  const [wrong, fine] = [await replay(misspelt, three, ['--json']), await replay(right, three, ['--json'])];
  expect(records(wrong).map(plain)).toEqual(records(fine).map(plain));
});
