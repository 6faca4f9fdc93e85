/** How long it takes from the bytes of a guard to its first `label_agent` answer: cold, with the compile cache, with a spare worker. */
import { buildLabelAgentPayload } from '../../src/core/policy/payload.ts';
import { loadWasmGuard } from '../../src/engine/guard/loadGuard.ts';
import { CompileCache } from '../../src/engine/runtime/compileCache.ts';
import { SpareWorkers } from '../../src/engine/runtime/spareWorkers.ts';
import { report, time } from './measure.ts';
import { guardBytes, policy, workerFile } from './subjects.ts';

const payload = buildLabelAgentPayload(policy, [], []);

async function firstAnswer(options: { readonly cache?: CompileCache; readonly spare?: SpareWorkers }): Promise<void> {
  const loaded = await loadWasmGuard(guardBytes, { workerFile, ...options });
  if (!loaded.ok) throw new Error(loaded.error);
  const answer = await loaded.guard.labelAgent(payload, { backend: { kind: 'none' } });
  if (answer.error !== null) throw new Error(answer.error);
  void loaded.guard.close();
}

async function main(): Promise<void> {
  console.log(`guard of ${guardBytes.length} bytes, bytes → first label_agent answer`);
  report('cold', await time(15, 2, () => firstAnswer({ cache: new CompileCache() })));
  const cache = new CompileCache();
  report('compile cache warm', await time(15, 2, () => firstAnswer({ cache })));
  const spare = new SpareWorkers(workerFile);
  const withSpare = async (): Promise<void> => firstAnswer({ cache, spare });
  const ready = async (): Promise<void> => {
    await spare.ready();
  };
  const samples: number[] = [];
  for (let at = 0; at < 15; at++) {
    await ready();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const began = performance.now();
    await withSpare();
    samples.push(performance.now() - began);
  }
  const sorted = samples.sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? NaN;
  report(
    'compile cache warm and a spare worker',
    { median: at(0.5), min: at(0), p90: at(0.9), runs: sorted.length },
    'goal: under 13 ms',
  );
  await spare.close();
}

void main();
