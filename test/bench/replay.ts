/**
 * Measures a replay of 1,000, 10,000 and 100,000 calls: the command line, which replays in the thread of the session, beside a guard in a
 * thread of its own that is asked call by call, as live sessions use it. The share is that of the guard calls in the replay's time.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readTraceFile } from '../../src/engine/traceFiles/traceFile.ts';
import { loadWasmGuard } from '../../src/engine/guard/loadGuard.ts';
import { replayTrace } from '../../src/engine/replay/replayTrace.ts';
import { guardBytes, policy, workerFile } from './subjects.ts';
import { writeTrace } from './writeTrace.ts';

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'guardscope-bench-'));
  try {
    for (const calls of [1_000, 10_000, 100_000]) {
      const path = join(folder, `${calls}.guardtrace.jsonl`);
      await writeTrace(path, calls);
      const megabytes = (statSync(path).size / 1e6).toFixed(1);
      console.log(`${calls} calls, ${megabytes} MB`);
      // Twice in turns, so that other load on the machine affects both.
      for (let round = 0; round < 2; round++) {
        inSessionThread(path, folder);
        if (calls < 100_000) await callByCall(path);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `guardscope replay` in a process of its own; its summary has the figures, and a hook prints the peak of its memory. */
function inSessionThread(path: string, folder: string): void {
  const hook = join(folder, 'hook.cjs');
  const print = "console.error('peak ' + process.resourceUsage().maxRSS)";
  writeFileSync(hook, `process.on('exit', () => ${print});`);
  const sample = (name: string): string => resolve(`media/samples/files-and-memory/${name}`);
  const flags = ['--guard', sample('guard.wasm'), '--policy', sample('policy.json'), '--server', 'memory'];
  const began = performance.now();
  const run = spawnSync(process.execPath, ['--require', hook, resolve('dist/cli.js'), 'replay', path, ...flags], {
    encoding: 'utf8',
    maxBuffer: 1024 ** 3,
  });
  const seconds = (performance.now() - began) / 1000;
  const [, guardMs = NaN] = /guard calls took ([\d.]+) ms/.exec(run.stdout) ?? [];
  const [, replaySeconds = NaN, speed = NaN] = /([\d.]+) s in all \((\d+) calls\/s\)/.exec(run.stdout) ?? [];
  const [, peak = NaN] = /peak (\d+)/.exec(run.stderr) ?? [];
  report('command line', Number(speed), Number(guardMs) / 1000 / Number(replaySeconds), Number(peak) / 1e3, seconds);
}

async function callByCall(path: string): Promise<void> {
  globalThis.gc?.();
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
  const began = performance.now();
  const trace = await readTraceFile(path);
  const loaded = await loadWasmGuard(guardBytes, { workerFile });
  if (!loaded.ok) throw new Error(loaded.error);
  const start = performance.now();
  let decided = 0;
  let guardMs = 0;
  for await (const record of replayTrace(trace, { guard: loaded.guard, policy })) {
    for (const call of record.guardCalls) guardMs += call.durationMs;
    if (record.outcome !== 'error') decided++;
  }
  const replayMs = performance.now() - start;
  clearInterval(watch);
  await loaded.guard.close();
  if (decided !== trace.calls.length) throw new Error(`only ${decided} of ${trace.calls.length} calls were decided`);
  const seconds = (performance.now() - began) / 1000;
  report('call by call', (decided * 1000) / replayMs, guardMs / replayMs, peak / 1e6, seconds);
}

function report(what: string, speed: number, share: number, megabytes: number, seconds: number): void {
  console.log(
    `  ${what.padEnd(14)} ${speed.toFixed(0).padStart(6)} calls/s, guards ${(share * 100).toFixed(1)} % of the time, ` +
      `peak memory ${megabytes.toFixed(0)} MB, ${seconds.toFixed(2)} s with reading the trace`,
  );
}

void main();
