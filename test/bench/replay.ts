/** Measures the calls per second and the memory of a replay of 1,000, 10,000 and 100,000 calls, including reading the trace. */
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTraceFile } from '../../src/engine/traceFiles/traceFile.ts';
import { loadWasmGuard } from '../../src/engine/guard/loadGuard.ts';
import { replayTrace } from '../../src/engine/replay/replayTrace.ts';
import { guardBytes, policy, searchCall, workerFile } from './subjects.ts';

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'guardscope-bench-'));
  try {
    for (const calls of [1_000, 10_000, 100_000]) await measure(join(folder, `${calls}.guardtrace.jsonl`), calls);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(path: string, calls: number): Promise<void> {
  await writeTrace(path, calls);
  const { size } = statSync(path);
  globalThis.gc?.();
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
  const began = performance.now();
  const trace = await readTraceFile(path);
  const read = performance.now() - began;
  if (trace.calls.length !== calls) throw new Error(`read ${trace.calls.length} of ${calls} calls`);
  const loaded = await loadWasmGuard(guardBytes, { workerFile });
  if (!loaded.ok) throw new Error(loaded.error);
  const start = performance.now();
  let decided = 0;
  for await (const record of replayTrace(trace, { guard: loaded.guard, policy }))
    if (record.outcome !== 'error') decided++;
  const seconds = (performance.now() - start) / 1000;
  clearInterval(watch);
  await loaded.guard.close();
  if (decided !== calls) throw new Error(`only ${decided} of ${calls} calls were decided`);
  console.log(
    `${String(calls).padStart(7)} calls, ${(size / 1e6).toFixed(1)} MB: read in ${(read / 1000).toFixed(2)} s ` +
      `(${(size / 1e6 / (read / 1000)).toFixed(0)} MB/s), replayed in ${seconds.toFixed(2)} s ` +
      `(${(calls / seconds).toFixed(0)} calls/s), peak memory ${(peak / 1e6).toFixed(0)} MB`,
  );
}

async function writeTrace(path: string, calls: number): Promise<void> {
  const out = createWriteStream(path);
  const line = async (value: unknown): Promise<void> => {
    if (!out.write(`${JSON.stringify(value)}\n`)) await once(out, 'drain');
  };
  const start = '2026-03-04T10:15:30.000Z';
  await line({
    schema: 'guardscope-trace/1',
    tool: 'bench',
    version: '0',
    start,
    server: 'memory',
    transport: 'stdio',
  });
  for (let id = 1; id <= calls; id++) {
    const { tool, args, result } = searchCall(id % 10);
    const params = { name: tool, arguments: { ...(args as object), page: id } };
    await line({ t: id * 10, dir: 'client', msg: { jsonrpc: '2.0', id, method: 'tools/call', params } });
    await line({ t: id * 10 + 4, dir: 'server', msg: { jsonrpc: '2.0', id, result } });
  }
  out.end();
  await once(out, 'finish');
}

void main();
