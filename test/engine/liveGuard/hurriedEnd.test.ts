/** The end of a tap in a hurry: guards that load or decide get time, guards that do not return are stopped. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { type GuardSight, StallWatch } from '../../../src/engine/liveGuard/hurriedEnd.ts';
import { CompileCache, type Preparation } from '../../../src/engine/runtime/host/compileCache.ts';
import { proves } from '../../support/proves.ts';
import { forever } from '../runtime/guards.ts';
import { allowing, answer, call, closeGates, gateOf } from './gateSetup.ts';

afterEach(closeGates);

describe('a guard', () => {
  const first: GuardSight = { wallMs: 0, cpuMs: 0, steps: 0, isLoading: false };
  /** Whether the guard is stalled at the last of these sights. */
  const isStalled = (...later: readonly Partial<GuardSight>[]): boolean | undefined => {
    const watch = new StallWatch(first);
    return later.map((sight) => watch.isStalled({ ...first, ...sight })).at(-1);
  };

  test.each<[string, readonly Partial<GuardSight>[], boolean]>([
    ['that runs for long without a step is stalled', [{ wallMs: 100, cpuMs: 100 }], true],
    ['that gets no processor is not', [{ wallMs: 3000, cpuMs: 20 }], false],
    ['whose process runs many threads at once is not before its time', [{ wallMs: 60, cpuMs: 1000 }], false],
    [
      'that has made a step is not',
      [
        { wallMs: 99, cpuMs: 99, steps: 1 },
        { wallMs: 150, cpuMs: 150, steps: 1 },
      ],
      false,
    ],
    [
      'that made a step and no other is',
      [
        { wallMs: 50, steps: 1 },
        { wallMs: 150, cpuMs: 100, steps: 1 },
      ],
      true,
    ],
    ['that is compiled for a second is not', [{ wallMs: 1000, cpuMs: 1000, isLoading: true }], false],
    ['that is compiled for ever is', [{ wallMs: 5000, cpuMs: 5000, isLoading: true }], true],
    ['that makes steps for ever is at last', [{ wallMs: 30_000, steps: 9 }], true],
  ])('%s', (_what, later, stalled) => {
    expect(isStalled(...later)).toBe(stalled);
  });
});

describe('a gate that is closed in a hurry', () => {
  /** Compiles later than any guard call may take. */
  class SlowCache extends CompileCache {
    override async prepare(...given: Parameters<CompileCache['prepare']>): Promise<Preparation> {
      await sleep(400);
      return super.prepare(...given);
    }
  }

  test('lets a guard that is still compiled decide its calls', async () => {
    proves('own:end-waits-for-guards');
    const { gate, lines } = gateOf(allowing, 'watch', new SlowCache());
    for (const id of [1, 2]) {
      gate.fromClient(call(id), 0);
      gate.fromServer(answer(id), 0);
    }
    expect(gate.undecided()).toBe(2);
    await gate.close(AbortSignal.abort());
    const functions = lines.flatMap(({ guard }) => (guard as { function: string; error: string | null }[]) ?? []);
    expect(functions.map(({ function: name, error }) => [name, error])).toEqual([
      ['label_resource', null],
      ['label_resource', null],
    ]);
    expect(gate.undecided()).toBe(0);
  });

  test('stops a guard that does not return, and says how many calls it has not decided', async () => {
    const stopped: number[] = [];
    const endless = { ...allowing, label_resource: `${forever} (i32.const 0)` };
    const { gate } = gateOf(endless, 'watch', undefined, (undecided) => stopped.push(undecided));
    for (const id of [1, 2]) gate.fromClient(call(id), 0);
    await gate.close(AbortSignal.abort());
    expect(stopped).toEqual([2]);
  });
});
