/** Measures the time from the bytes of a guard to its first `label_agent` answer: cold, with the compile cache, with a spare worker. */
import { buildLabelAgentPayload } from '../../src/core/policy/payload.ts';
import { loadWasmGuard } from '../../src/engine/guard/loadGuard.ts';
import { CompileCache } from '../../src/engine/runtime/host/compileCache.ts';
import { SpareWorkers } from '../../src/engine/runtime/host/spareWorkers.ts';
import { report, summarize, time } from './measure.ts';
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
  const samples: number[] = [];
  for (let at = 0; at < 15; at++) {
    // Long enough for the replacement of the spare to have started.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const began = performance.now();
    await firstAnswer({ cache, spare });
    samples.push(performance.now() - began);
  }
  report('compile cache warm and a spare worker', summarize(samples), 'goal: under 13 ms');
  await spare.close();
}

void main();
