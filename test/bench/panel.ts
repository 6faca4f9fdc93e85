/**
 * Measures what a replay of 100,000 calls costs the process that shows it, as the extension host does: the trace is followed and replayed
 * by a `TraceView`, and then once more with another policy, beside the first run. Prints the time until the rows are there, the speed, how long the thread was busy at a stretch, and the memory at the end.
 */
import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { followTrace } from '../../src/engine/traceFiles/follow.ts';
import { TraceView } from '../../src/engine/session/traceView.ts';
import { workerFile } from './subjects.ts';
import { writeTrace } from './writeTrace.ts';

/** As in `host/base/traceDocument.ts`. */
const keepInFileFrom = 32 * 1024 * 1024;

const calls = Number(process.argv[2] ?? 100_000);
const sample = (name: string): string => resolve(`media/samples/files-and-memory/${name}`);

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'guardscope-bench-'));
  try {
    const path = join(folder, 'long.guardtrace.jsonl');
    await writeTrace(path, calls);
    // A file that was just written counts as growing.
    const before = new Date(Date.now() - 3_600_000);
    utimesSync(path, before, before);
    await measure(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(path: string): Promise<void> {
  print('at the start');
  let began = performance.now();
  const followed = await followTrace(path, { onChange: () => undefined, keepInFileFrom });
  const view = new TraceView([path], followed.trace, settings, { workerFile });
  for (let index = 0; index < 200; index++) view.row(index);
  print(`first rows after ${secondsSince(began).toFixed(2)} s`);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  began = performance.now();
  await view.replay();
  const seconds = secondsSince(began);
  delay.disable();
  const { status, done, counts } = view.run;
  if (status !== 'done' || done !== calls) throw new Error(`${status} with ${done} calls: ${view.run.message}`);
  const stretch = `${(delay.max / 1e6).toFixed(0)} ms, 99th percentile ${(delay.percentile(99) / 1e6).toFixed(0)} ms`;
  print(`replayed in ${seconds.toFixed(1)} s, ${(done / seconds).toFixed(0)} calls/s, busy at most ${stretch}`);
  began = performance.now();
  let records = 0;
  for (let index = 0; index < calls; index += 100) if (view.record(index) !== undefined) records++;
  console.log(`  ${records} records read in ${(secondsSince(began) * 1000).toFixed(0)} ms; ${JSON.stringify(counts)}`);
  view.comparison.pinRun('the first run');
  view.update({ policy: sample('policy-public.json') });
  await view.replay();
  if (view.run.done !== calls) throw new Error(`${view.run.status} with ${view.run.done} calls: ${view.run.message}`);
  print(`beside another run, ${view.run.marks.changed} calls changed`);
  view.dispose();
  followed.dispose();
}

const settings = {
  config: null,
  guard: sample('guard.wasm'),
  policy: sample('policy.json'),
  mode: null,
  server: null,
  trustedBots: [],
  deadlineMs: null,
};

function secondsSince(began: number): number {
  return (performance.now() - began) / 1000;
}

function print(what: string): void {
  collectGarbage();
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const [all, heap, outside, buffers] = [rss, heapUsed, external, arrayBuffers].map((each) => (each / 1e6).toFixed(0));
  const peak = (process.resourceUsage().maxRSS / 1e3).toFixed(0);
  console.log(`${what}: ${all} MB (peak ${peak}), heap ${heap}, external ${outside}, of it buffers ${buffers}`);
}

/** Collects garbage without a flag on the command line, which the runner of the benchmarks does not pass. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round++) gc();
}

void main();
