/** `guardscope replay` of the sample: the table, the account, the records, every flag, and the exit code. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../src/core/difc/record/decision.ts';
import { forever, guardBytes } from '../engine/runtime/guards.ts';
import { expectGolden } from '../support/golden.ts';
import { samplePath } from '../support/samples.ts';
import { type CliRun, type CliOptions, expectOrderly, expectRefused, guardscope, guardscopeHere } from './run.ts';

const trace = samplePath('files-and-memory', 'trace.guardtrace.jsonl');
const gatewayLog = samplePath('files-and-memory', 'gateway-log');
const guard = samplePath('files-and-memory', 'guard.wasm');
const policy = samplePath('files-and-memory', 'policy.json');
const folder = mkdtempSync(join(tmpdir(), 'replay-'));
const calls = 32;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** In this process, except for what needs a pipe. */
function replay(flags: readonly string[] = [], options?: CliOptions): Promise<CliRun> {
  const args = ['replay', trace, '--guard', guard, '--policy', policy, ...flags];
  return options === undefined ? guardscopeHere(args) : guardscope(args, options);
}

function records({ stdout }: CliRun): readonly DecisionRecord[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as DecisionRecord);
}

function outcomes(run: CliRun): readonly string[] {
  return records(run).map(({ outcome }) => outcome);
}

/** Replaces times, which differ between runs, by text of the same width, so that the columns stay aligned. */
function steady(text: string): string {
  return text
    .replaceAll(/ +\d+\.\d\d ms/g, (time) => 'T.TT ms'.padStart(time.length))
    .replaceAll(/took \d+\.\d ms/g, 'took T.T ms')
    .replaceAll(/; \d+\.\d\d s in all/g, '; T.TT s in all')
    .replaceAll(/\d+ calls\/s/g, 'N calls/s');
}

describe('the text output', () => {
  it('is a table with a row for each call, reasons below calls that were not allowed, and totals at the end', async () => {
    const run = await replay();
    expectOrderly(run);
    expect(run.code).toBe(0);
    expectGolden('replay-table', steady(run.stdout));
    expectGolden('replay-table-problems', run.stderr);
    expect(run.stdout.match(/^ +\d+ {2}(?:allowed|filtered|denied|blocked|error) /gm)).toHaveLength(calls);
  });

  it('has the account of every call and the notes with --explain', async () => {
    const run = await replay(['--explain']);
    expectOrderly(run);
    expect(run.code).toBe(0);
    expectGolden('replay-explain', steady(run.stdout));
    expectGolden('replay-explain-problems', run.stderr);
    expect(run.stdout).not.toContain('not shown');
  });

  it('has no colours in a pipe, with or without NO_COLOR', async () => {
    for (const env of [{ NO_COLOR: '1' }, { FORCE_COLOR: '1' }]) {
      const run = await replay([], { env });
      expect(run.stdout).not.toContain('\u001B');
      expect(run.stderr).not.toContain('\u001B');
    }
  });
});

describe('--json', () => {
  let run: CliRun;
  beforeAll(async () => {
    run = await replay(['--json']);
  });

  it('prints one record per line, in the order of the trace', () => {
    expectOrderly(run);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout.trimEnd().split('\n')).toHaveLength(calls);
    expect(records(run).map(({ index }) => index)).toEqual(Array.from({ length: calls }, (_, index) => index));
  });

  it.each([
    ...['index', 'time', 'server', 'tool', 'args', 'agent', 'mode', 'operation', 'resource', 'coarse', 'items'],
    ...['outcome', 'client', 'agentBefore', 'agentAfter', 'guardCalls', 'problems'],
  ])('prints records with the field %s', (field) => {
    for (const record of records(run)) expect(record).toHaveProperty(field);
  });

  it('prints all fields of the parts of a record', () => {
    const all = records(run);
    const labels = { secrecy: expect.any(Array), integrity: expect.any(Array) };
    for (const { resource, coarse, items, agentBefore, agentAfter, client } of all) {
      if (resource !== null) expect(resource).toMatchObject({ description: expect.any(String), ...labels });
      if (coarse !== null) {
        const lists = { secrecyToAdd: expect.any(Array), integrityToDrop: expect.any(Array) };
        const texts = { outcome: expect.any(String), decision: expect.any(String), reason: expect.any(String) };
        expect(coarse).toMatchObject({ ...texts, ...lists });
      }
      for (const item of items ?? []) {
        const texts = { path: expect.any(String), description: expect.any(String), reason: expect.any(String) };
        expect(item).toMatchObject({ index: expect.any(Number), allowed: expect.any(Boolean), ...texts, ...labels });
      }
      expect([agentBefore, agentAfter]).toMatchObject([labels, labels]);
      expect(Object.keys(client)).toHaveLength(1);
    }
    for (const tags of all.flatMap((record) => [record.agentAfter.secrecy, record.resource?.integrity ?? []])) {
      expect(tags).toEqual([...tags].sort());
    }
    expect(all.flatMap((record) => record.guardCalls).length).toBeGreaterThan(calls);
  });

  it('prints the same records in a second run', async () => {
    const plain = (each: CliRun): unknown =>
      JSON.parse(
        JSON.stringify(records(each), (key, value: unknown) => (/^(?:durationMs|atMs)$/.test(key) ? 0 : value)),
      );
    expect(plain(await replay(['--json']))).toEqual(plain(run));
  });
});

describe('flags', () => {
  it('--mode applies when the guard sets no mode', async () => {
    // Without a policy label_agent is not called, so the configured mode applies.
    const modes = await Promise.all(
      ['strict', 'filter', 'propagate'].map(async (mode) => {
        const run = await guardscopeHere(['replay', trace, '--guard', 'noop', '--json', '--mode', mode]);
        return [...new Set(records(run).map((record) => record.mode))];
      }),
    );
    expect(modes).toEqual([['strict'], ['filter'], ['propagate']]);
    const own = records(await replay(['--json', '--mode', 'strict']));
    expect(new Set(own.slice(1).map((record) => record.mode))).toEqual(new Set(['filter']));
  });

  it('--server selects the replayed server; the default is the one with the most calls', async () => {
    const run = (flags: readonly string[]): Promise<CliRun> =>
      guardscopeHere(['replay', gatewayLog, '--guard', guard, '--policy', policy, '--json', ...flags]);
    const servers = async (flags: readonly string[]): Promise<unknown> =>
      new Set(records(await run(flags)).map(({ server }) => server));
    expect(await servers([])).toEqual(new Set(['files']));
    expect(await servers(['--server', 'memory'])).toEqual(new Set(['memory']));
    expectRefused(await run(['--server', 'mail']), 2, 'trace/no-such-server', '"mail"', '"files"', '"memory"');
  });

  it('--backend none makes every look-up fail', async () => {
    const run = await replay(['--backend', 'none', '--json']);
    expectOrderly(run);
    const lookups = records(run).flatMap(({ guardCalls }) => guardCalls.flatMap((call) => call.backendCalls));
    expect(lookups.length).toBeGreaterThan(0);
    expect(new Set(lookups.map(({ end, code }) => `${end} ${code}`))).toEqual(new Set(['error -1']));
    expect(outcomes(run)).not.toEqual(outcomes(await replay(['--json'])));
  });

  it('--deadline ends a looping guard, with exit code 4', async () => {
    const looping = file('loops.wasm', guardBytes({ label_resource: `${forever} (i32.const 0)` }));
    const run = await guardscopeHere(['replay', trace, '--guard', looping, '--deadline', '200', '--json']);
    expectOrderly(run);
    expect(run.code).toBe(4);
    expect(outcomes(run)).toEqual(Array.from({ length: calls }, () => 'error'));
    const [first, second] = records(run);
    expect(first?.error).toContain('context deadline exceeded');
    expect(second?.error).toContain('is unavailable after a previous trap');
  });

  it('--deadline longer than a timer can count is no deadline', async () => {
    const run = await replay(['--deadline', '99999999999', '--json']);
    expectOrderly(run);
    expect(run).toMatchObject({ code: 0, stderr: '' });
  });

  it('without --policy the guard is called anyway, with a warning', async () => {
    const run = await guardscopeHere(['replay', trace, '--guard', guard, '--json']);
    expectOrderly(run);
    expect(run.code).toBe(0);
    expect(run.stderr).toContain('[policy/none]\n  Add --policy FILE. The gateway would');
    expect(records(run).flatMap(({ guardCalls }) => guardCalls.map((call) => call.function))).not.toContain(
      'label_agent',
    );
  });
});

describe('built-in guards', () => {
  it('noop runs without a policy and without problems', async () => {
    const run = await guardscopeHere(['replay', trace, '--guard', 'noop', '--json']);
    expectOrderly(run);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const all = records(run);
    expect(new Set(all.map(({ operation }) => operation))).toEqual(new Set(['read-write']));
    expect(all.every(({ guardCalls }) => guardCalls.length === 0)).toBe(true);
    expect(new Set(outcomes(run)).has('denied')).toBe(false);
  });

  it('a write-sink policy needs no guard', async () => {
    const sink = file('sink.json', '{"write-sink":{"accept":["private:customers"]}}');
    const run = await guardscopeHere(['replay', trace, '--policy', sink, '--json']);
    expectOrderly(run);
    expect(run.code).toBe(0);
    const [first] = records(run);
    expect(first).toMatchObject({ operation: 'write', resource: { secrecy: ['private:customers'] } });
    expect(records(run)).toHaveLength(calls);
  });
});

describe('a closed pipe', () => {
  it.each([
    ['of standard output', 'stdout'],
    ['of both streams', 'both'],
  ] as const)('%s ends the run without an error', async (_name, hangUp) => {
    for (const flags of [[], ['--json'], ['--explain']]) {
      const run = await replay(flags, { hangUp });
      expectOrderly(run);
      expect(run.code).toBe(0);
      expect(run.stderr).not.toContain('EPIPE');
    }
  });

  it('ends the replay, not only its output', async () => {
    // The first calls take so long that their rows are printed; a later one never ends, so a replay that goes on does not end either.
    const slow = `(local $i i32) (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $l (i32.lt_u (local.get $i) (i32.const 20000000))))`;
    const count = `(global.set $calls (i32.add (global.get $calls) (i32.const 1)))`;
    const hang = `(if (i32.gt_u (global.get $calls) (i32.const 10)) (then ${forever}))`;
    const guard = guardBytes({
      rest: '(global $calls (mut i32) (i32.const 0))',
      label_resource: `${slow} ${count} ${hang} (i32.const 0)`,
    });
    const path = file('slow.wasm', guard);
    const args = ['replay', trace, '--guard', path, '--deadline', '3600000'];
    expectOrderly(await guardscope(args, { hangUp: 'stdout' }));
  });
});

describe('exit code 3 is the end of a replay with', () => {
  it.each<readonly [string, Uint8Array | string, string]>([
    ['a module that is not a guard', guardBytes({}).subarray(0, 8), 'must export label_resource'],
    ['a file that is not a module', 'hello', 'invalid magic number'],
    ['an empty file', '', 'invalid magic number'],
  ])('%s', async (name, content, sentence) => {
    const path = file(`${name}.wasm`, content);
    const run = await guardscopeHere(['replay', trace, '--guard', path, '--policy', policy]);
    expectRefused(run, 3, 'guard/not-loaded', `guardscope: ${path}: `, sentence, 'guardscope inspect');
  });

  it('a start function that never returns, at the deadline', async () => {
    const path = file('start.wasm', guardBytes({ rest: `(func $go ${forever}) (start $go)` }));
    const run = await guardscopeHere(['replay', trace, '--guard', path, '--deadline', '200']);
    expectRefused(run, 3, 'guard/not-loaded', 'context deadline exceeded');
  });

  it('a start function that traps, with its frames', async () => {
    const path = file('trap.wasm', guardBytes({ rest: '(func $go unreachable) (start $go)' }));
    const run = await guardscopeHere(['replay', trace, '--guard', path]);
    expectRefused(run, 3, 'guard/not-loaded', 'wasm error: unreachable', '\n    at $4');
  });
});
