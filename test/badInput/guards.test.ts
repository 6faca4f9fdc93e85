/** Misbehaving guards: every call gets a decision with the gateway's error within the deadline. */
import { afterAll, describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../src/core/difc/record/decision.ts';
import { maxBackendCalls, keptLogLines, memoryLimitBytes } from '../../src/engine/runtime/shared/abi.ts';
import { readTraceFile } from '../../src/engine/traceFiles/traceFile.ts';
import { expectOrderly, guardscopeHere } from '../cli/run.ts';
import { badGuards } from '../support/guards/badGuards.ts';
import { patiently } from '../support/patience.ts';
import { file, policy, removeFiles, traceLines } from './support.ts';

afterAll(removeFiles);

/** The beginning of the sample capture, with its first calls. */
const trace = file('start.guardtrace.jsonl', `${traceLines.slice(0, 20).join('\n')}\n`);
const { calls } = await readTraceFile(trace);

async function replayed(name: string, flags: readonly string[] = []) {
  const bad = badGuards.find((candidate) => candidate.name === name);
  if (bad === undefined) throw new Error(`no bad guard named "${name}"`);
  const path = file(`${name.replaceAll(' ', '-')}.wasm`, bad.bytes);
  // A guard that fails before its deadline must not reach it on a busy machine.
  const limit = bad.error.includes('deadline exceeded') ? 1000 : patiently(30_000);
  const run = await guardscopeHere(['replay', trace, '--guard', path, '--deadline', `${limit}`, '--json', ...flags]);
  expectOrderly(run);
  const records = run.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as DecisionRecord);
  return { bad, run, records };
}

describe('a misbehaving guard', () => {
  it.each(badGuards.map(({ name }) => name))('that %s fails every call with its error', async (name) => {
    const { bad, run, records } = await replayed(name);
    expect(records).toHaveLength(calls.length);
    expect(records.length).toBeGreaterThan(3);
    expect(records[0]?.error).toContain(bad.error);
    expect(records.every(({ outcome }) => outcome === 'error')).toBe(true);
    // A guard refuses a call with a negative code; every other error is a failure of the guard.
    expect(run.code).toBe(/error code: -/.test(bad.error) ? 0 : 4);
    const unavailable = records.filter(({ error }) => error?.includes('is unavailable after a previous trap'));
    expect(unavailable).toHaveLength(bad.poisons ? calls.length - 1 : 0);
  });

  it('gets no more memory than the cap', async () => {
    const { records } = await replayed('allocates up to the cap');
    const peaks = records.flatMap(({ guardCalls }) => guardCalls.map((call) => call.memory?.peak ?? 0));
    expect(Math.max(...peaks)).toBe(memoryLimitBytes);
  });

  it('has its first and last log lines recorded and the rest counted', async () => {
    const { records } = await replayed('logs a million lines');
    const [call] = records[0]?.guardCalls ?? [];
    expect(call?.log).toHaveLength(2 * keptLogLines);
    expect(call?.logDropped).toBe(1_000_000 - 2 * keptLogLines);
  });

  it('reaches the backend only as often as the gateway allows', async () => {
    const { records } = await replayed('makes endless look-ups');
    const [call] = records[0]?.guardCalls ?? [];
    const reached = call?.backendCalls.filter((each) => each.reached) ?? [];
    expect(reached).toHaveLength(maxBackendCalls);
    expect(call?.backendCalls.some(({ end }) => end === 'over-limit')).toBe(true);
  });

  it('that rejects the policy fails the initialization of the session', async () => {
    const { records, run } = await replayed('returns an empty answer', ['--policy', policy]);
    expect(run.code).toBe(4);
    expect(records).toHaveLength(calls.length);
    for (const { error } of records) expect(error).toContain('guard session initialization failed');
  });
});

it('the table shows a trap in its row, and every later row names that call', async () => {
  const path = file('traps.wasm', badGuards.find(({ name }) => name === 'traps')?.bytes ?? '');
  const run = await guardscopeHere(['replay', trace, '--guard', path]);
  expectOrderly(run);
  expect(run.code).toBe(4);
  expect(run.stdout.match(/^ +\d+ {2}error /gm)).toHaveLength(calls.length);
  expect(run.stdout.match(/wasm error: unreachable/g)).toHaveLength(1);
  expect(run.stdout.match(/unavailable after its trap in call 1$/gm)).toHaveLength(calls.length - 1);
  expect(run.stdout).toContain(`${calls.length} calls: ${calls.length} error`);
});
