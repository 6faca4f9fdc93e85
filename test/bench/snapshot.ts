/** Measures snapshots: of a guard with 32 MiB by how much of it changed, and the memory of those of a session with 10,000 calls. */
import { readTraceFile } from '../../src/engine/traceFiles/traceFile.ts';
import { SessionReplay } from '../../src/core/replay/sessionReplay.ts';
import { answerDirectly } from '../../src/core/session/answerDirectly.ts';
import type { Trace } from '../../src/core/trace/model/traceModel.ts';
import { type WasmMemory, webAssembly } from '../../src/engine/runtime/shared/webAssembly.ts';
import { SharedState } from '../../src/engine/runtime/shared/workerContract.ts';
import { prepareModule } from '../../src/engine/runtime/worker/prepareModule.ts';
import { type MemoryImage, PageStore } from '../../src/engine/sessionWorker/snapshots/pageStore.ts';
import { forkSession } from '../../src/engine/sessionWorker/worker/fork.ts';
import { GuardThread } from '../../src/engine/sessionWorker/worker/guardThread.ts';
import { SessionGuards } from '../../src/engine/sessionWorker/worker/sessionGuards.ts';
import { SessionSnapshots } from '../../src/engine/sessionWorker/worker/sessionSnapshots.ts';
import { ms, report, time } from './measure.ts';
import { guardBytes, policy } from './subjects.ts';

const mebibyte = 1024 * 1024;
const pageBytes = 65_536;

async function main(): Promise<void> {
  await largeGuard(4 * mebibyte);
  await largeGuard(32 * mebibyte);
  const trace = await readTraceFile('media/samples/files-and-memory/trace.guardtrace.jsonl');
  const calls = Array.from({ length: 10_000 }, (_, index) => {
    const call = trace.calls[index % trace.calls.length];
    if (call === undefined) throw new Error('the sample has no calls');
    return { ...call, index };
  });
  session({ ...trace, calls });
}

/** A memory of 32 MiB with all bytes, or the first 4 MiB, written; `changed` of its pages are written between two snapshots. */
async function largeGuard(written: number): Promise<void> {
  const name = `32 MiB, ${written / mebibyte} written`;
  const memory = newMemory(32 * mebibyte);
  for (let at = 0; at < written; at++) memory[at] = (at * 2_654_435_761) >>> 24;
  for (let at = 0; at < written; at += pageBytes) new DataView(memory.buffer).setUint32(at, at);
  const pages = new PageStore();
  let image: MemoryImage | null = null;
  report(`${name}, first snapshot`, await time(1, 0, () => (image = pages.keep(memory, null))));
  let round = 0;
  for (const changed of [0, 1, 4, 16]) {
    const timing = await time(200, 20, () => {
      round++;
      for (let page = 0; page < changed; page++) memory[page * 3 * pageBytes + 5] = round;
      const next = pages.keep(memory, image);
      if (image !== null) pages.drop(image);
      image = next;
    });
    report(`${name}, ${changed} changed pages`, timing, '2 ms wanted');
  }
  let sum = 0;
  const words = new Float64Array(memory.buffer);
  const read = (): void => {
    for (let at = 0; at < words.length; at += 8) sum += words[at] ?? 0;
  };
  report(`${name}, reading a word of each 64 bytes`, await time(200, 20, read), sum === 0 ? 'nothing written' : '');
}

/** The sample's calls again and again, with a snapshot before each. */
function session(trace: Trace): void {
  const plain = run(trace, null);
  globalThis.gc?.();
  const before = process.memoryUsage();
  const snapshots = new SessionSnapshots();
  const { seconds, guards, taken } = run(trace, snapshots);
  globalThis.gc?.();
  const after = process.memoryUsage();
  const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  console.log(
    `${taken} snapshots taken, ${snapshots.all.length} kept, ${mib(grown)} (200 MB wanted), of which pages ${mib(snapshots.bytes)}; ` +
      `${seconds.toFixed(2)} s of processor time, without snapshots ${plain.seconds.toFixed(2)} s: ${ms(((seconds - plain.seconds) * 1000) / taken)} a snapshot`,
  );
  const last = trace.calls.length - 1;
  for (const behind of [0, 100, 1000, 5000]) {
    const index = last - behind;
    const from = snapshots.before(index)?.call ?? NaN;
    const began = performance.now();
    const records = [...(forkSession({ trace, guards, snapshots, options: { lint: false } }, index) ?? [])];
    console.log(`fork at call ${index}, from ${from}: ${records.length} records in ${ms(performance.now() - began)}`);
  }
}

function run(
  trace: Trace,
  snapshots: SessionSnapshots | null,
): { readonly seconds: number; readonly guards: SessionGuards; readonly taken: number } {
  const ready = prepareModule(guardBytes, { exportsState: true });
  if (ready.kind !== 'prepared') throw new Error('the guard is refused');
  const watch = { begin: () => undefined, end: () => undefined, journal: () => undefined };
  const thread = new GuardThread(new SharedState(), watch);
  const guards = new SessionGuards({ usesTrace: true }, null);
  for (const server of new Set(trace.calls.map((call) => call.server))) {
    const module = { ready, bytes: guardBytes };
    guards.load({ server, rules: { policy }, guard: { kind: 'wasm', name: server, module } }, thread);
  }
  const began = process.cpuUsage();
  const replay = new SessionReplay(guards.rules, {
    lint: false,
    onRestart: () => guards.restart(),
    onCassette: (server, cassette) => guards.useCassette(server, cassette),
  });
  replay.take(trace, 0);
  let taken = 0;
  for (let call = replay.next(); call !== undefined; call = replay.next()) {
    const { start } = replay;
    if (snapshots !== null && start !== null) {
      const refused = snapshots.take(call.index, start, guards);
      if (refused !== null) throw new Error(refused.reason);
      taken++;
    }
    answerDirectly(replay.decideNext(), guards.handlersOf(call));
  }
  replay.finish();
  const { user, system } = process.cpuUsage(began);
  return { seconds: (user + system) / 1e6, guards, taken };
}

/** The linear memory of an instance: pages that are never written take no memory of their own. */
function newMemory(bytes: number): Uint8Array {
  const pages = bytes / pageBytes;
  const memory = [0x05, 4, 1, 0, (pages & 0x7f) | 0x80, pages >> 7];
  const exported = [0x07, 10, 1, 6, ...Buffer.from('memory'), 2, 0];
  const code = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...memory, ...exported]);
  const instance = new webAssembly.Instance(new webAssembly.Module(code), {});
  return new Uint8Array((instance.exports['memory'] as WasmMemory).buffer);
}

function mib(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

void main();
