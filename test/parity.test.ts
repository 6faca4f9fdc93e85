/** Runs every recorded case of production through the product's own step runner; cases that do not pass are listed in deviations.ts. */
import { afterAll, describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../src/core/base/json.ts';
import { StepRunner } from '../src/engine/replay/stepRunner.ts';
import { CompileCache } from '../src/engine/runtime/host/compileCache.ts';
import { SpareWorkers } from '../src/engine/runtime/host/spareWorkers.ts';
import { deviations } from './deviations.ts';
import { actualShape, expectedShape, parityCases, parityGroups, type ParityCase } from './support/records/parity.ts';
import { workerFile } from './support/paths.ts';
import { proves } from './support/proves.ts';

const cache = new CompileCache();
const spare = new SpareWorkers(workerFile);
const cases = parityCases(parityGroups());

afterAll(() => spare.close());

describe('parity', () => {
  it('has every group', () => {
    expect(parityGroups()).toHaveLength(16);
    expect(cases).toHaveLength(146);
  });

  it('passes at least nine of ten cases, and every deviation names a case', () => {
    proves('own:deviations-are-data');
    const names = new Set(cases.map(({ name }) => name));
    expect(deviations.filter(({ name }) => !names.has(name))).toEqual([]);
    expect(deviations.length).toBeLessThanOrEqual(cases.length / 10);
  });

  it.each(cases.map((parity) => [parity.name, parity] as const))('%s', async (name, parity) => {
    proves('own:parity');
    const printed = await runCase(parity);
    const deviation = deviations.find((candidate) => candidate.name === name);
    if (deviation !== undefined) {
      expect(differences(parity, printed)).toEqual(deviation.differences);
      return;
    }
    for (const [at, expected] of parity.expected.entries()) {
      const line = printed[at] ?? {};
      expect(actualShape(expected, line), `step ${at + 1}: ${JSON.stringify(parity.steps[at])}`).toEqual(
        expectedShape(expected),
      );
    }
  });
});

async function runCase(parity: ParityCase): Promise<readonly JsonObject[]> {
  const runner = new StepRunner(parity.guard, { workerFile, cache, spare });
  const lines: JsonObject[] = [];
  try {
    // Converts the result to the output of the command line: JSON and back.
    for (const step of parity.steps) lines.push(JSON.parse(JSON.stringify(await runner.run(step))) as JsonObject);
  } finally {
    await runner.close();
  }
  return lines;
}

function differences(parity: ParityCase, printed: readonly JsonObject[]): unknown {
  return parity.expected.flatMap((expected, at) => {
    const wanted = expectedShape(expected) as JsonObject;
    const got = actualShape(expected, printed[at] ?? {}) as JsonObject;
    return Object.keys(wanted)
      .filter((member) => JSON.stringify(wanted[member]) !== JSON.stringify(got[member]))
      .map((member) => ({ line: at + 1, member, printed: got[member] as JsonValue }));
  });
}
