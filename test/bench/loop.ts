/**
 * Measures the loop of a guard author in the process that shows the panel: a new build of the guard on disk, a policy that is typed, and another mode,
 * each until the rows of the session with their changes are there (the records come after them), beside the time that the guard calls of this run took; and a guard test.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { followTrace } from '../../src/engine/traceFiles/follow.ts';
import { CompileCache } from '../../src/engine/runtime/host/compileCache.ts';
import { SpareWorkers } from '../../src/engine/runtime/host/spareWorkers.ts';
import { KeptSessions } from '../../src/engine/session/keptSessions.ts';
import { TraceView } from '../../src/engine/session/traceView.ts';
import { watchInputs } from '../../src/engine/watch/watchInputs.ts';
import { workerFile } from './subjects.ts';
import { writeTrace } from './writeTrace.ts';

const rounds = 5;
const sample = (name: string): string => resolve(`media/samples/files-and-memory/${name}`);
const policies = ['{"allow-only":{"repos":"all","min-integrity":"none"}}', readFileSync(sample('policy.json'), 'utf8')];

async function main(): Promise<void> {
  for (const calls of [1000, 10_000]) await inFolder((folder) => loop(folder, calls));
  guardTest();
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'guardscope-bench-'));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function loop(folder: string, calls: number): Promise<void> {
  const at = (name: string): string => join(folder, name);
  const [trace, guard, policy] = [at('long.guardtrace.jsonl'), at('guard.wasm'), at('policy.json')];
  await writeTrace(trace, calls);
  // A file that was just written counts as growing.
  const before = new Date(Date.now() - 3_600_000);
  utimesSync(trace, before, before);
  copyFileSync(sample('guard.wasm'), guard);
  copyFileSync(sample('policy.json'), policy);
  const followed = await followTrace(trace, { onChange: () => undefined });
  const spare = new SpareWorkers(workerFile);
  const settings = { config: null, guard, policy, mode: null, server: null, trustedBots: [], deadlineMs: null };
  const kept = new KeptSessions();
  const view = new TraceView([trace], followed.trace, settings, { workerFile, cache: new CompileCache(), spare, kept });
  const watching = watchInputs(view, () => true);
  await view.replay();
  const bytes = readFileSync(guard);
  await measured(`${calls} calls, a new guard on disk`, view, async (round) => {
    const done = renewed(view);
    // A custom section makes another module that decides the same.
    writeFileSync(guard, Buffer.concat([bytes, Buffer.from([0, 2, 1, 0x61 + round])]));
    await done;
  });
  await measured(`${calls} calls, a typed policy`, view, async (round) => {
    const done = renewed(view);
    void view.whatIf.decide(policy, `${policies[round % 2] ?? ''}${' '.repeat(round)}`, Date.now());
    await done;
  });
  await measured(`${calls} calls, another mode`, view, async (round) => {
    const isStale = view.update({ mode: round % 2 === 0 ? 'propagate' : 'strict' });
    if (isStale) await view.replay();
  });
  for (const [where, index] of [
    ['near the start', 3],
    ['near the end', calls - 10],
  ] as const) {
    const known = view.changes.editable(index);
    await measured(`${calls} calls, a changed call ${where}`, view, async (round) => {
      await view.changes.set(index, { ...known, agent: { secrecy: [`private:round-${round}`], integrity: [] } }, 0);
    });
    await view.changes.dropAll(0);
  }
  view.update({ policy: null });
  await view.replay();
  await measured(`${calls} calls without a policy, another mode`, view, async (round) => {
    view.update({ mode: round % 2 === 0 ? 'propagate' : 'strict' });
    await view.replay();
  });
  watching.dispose();
  view.dispose();
  followed.dispose();
  await kept.close();
  await spare.close();
}

/** Resolves when the decisions with a new build are on show. */
function renewed(view: TraceView): Promise<void> {
  const was = view.run.renewed;
  return new Promise((done) => {
    const listener = view.onDidChange(() => {
      const { status, renewed: now } = view.run;
      if (status !== 'done' || now === was || now === '') return;
      listener.dispose();
      done();
    });
  });
}

async function measured(what: string, view: TraceView, change: (round: number) => Promise<void>): Promise<void> {
  const all: number[] = [];
  const beyond: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // Two renewals within one second have the same text.
    await new Promise((resume) => setTimeout(resume, 1100));
    const began = performance.now();
    await change(round);
    const ms = performance.now() - began;
    // The records come after the decisions.
    while (view.record(0) === undefined) await new Promise((resume) => setTimeout(resume, 10));
    await new Promise((resume) => setTimeout(resume, 500));
    all.push(ms);
    beyond.push(ms - guardMs(view));
  }
  const { changed } = view.run.marks;
  console.log(
    `${what}: ${median(all)} ms, ${median(beyond)} ms beyond the guard calls; ${changed} changed in the last round`,
  );
}

/** Milliseconds inside the guard, over all calls. */
function guardMs(view: TraceView): number {
  let sum = 0;
  for (const { guardCalls } of view.records()) for (const { durationMs } of guardCalls) sum += durationMs;
  return sum;
}

function median(values: readonly number[]): string {
  return ([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN).toFixed(0);
}

function guardTest(): void {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    const { status } = spawnSync(process.execPath, ['dist/cli.js', 'test', sample('files.guardtest.json')]);
    if (status !== 0) throw new Error(`guardscope test ended with ${status}`);
    times.push(performance.now() - began);
  }
  console.log(`guardscope test of the sample: ${median(times)} ms`);
}

void main();
