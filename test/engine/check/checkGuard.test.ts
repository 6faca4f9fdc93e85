/** The checks of a guard: a right one passes them, and each planted mistake is found with its code. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../src/core/check/checkModel.ts';
import { countResults } from '../../../src/core/check/checkText.ts';
import { checkGuard } from '../../../src/engine/check/checkGuard.ts';
import { guardMistakes, type MistakeSession } from '../../planted/guardMistakes.ts';
import { patiently } from '../../support/patience.ts';
import { cannedTrace } from '../../support/guards/cannedGuard.ts';
import { plantedGuard } from '../../support/guards/plantedGuard.ts';
import { workerFile } from '../../support/paths.ts';
import { proves } from '../../support/proves.ts';
import { samplePath } from '../../support/samples.ts';
import { cache } from '../runtime/guards.ts';

const folder = mkdtempSync(join(tmpdir(), 'guardscope-check-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Checks a module, with a captured session when there is one. Hangs end after half a second. */
function checked(name: string, bytes: Uint8Array, session?: MistakeSession): Promise<readonly CheckResult[]> {
  const file = join(folder, name.replaceAll(/[^a-z0-9]/gi, '-'));
  const [guard, trace] = [`${file}.wasm`, `${file}.guardtrace.jsonl`];
  writeFileSync(guard, bytes);
  if (session !== undefined) writeFileSync(trace, cannedTrace(session.calls, session.tools));
  const traces = session === undefined ? [] : [trace];
  return checkGuard({ guard, policy: null, traces, server: null, deadlineMs: patiently(2_000) }, { workerFile, cache });
}

function codesOf(results: readonly CheckResult[]): readonly string[] {
  return results
    .flatMap(({ findings }) => findings)
    .flatMap(({ code, severity }) => (severity === 'info' ? [] : [code]));
}

describe('a guard without mistakes', () => {
  it('passes every check', async () => {
    const results = await checked('right', plantedGuard());
    expect(codesOf(results)).toEqual([]);
    expect(countResults(results)).toMatchObject({ mistakes: 0, notApplicable: 7 });
  });

  it('is what the sample is, with the session that was captured with it', async () => {
    const sample = (name: string): string => samplePath('files-and-memory', name);
    const results = await checkGuard(
      {
        guard: sample('guard.wasm'),
        policy: sample('policy.json'),
        traces: [sample('trace.guardtrace.jsonl')],
        server: null,
        deadlineMs: 10_000,
      },
      { workerFile, cache },
    );
    expect(results.flatMap(({ findings }) => findings)).toEqual([]);
  });
});

describe('a planted mistake of a guard', () => {
  it.each(guardMistakes)('$name: $code', async ({ name, mistake, code, session }) => {
    proves('own:check-finds-mistakes');
    const results = await checked(name, plantedGuard(mistake), session);
    expect(codesOf(results)).toContain(code);
    const finding = results.flatMap(({ findings }) => findings).find((each) => each.code === code);
    expect(finding?.meaning).toMatch(/^[A-Z].{20}/);
    expect(finding?.hint).toBeTruthy();
  });

  it('in one check does not spoil the others', async () => {
    proves('own:check-isolated');
    const hang = guardMistakes.find(({ code }) => code === 'check/hangs');
    const results = await checked('isolated', plantedGuard(hang?.mistake));
    const outcome = (id: string) => results.find(({ check }) => check === id)?.outcome;
    expect(outcome('odd-results')).toBe('finding');
    expect(['odd-arguments', 'unicode', 'deterministic', 'memory-growth'].map(outcome)).toEqual(
      Array.from({ length: 4 }, () => 'passed'),
    );
  });
});

it('a label_agent that traps is one finding, and the other functions are checked without it', async () => {
  const results = await checked('agent', plantedGuard({ label_agent: 'unreachable' }));
  expect(results.find(({ check }) => check === 'session-start')?.findings[0]?.code).toBe('check/trap');
  expect(results.find(({ check }) => check === 'odd-results')?.outcome).toBe('passed');
});
