/** A replay in the thread of a session gives a view what a replay call by call gives it: rows, records, look-ups, findings and totals. */
import { appendFileSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { CallRow } from '../../../src/core/protocol/rows.ts';
import type { Trace } from '../../../src/core/trace/model/traceModel.ts';
import type { ReplaySettings } from '../../../src/engine/session/runInputs.ts';
import type { TraceView } from '../../../src/engine/session/traceView.ts';
import { readTraceFile } from '../../../src/engine/traceFiles/traceFile.ts';
import { samplePath } from '../../support/samples.ts';
import { readSession, writeConfig } from '../../sessions/session.ts';
import { guardBytes } from '../runtime/guards.ts';
import { calls, cleanUp, closeSessions, file, log, nowhere, sessionOf, statuses, trace } from './sessions.ts';

const scratch = mkdtempSync(join(tmpdir(), 'guardscope-thread-'));

afterEach(closeSessions);
afterAll(async () => {
  rmSync(scratch, { recursive: true, force: true });
  await cleanUp();
});

/** What a view shows after a replay, without times. */
async function shown(session: TraceView): Promise<object> {
  await session.replay();
  const { run, guardMode, problems, trace: of } = session;
  const { guard } = session.inputs;
  const records = [...session.records()];
  const parts = {
    run: { ...run, durationMs: 0 },
    guard,
    guardMode,
    problems,
    records,
    rows: of.calls.map(({ index }) => session.row(index)),
    origins: records.map((record) => session.origins(record)),
    memory: session.memory.points(1_000),
  };
  const varying = new Set(['durationMs', 'atMs', 'stack']);
  return JSON.parse(JSON.stringify(parts, (key, value: unknown) => (varying.has(key) ? undefined : value))) as object;
}

async function bothWays(settings: Partial<ReplaySettings>, of: Trace, path?: string): Promise<readonly object[]> {
  const inThread = await shown(sessionOf(settings, of, path));
  // Without its file, a trace is replayed from what the view has.
  return [inThread, await shown(sessionOf(settings, of, nowhere('trace')))];
}

/** A line of a gateway's log without agent labels, so that nothing says who made the call. */
function logLine(second: number, event: string, payload: object): string {
  const timestamp = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
  const direction = event === 'rpc_request' ? 'OUT' : 'IN';
  const rest = { _schema: 'rpc-message/v2', direction, server_id: 's', method: 'tools/call' };
  return JSON.stringify({ timestamp, event, ...rest, payload });
}

/** A guard that asks for the tool "still" in each call whose tool is not this one. */
function asksForStill(): Uint8Array {
  const answer = '{"resource":{"description":"d","secrecy":[],"integrity":[]},"operation":"read"}';
  const data = `(data (i32.const 512) "${answer.replaceAll('"', '\\22')}") (data (i32.const 1024) "{}")`;
  // The input is {"capabilities":{},"tool_args":{},"tool_name":"look"}, with the first letter of the tool at 47.
  const isLook = '(i32.eq (i32.load8_u offset=47 (local.get $in)) (i32.const 108))';
  const ask =
    '(call $call_backend (i32.const 0) (i32.const 5) (i32.const 1024) (i32.const 2) (local.get $out) (local.get $cap))';
  const look = `(if ${isLook} (then (drop ${ask})))`;
  const write = `(memory.copy (local.get $out) (i32.const 512) (i32.const ${answer.length})) (i32.const ${answer.length})`;
  return guardBytes({ rest: data, label_resource: `${look} ${write}` });
}

describe('a replay in the thread of a session', () => {
  it.each([
    ['a capture', {}, trace],
    ['one server of a log', { server: 'memory' }, log],
    ['a log without a policy', { policy: null }, log],
  ] as const)('shows of %s what a replay call by call shows', async (_, settings, of) => {
    const [inThread, callByCall] = await bothWays(settings, of);
    expect(inThread).toEqual(callByCall);
  });

  it.each(['guard-traps', 'two-runs', 'servers-at-once', 'no-labels-in-log', 'agents-take-turns'])(
    'shows of the recorded session %s what a replay call by call shows',
    async (name) => {
      const path = readSession(name).trace;
      const settings = { config: writeConfig(name, scratch), guard: null, policy: null, mode: null, deadlineMs: null };
      const [inThread, callByCall] = await bothWays(settings, await readTraceFile(path), path);
      expect(inThread).toEqual(callByCall);
    },
  );

  it('shows which recorded calls are look-ups of the guard, also after their records were on show', async () => {
    const tools = ['look', 'still', 'look', 'still', 'still', 'look', 'still'];
    const lines = tools.flatMap((name, id) => [
      logLine(id * 2, 'rpc_request', { jsonrpc: '2.0', method: 'tools/call', params: { name, arguments: {} } }),
      logLine(id * 2 + 1, 'rpc_response', { jsonrpc: '2.0', id, result: { content: [] } }),
    ]);
    const path = file('rpc-messages.jsonl', `${lines.join('\n')}\n`);
    const asking = file('asking.wasm', asksForStill());
    const settings = { guard: asking, policy: null, server: 's' };
    const [inThread, callByCall] = await bothWays(settings, await readTraceFile(path), path);
    expect(inThread).toEqual(callByCall);
    const { rows } = inThread as { readonly rows: readonly CallRow[] };
    const lookups = rows.filter(({ headline }) => headline.startsWith('Guard look-up'));
    expect(lookups.length).toBeGreaterThan(0);
    expect(new Set(lookups.map(({ tool, status }) => `${status} ${tool}`))).toEqual(new Set(['skipped still']));
  });

  it('is not made of a file that has other calls than the view: the view decides its own', async () => {
    const path = join(scratch, 'longer.guardtrace.jsonl');
    copyFileSync(samplePath('files-and-memory', 'trace.guardtrace.jsonl'), path);
    const before = await readTraceFile(path);
    const call = { jsonrpc: '2.0', id: 990, method: 'tools/call', params: { name: 'list_allowed_directories' } };
    const answer = { jsonrpc: '2.0', id: 990, result: { content: [] } };
    appendFileSync(path, `${JSON.stringify({ t: 9e7, dir: 'client', msg: call })}\n`);
    appendFileSync(path, `${JSON.stringify({ t: 9e7 + 1, dir: 'server', msg: answer })}\n`);
    expect((await readTraceFile(path)).calls.length).toBe(calls + 1);
    const session = sessionOf({}, before, path);
    await session.replay();
    expect(session.run).toMatchObject({ status: 'done', done: calls });
    expect(statuses(session)).not.toContain('pending');
  });
});
