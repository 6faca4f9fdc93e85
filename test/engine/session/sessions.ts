/** Views of the sample trace for tests, with workers that are counted; all are closed at the end. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RowStatus } from '../../../src/core/protocol/rows.ts';
import type { Trace } from '../../../src/core/trace/model/traceModel.ts';
import { readTraceFile } from '../../../src/engine/traceFiles/traceFile.ts';
import { SpareWorkers } from '../../../src/engine/runtime/host/spareWorkers.ts';
import type { WorkerThread } from '../../../src/engine/runtime/host/workerThread.ts';
import type { ReplaySettings } from '../../../src/engine/session/runInputs.ts';
import type { SessionServices } from '../../../src/engine/session/keptSessions.ts';
import { TraceView } from '../../../src/engine/session/traceView.ts';
import { workerFile } from '../../support/paths.ts';
import { samplePath } from '../../support/samples.ts';
import { cache, guardBytes, type GuardText } from '../runtime/guards.ts';

export const guard = samplePath('files-and-memory', 'guard.wasm');
export const policy = samplePath('files-and-memory', 'policy.json');

const tracePath = samplePath('files-and-memory', 'trace.guardtrace.jsonl');
export const logPath = samplePath('files-and-memory', 'gateway-log');
/** Made for the first file of a test file. */
let folder: string | null = null;

function scratch(name: string): string {
  folder ??= mkdtempSync(join(tmpdir(), 'session-'));
  return join(folder, name);
}

/** The sample's capture, which has the file server only. */
export const trace: Trace = await readTraceFile(tracePath);

/** The sample's gateway log, which has both servers. */
export const log: Trace = await readTraceFile(logPath);

/** Number of calls in `trace`. */
export const calls = 32;

/** Counts the threads it has given that are still alive. */
class WatchedWorkers extends SpareWorkers {
  readonly #taken: WorkerThread[] = [];

  override take(): WorkerThread {
    const thread = super.take();
    this.#taken.push(thread);
    return thread;
  }

  /** Number of threads that were started for sessions and guards. */
  get taken(): number {
    return this.#taken.length;
  }

  get living(): number {
    return this.#taken.filter((thread) => thread.isAlive).length;
  }
}

export const workers = new WatchedWorkers(workerFile);
export const services: SessionServices = { workerFile, cache, spare: workers };
const open: TraceView[] = [];

/**
 * A view with the sample's guard and policy, changed by `patch`. `path`: the file of the trace; by default that of the sample. A trace
 * that differs from its file is replayed call by call, and another in the thread of a session.
 */
export function sessionOf(
  patch: Partial<ReplaySettings> = {},
  of: Trace = trace,
  path = of === log ? logPath : tracePath,
  more: Partial<SessionServices> = {},
): TraceView {
  const base = {
    config: null,
    guard,
    policy,
    mode: 'strict',
    server: null,
    trustedBots: [],
    deadlineMs: 60_000,
  } as const;
  const session = new TraceView([path], of, { ...base, ...patch }, { ...services, ...more });
  open.push(session);
  return session;
}

/** For `afterEach`. */
export function closeSessions(): void {
  for (const session of open.splice(0)) session.dispose();
}

/** For `afterAll`. */
export async function cleanUp(): Promise<void> {
  await workers.close();
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
  folder = null;
}

/** Writes a file that is deleted after the tests. */
export function file(name: string, content: string | Uint8Array): string {
  const full = scratch(name);
  writeFileSync(full, content);
  return full;
}

export function badGuard(name: string, text: GuardText): string {
  return file(`${name}.wasm`, guardBytes(text));
}

/** A path in a folder that does not exist. */
export function nowhere(name: string): string {
  return scratch(join('nowhere', name));
}

/** Writes a capture of the file server with this number of calls, and gives its path. */
export function longCapture(count: number): string {
  const head = { schema: 'guardscope-trace/1', tool: 'test', version: '0', start: '2026-03-04T10:15:30.000Z' };
  const lines: object[] = [{ ...head, server: 'files', transport: 'stdio' }];
  const result = { content: [{ type: 'text', text: 'Allowed directories:\n/srv' }] };
  const params = { name: 'list_allowed_directories', arguments: {} };
  for (let id = 1; id <= count; id++) {
    lines.push({ t: id * 10, dir: 'client', msg: { jsonrpc: '2.0', id, method: 'tools/call', params } });
    lines.push({ t: id * 10 + 4, dir: 'server', msg: { jsonrpc: '2.0', id, result } });
  }
  return file('long.guardtrace.jsonl', `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
}

export function statuses(session: TraceView): readonly RowStatus[] {
  return session.trace.calls.map((call) => session.row(call.index).status);
}

/** Runs `then` once, as soon as `done` calls have been decided. */
export function after(session: TraceView, done: number, then: () => void): void {
  const listener = session.onDidChange(() => {
    if (session.run.done < done) return;
    listener.dispose();
    then();
  });
}

/** Waits until the condition is true, at most five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 5_000;
  while (!condition() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
}
