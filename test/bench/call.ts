/** `node --import tsx test/bench/call.ts [NODE]`: prints the overhead of one guard call beyond the guest's own time, in microseconds; NODE is another Node executable. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { GuardCallRecord } from '../../src/core/difc/record/guardCall.ts';
import type * as CacheModule from '../../src/engine/runtime/host/compileCache.ts';
import type * as GuardModule from '../../src/engine/runtime/host/workerGuard.ts';

type Guard = GuardModule.WorkerGuard;

/** The backend of a guard's look-ups. */
type Backend = Parameters<Guard['call']>[2]['backend'];

const folder = process.env['GUARDSCOPE_BENCH'];
await (folder === undefined ? prepareAndRun() : measure(folder));

/** Bundles runtime and worker into a separate folder, and measures in a fresh process. */
async function prepareAndRun(): Promise<void> {
  const target = mkdtempSync(join(tmpdir(), 'guardscope-bench-'));
  try {
    await build({
      bundle: true,
      platform: 'node',
      target: 'node20',
      minify: true,
      keepNames: true,
      outdir: target,
      outExtension: { '.js': '.cjs' },
      entryPoints: {
        worker: 'src/engine/sessionWorker/worker/sessionMain.ts',
        workerGuard: 'src/engine/runtime/host/workerGuard.ts',
        compileCache: 'src/engine/runtime/host/compileCache.ts',
      },
    });
    const env = { ...process.env, GUARDSCOPE_BENCH: target };
    const run = spawnSync(
      process.argv[2] ?? process.execPath,
      ['--import', import.meta.resolve('tsx'), import.meta.filename],
      { stdio: 'inherit', env },
    );
    process.exitCode = run.status ?? 1;
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}

async function measure(built: string): Promise<void> {
  const { WorkerGuard } = (await import(join(built, 'workerGuard.cjs'))) as typeof GuardModule;
  const { CompileCache } = (await import(join(built, 'compileCache.cjs'))) as typeof CacheModule;
  const options = { workerFile: join(built, 'worker.cjs'), cache: new CompileCache() };
  console.log(
    `Node ${process.version}; microseconds: median of the whole call, of the time in the worker, and what is between`,
  );
  const none: Backend = { kind: 'none' };
  const small = '{"tool_name":"list_issues","tool_args":{"owner":"o","repo":"r"}}';

  const load = async (path: string): Promise<Guard> => {
    const loaded = await WorkerGuard.load(new Uint8Array(readFileSync(path)), options);
    if (!loaded.ok) throw new Error(loaded.error);
    return loaded.guard;
  };
  const row = async (
    label: string,
    guard: Guard,
    fn: string,
    input: string,
    backend: Backend = none,
    rounds = 3000,
  ): Promise<void> => {
    const whole: number[] = [];
    const inside: number[] = [];
    for (let at = -300; at < rounds; at++) {
      const began = performance.now();
      const record: GuardCallRecord = await guard.call(fn, input, { backend, deadlineMs: 60_000 });
      if (at < 0) continue;
      whole.push(performance.now() - began);
      inside.push(record.durationMs);
      if (record.error !== null) throw new Error(record.error);
    }
    const [a, b] = [median(whole) * 1000, median(inside) * 1000];
    const figures = [a, b, a - b].map((each) => each.toFixed(1).padStart(9)).join('');
    console.log(`${label.padEnd(44)}${figures}`);
  };

  const minimal = await load('test/parity/load/minimal/guard.wasm');
  await row('empty guest, no allocator, small input', minimal, 'label_agent', small);
  await row('empty guest, input of 100 kB', minimal, 'label_agent', 'x'.repeat(100_000), none, 1000);
  await row('empty guest, input of 1 MB', minimal, 'label_agent', 'x'.repeat(1_000_000), none, 300);
  await minimal.close();
  const allocator = await load('test/parity/buffers/allocator/guard.wasm');
  await row('allocator, four log lines', allocator, 'label_agent', small);
  await allocator.close();
  const asking = await load('test/parity/host/backend-errors/guard.wasm');
  asking.setCassette({
    entries: [{ tool: 'probe', argsText: '{}', answer: { result: { a: 1 } }, call: 0, line: 1 }],
  });
  await row('one call_backend, from the cassette', asking, 'label_agent', small, { kind: 'cassette', call: 0 });
  await row('one call_backend, asked of the host', asking, 'label_agent', small, {
    kind: 'live',
    ask: async () => ({ result: { a: 1 } }),
  });
  await asking.close();
  const sample = await load('media/samples/files-and-memory/guard.wasm');
  const policy = readFileSync('media/samples/files-and-memory/policy.json', 'utf8');
  const agent = await sample.call('label_agent', policy, { backend: none });
  if (agent.error !== null) throw new Error(agent.error);
  const entities = Array.from({ length: 30 }, (_, index) => ({
    name: `Customer ${index}`,
    entityType: 'customer',
    observations: [
      `source: docs/note-${index}.md`,
      'asked for an offer in March',
      `contact: person${index}@example.org`,
    ],
  }));
  const response = JSON.stringify({
    tool_name: 'search_nodes',
    tool_args: { query: 'offer' },
    tool_result: { content: [{ type: 'text', text: JSON.stringify({ entities, relations: [] }) }] },
  });
  await row('sample guard, label_response of 30 items', sample, 'label_response', response, none, 2000);
  await sample.close();
}

function median(samples: readonly number[]): number {
  return [...samples].sort((a, b) => a - b)[samples.length >> 1] ?? 0;
}
