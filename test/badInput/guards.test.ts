/** Guards that misbehave: each call gets its decision and the gateway's text, within the deadline, and nothing is lost. */
import { describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../src/core/difc/record/decision.ts';
import { maxBackendCalls, maxLogLines, memoryLimitBytes } from '../../src/engine/runtime/shared/abi.ts';
import { readTraceFile } from '../../src/engine/traceFiles/traceFile.ts';
import { expectOrderly, guardscope } from '../cli/run.ts';
import { badGuards } from '../support/badGuards.ts';
import { file, policy, traceLines } from './support.ts';

/** The beginning of the sample's session, with its first calls. */
const trace = file('start.guardtrace.jsonl', `${traceLines.slice(0, 20).join('\n')}\n`);
const { calls } = await readTraceFile(trace);

async function replayed(name: string, flags: readonly string[] = []) {
  const bad = badGuards.find((candidate) => candidate.name === name);
  if (bad === undefined) throw new Error(`there is no guard that ${name}`);
  const path = file(`${name.replaceAll(' ', '-')}.wasm`, bad.bytes);
  const run = await guardscope(['replay', trace, '--guard', path, '--deadline', '1000', '--json', ...flags]);
  expectOrderly(run);
  const records = run.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as DecisionRecord);
  return { bad, run, records };
}

describe('a guard that', () => {
  it.each(badGuards.map(({ name }) => name))('%s', async (name) => {
    const { bad, run, records } = await replayed(name);
    expect(records).toHaveLength(calls.length);
    expect(records.length).toBeGreaterThan(3);
    expect(records[0]?.error).toContain(bad.error);
    expect(records.every(({ outcome }) => outcome === 'error')).toBe(true);
    // A negative number is how a guard refuses a call; anything else here is a failure of the guard.
    expect(run.code).toBe(/error code: -/.test(bad.error) ? 0 : 4);
    const unavailable = records.filter(({ error }) => error?.includes('is unavailable after a previous trap'));
    expect(unavailable).toHaveLength(bad.poisons ? calls.length - 1 : 0);
  });

  it('allocates gets no more than the cap', async () => {
    const { records } = await replayed('allocates up to the cap');
    const peaks = records.flatMap(({ guardCalls }) => guardCalls.map((call) => call.memory?.peak ?? 0));
    expect(Math.max(...peaks)).toBe(memoryLimitBytes);
  });

  it('logs too much keeps its first lines, and the number of the others', async () => {
    const { records } = await replayed('logs a million lines');
    const [call] = records[0]?.guardCalls ?? [];
    expect(call?.log).toHaveLength(maxLogLines);
    expect(call?.logDropped).toBe(1_000_000 - maxLogLines);
  });

  it('asks for ever reaches the backend as often as the gateway lets it', async () => {
    const { records } = await replayed('asks for ever');
    const [call] = records[0]?.guardCalls ?? [];
    const reached = call?.backendCalls.filter((each) => each.reached) ?? [];
    expect(reached).toHaveLength(maxBackendCalls);
    expect(call?.backendCalls.some(({ end }) => end === 'over-limit')).toBe(true);
  });

  it('misbehaves with the policy is refused before anything else', async () => {
    const { records, run } = await replayed('answers nothing', ['--policy', policy]);
    expect(run.code).toBe(4);
    expect(records).toHaveLength(calls.length);
    for (const { error } of records) expect(error).toContain('guard session initialization failed');
  });
});

it('the table names what happened where it did, and on each later row the call in which it did', async () => {
  const path = file('traps.wasm', badGuards.find(({ name }) => name === 'traps')?.bytes ?? '');
  const run = await guardscope(['replay', trace, '--guard', path]);
  expectOrderly(run);
  expect(run.code).toBe(4);
  expect(run.stdout.match(/^ +\d+ {2}error /gm)).toHaveLength(calls.length);
  expect(run.stdout.match(/wasm error: unreachable/g)).toHaveLength(1);
  expect(run.stdout.match(/unavailable after its trap in call 1$/gm)).toHaveLength(calls.length - 1);
  expect(run.stdout).toContain(`${calls.length} calls: ${calls.length} error`);
});
