/**
 * Measures the time from the bytes of a guard to its first `label_agent` answer: with nothing known, with the compile cache, with a spare worker,
 * for new bytes, and in fresh processes with and without what is kept on disk; beside V8 alone.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isJsonObject } from '../../src/core/base/json.ts';
import { encodeLabelAgentInput } from '../../src/core/guard/encode.ts';
import { buildLabelAgentPayload } from '../../src/core/policy/payload.ts';
import { loadWasmGuard } from '../../src/engine/guard/loadGuard.ts';
import { CompileCache } from '../../src/engine/runtime/host/compileCache.ts';
import { ModuleStore } from '../../src/engine/guard/moduleStore.ts';
import { SpareWorkers } from '../../src/engine/runtime/host/spareWorkers.ts';
import { report, summarize, time } from './measure.ts';
import { plainGuard } from './plainGuard.ts';
import { guardBytes, policy, workerFile } from './subjects.ts';

const payload = buildLabelAgentPayload(policy, [], []);
const agentInput = encodeLabelAgentInput(isJsonObject(payload) ? payload : {});
const runs = 15;

/** Long enough for a spare worker to have started and warmed up. */
const spareMs = 500;

interface LoadServices {
  readonly cache?: CompileCache;
  readonly spare?: SpareWorkers;
}

async function firstAnswer(services: LoadServices, bytes: Uint8Array = guardBytes): Promise<void> {
  const loaded = await loadWasmGuard(bytes, { workerFile, ...services });
  if (!loaded.ok) throw new Error(loaded.error);
  const answer = await loaded.guard.labelAgent(payload, { backend: { kind: 'none' } });
  if (answer.error !== null) throw new Error(answer.error);
  void loaded.guard.close();
}

/** V8 alone: compiles, instantiates and calls the guard in this thread. */
async function answerAlone(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  (await plainGuard(bytes)).call('label_agent', agentInput);
}

/** The guard with another custom section, so that no cache knows it, not even that of V8. */
function newBytes(number: number): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode(`build ${String(number).padStart(8, '0')}`);
  return Uint8Array.from([...guardBytes, 0, name.length + 1, name.length, ...name]);
}

/** The runs, each after the time that a spare worker takes to start. `bytesOf`: the guard of a run; default always the same. */
async function inPauses(
  run: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
  bytesOf: (at: number) => Uint8Array<ArrayBuffer> = () => Uint8Array.from(guardBytes),
): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let at = 0; at < runs; at++) {
    const bytes = bytesOf(at);
    await new Promise((wake) => setTimeout(wake, spareMs));
    const began = performance.now();
    await run(bytes);
    samples.push(performance.now() - began);
  }
  return samples;
}

/** One load in this process, which was just started: prints its milliseconds. */
async function inFreshProcess(kind: string, folder: string): Promise<void> {
  const spare = new SpareWorkers(workerFile);
  await new Promise((wake) => setTimeout(wake, spareMs));
  const began = performance.now();
  if (kind === 'plain') await answerAlone(Uint8Array.from(guardBytes));
  else {
    const store = kind === 'kept' ? new ModuleStore(folder, [workerFile, resolve('dist/core.js')]) : null;
    await firstAnswer({ cache: new CompileCache(store), spare });
  }
  console.log(performance.now() - began);
  await spare.close();
}

function freshProcesses(kind: string, folder: string): readonly number[] {
  return Array.from({ length: runs }, () => {
    const args = [process.argv[1] ?? '', '--fresh', kind, folder];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    const ms = Number(stdout.trim());
    if (stdout.trim() === '' || Number.isNaN(ms)) throw new Error(stderr);
    return ms;
  });
}

async function main(): Promise<void> {
  console.log(`guard of ${guardBytes.length} bytes, bytes → first label_agent answer`);
  report('nothing known', await time(runs, 2, () => firstAnswer({ cache: new CompileCache() })));
  const cache = new CompileCache();
  report('compile cache', await time(runs, 2, () => firstAnswer({ cache })));
  const spare = new SpareWorkers(workerFile);
  const spared = await inPauses((bytes) => firstAnswer({ cache, spare }, bytes));
  report('compile cache, spare worker', summarize(spared), 'goal: under 13 ms');
  const alone = summarize(await inPauses(answerAlone, newBytes));
  report('new bytes, V8 alone', alone);
  const ours = await inPauses(
    (bytes) => firstAnswer({ cache, spare }, bytes),
    (at) => newBytes(runs + at),
  );
  const ratio = (summarize(ours).median / alone.median).toFixed(1);
  report('new bytes, spare worker', summarize(ours), `${ratio} times V8 alone (goal 1.5)`);
  await spare.close();
  const folder = mkdtempSync(join(tmpdir(), 'guardscope-bench-'));
  try {
    report('fresh process, V8 alone', summarize(freshProcesses('plain', folder)));
    report('fresh process, nothing known', summarize(freshProcesses('new', folder)));
    freshProcesses('kept', folder);
    report('fresh process, kept on disk', summarize(freshProcesses('kept', folder)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [fresh, kind = '', folder = ''] = process.argv.slice(2);
void (fresh === '--fresh' ? inFreshProcess(kind, folder) : main());
