/** A trace view with a gateway's configuration: all servers and agents as one session, and what is not decided of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Trace } from '../../../src/core/trace/model/traceModel.ts';
import { panelState } from '../../../src/engine/session/panelState.ts';
import type { ReplaySettings } from '../../../src/engine/session/runInputs.ts';
import type { TraceView } from '../../../src/engine/session/traceView.ts';
import { readTraceFile } from '../../../src/engine/traceFiles/traceFile.ts';
import { readSession, writeConfig } from '../../sessions/session.ts';
import { forever } from '../runtime/guards.ts';
import { badGuard, cleanUp, closeSessions, file, guard, log, nowhere, policy, sessionOf, workers } from './sessions.ts';

const scratch = mkdtempSync(join(tmpdir(), 'guardscope-several-'));

afterEach(closeSessions);
afterAll(async () => {
  rmSync(scratch, { recursive: true, force: true });
  await cleanUp();
});

const nothing: Partial<ReplaySettings> = { guard: null, policy: null, mode: null, deadlineMs: null };

/** The recorded session of a gateway with its configuration, replayed. */
async function recorded(name: string, patch: Partial<ReplaySettings> = {}): Promise<TraceView> {
  const path = readSession(name).trace;
  return await replayed({ config: writeConfig(name, scratch), ...patch }, await readTraceFile(path), path);
}

async function replayed(patch: Partial<ReplaySettings>, trace: Trace = log, path?: string): Promise<TraceView> {
  const session = sessionOf({ ...nothing, ...patch }, trace, path);
  await session.replay();
  return session;
}

/** A configuration of the sample's two servers; each with the path of its guard, or null for none. */
function config(name: string, guards: Readonly<Record<string, string | null>>, rest = ''): string {
  const servers = Object.entries(guards).map(([id, path]) => {
    const named =
      path === null
        ? ''
        : `guard = "${id}-guard"\n[servers.${id}.guard_policies.allow-only]\nrepos = "all"\nmin-integrity = "none"\n`;
    return `[servers.${id}]\ncommand = "docker"\nargs = ["run", "--rm", "-i", "x"]\n${named}`;
  });
  const modules = Object.entries(guards).flatMap(([id, path]) =>
    path === null ? [] : [`[guards.${id}-guard]\ntype = "wasm"\npath = "${path}"\n`],
  );
  return file(`${name}.toml`, [...servers, ...modules, rest].join('\n'));
}

function outcomes(session: TraceView, server: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const call of session.trace.calls.filter((each) => each.server === server)) {
    const { status } = session.row(call.index);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

const callsOf = (server: string): number => log.calls.filter((call) => call.server === server).length;

describe('a configuration', () => {
  it('decides the calls of all its servers in order of arrival, with the labels that go with the agent', async () => {
    const session = await recorded('usual-set-up');
    expect(session.run).toMatchObject({ status: 'done', done: session.trace.calls.length, message: '' });
    expect(session.run.total).toBe(session.run.done);
    const state = panelState(session, basename);
    expect(state.servers.map(({ id }) => id).toSorted()).toEqual(['files', 'plain', 'safeoutputs', 'slack']);
    expect(state.servers.filter(({ undecided }) => undecided !== null)).toEqual([]);
    expect(state).toMatchObject({
      config: { title: 'usual-set-up.toml', status: 'ready' },
      guard: { title: null, status: 'none' },
      replaced: null,
      mode: null,
      guardMode: null,
    });
    const denied = [...session.records()].find(
      ({ server, coarse }) => server !== 'files' && coarse?.reason.startsWith('Agent carries private (customers)'),
    );
    if (denied === undefined) throw new Error('the session has no write that was denied for what another server gave');
    expect(denied.outcome).toBe('denied');
    expect(session.origins(denied).find(({ tag }) => tag === 'private:customers')).toMatchObject({
      kind: 'secrecy',
      server: 'files',
      by: 'label_agent',
    });
  });

  it('keeps the labels of several agents apart, and counts the calls of each', async () => {
    const session = await recorded('agents-take-turns');
    const { agents, agentsTotal } = panelState(session, basename);
    expect(agentsTotal).toBeGreaterThan(1);
    expect(agents.reduce((sum, { calls }) => sum + calls, 0)).toBe(session.trace.calls.length);
    for (const record of session.records()) {
      expect(session.row(record.index).agent).toBe(record.agent);
      for (const origin of session.origins(record)) expect(session.record(origin.index)?.agent).toBe(record.agent);
    }
    expect(new Set(agents.map(({ id }) => id))).toEqual(new Set([...session.records()].map(({ agent }) => agent)));
  });

  it('gives the records of a replay without a panel', async () => {
    const session = await recorded('two-servers-min');
    expect([...session.records()].map(({ server, outcome }) => `${server} ${outcome}`)).toHaveLength(3);
    expect(new Set([...session.records()].map(({ server }) => server))).toEqual(new Set(['files', 'memory']));
    expect(workers.living).toBe(0);
  });

  it('has its guards below its own folder', async () => {
    const path = config('relative', { files: 'near.wasm', memory: null });
    const session = await replayed({ config: path });
    expect(session.row(log.calls.find(({ server }) => server === 'files')?.index ?? -1).headline).toContain(
      'near.wasm',
    );
    badGuard('near', { label_resource: '(i32.const 0)' });
    await session.replay();
    expect(session.undecided('files')).toBeNull();
  });
});

describe('a server that is not decided', () => {
  it('because the configuration does not have it, keeps its rows with the reason, and is not counted', async () => {
    const session = await replayed({ config: config('one', { files: guard }) });
    expect(session.run).toMatchObject({ status: 'done', done: callsOf('files'), total: callsOf('files') });
    expect(outcomes(session, 'memory')).toEqual({ skipped: callsOf('memory') });
    const row = session.row(log.calls.find(({ server }) => server === 'memory')?.index ?? -1);
    expect(row.headline).toBe('Not decided: "one.toml" has no server "memory"');
    expect(session.problems.filter(({ code }) => code === 'gateway/server-not-configured')).toMatchObject([
      {
        severity: 'warning',
        message: `"one.toml" has no server "memory": its ${callsOf('memory')} calls are not decided`,
      },
    ]);
  });

  it('because its guard is missing, says so, and the others are decided', async () => {
    const session = await replayed({ config: config('missing', { files: guard, memory: nowhere('gone.wasm') }) });
    expect(session.run).toMatchObject({ status: 'done', done: callsOf('files'), total: callsOf('files') });
    expect(session.inputs.guard.status).toBe('ready');
    expect(outcomes(session, 'memory')).toEqual({ skipped: callsOf('memory') });
    expect(session.undecided('memory')).toContain('gone.wasm');
    expect(session.undecided('files')).toBeNull();
    expect(session.problems.map(({ code }) => code)).toContain('guard/not-created');
  });

  it('because no guard of any server can be opened, fails the run with the first reason', async () => {
    const session = await replayed({
      config: config('none', { files: nowhere('a.wasm'), memory: nowhere('b.wasm') }),
    });
    expect(session.run.status).toBe('failed');
    expect(session.inputs.guard).toMatchObject({ status: 'failed', message: expect.stringContaining('a.wasm') });
  });

  it('without a configuration has no guard, which its rows say', async () => {
    const session = await replayed({ guard, policy, server: 'memory' });
    expect(outcomes(session, 'files')).toEqual({ skipped: callsOf('files') });
    const row = session.row(log.calls.find(({ server }) => server === 'files')?.index ?? -1);
    expect(row.headline).toBe('Not decided: no guard is chosen for "files"');
    expect(panelState(session, basename).servers).toContainEqual({
      id: 'files',
      calls: callsOf('files'),
      undecided: 'no guard is chosen for "files"',
      configured: true,
    });
  });
});

describe('a guard that hangs in one server', () => {
  it('ends at its deadline, and the other servers go on', async () => {
    const loop = badGuard('hangs', { label_agent: `${forever} (i32.const 0)` });
    const session = await replayed({ config: config('hangs', { files: guard, memory: loop }), deadlineMs: 1000 });
    expect(session.run).toMatchObject({ status: 'done', done: log.calls.length });
    expect(outcomes(session, 'memory')).toEqual({ error: callsOf('memory') });
    expect(outcomes(session, 'files')['error'] ?? 0).toBeLessThan(callsOf('files'));
    expect(session.inputs.guard).toMatchObject({
      status: 'poisoned',
      message: expect.stringContaining('deadline exceeded'),
    });
    expect(workers.living).toBe(0);
  });
});

describe('a guard or a policy beside a configuration', () => {
  it('replaces that of its server only', async () => {
    const trap = badGuard('replaces', { label_agent: 'unreachable' });
    const path = config('replaced', { files: guard, memory: guard });
    const session = await replayed({ config: path, guard: trap, server: 'memory' });
    expect(outcomes(session, 'memory')).toEqual({ error: callsOf('memory') });
    expect(outcomes(session, 'files')['error'] ?? 0).toBeLessThan(callsOf('files'));
    expect(panelState(session, basename)).toMatchObject({ replaced: 'memory', guard: { title: 'replaces.wasm' } });
    session.update({ guard: null });
    await session.replay();
    expect(outcomes(session, 'memory')['error'] ?? 0).toBeLessThan(callsOf('memory'));
    expect(panelState(session, basename).replaced).toBeNull();
  });

  it('stands in for a guard that is missing', async () => {
    const path = config('stands-in', { files: guard, memory: nowhere('gone.wasm') });
    const session = await replayed({ config: path, guard, policy, server: 'memory' });
    expect(session.run).toMatchObject({ status: 'done', done: log.calls.length });
  });

  it('is for the server with the most calls by default', async () => {
    const path = config('busiest', { files: guard, memory: guard });
    const session = await replayed({ config: path, policy });
    expect(panelState(session, basename).replaced).toBe(callsOf('files') >= callsOf('memory') ? 'files' : 'memory');
  });
});

describe('a configuration that cannot be used', () => {
  it.each([
    ['is missing', () => nowhere('config.toml'), 'config/unreadable'],
    ['does not start', () => file('broken.toml', '[servers.files\n'), 'gateway/does-not-start'],
    ['has none of the servers', () => config('others', { mail: null }), 'gateway/no-such-server'],
  ] as const)('because it %s, fails the run and is blamed for it', async (_, path, code) => {
    const session = await replayed({ config: path() });
    expect(session.run.status).toBe('failed');
    const state = panelState(session, basename);
    expect(state.config).toMatchObject({ status: 'failed', message: session.run.message });
    expect(state.config.unreadable).toBe(code === 'config/unreadable');
    expect(state.guard.status).toBe('none');
    expect(session.problems.map((problem) => problem.code)).toContain(code);
  });

  it('is not one whose variables are not set here: those that the gateway needs are named', async () => {
    const path = config(
      'variables',
      { files: guard, memory: null },
      // The gateway expands references of a TOML file in this table only.
      '[servers.mail]\ncommand = "docker"\nargs = ["x"]\n[servers.mail.env]\nTOKEN = "${GUARDSCOPE_TEST_NOT_EXPANDED}"\n' +
        '[gateway.opentelemetry]\nendpoint = "http://localhost/${GUARDSCOPE_TEST_NOT_SET}"\n',
    );
    const session = await replayed({ config: path });
    expect(session.run.status).toBe('done');
    const found = session.problems.find(({ code }) => code === 'gateway/variable-not-set');
    expect(found).toMatchObject({ severity: 'info', message: expect.stringContaining('${GUARDSCOPE_TEST_NOT_SET}.') });
  });
});

describe('a growing trace', () => {
  const upTo = (count: number, growing: boolean): Trace => {
    const { growing: _, ...rest } = log;
    const calls = log.calls.slice(0, count);
    return { ...rest, calls, ...(growing ? { growing } : {}) };
  };

  it('has guards for the servers whose first call comes later', async () => {
    const path = config('growing', { files: guard, memory: guard });
    const only = log.calls.findIndex(({ server }) => server !== log.calls[0]?.server);
    const session = sessionOf({ ...nothing, config: path }, upTo(only, true));
    await session.replay();
    expect(session.run).toMatchObject({ status: 'done', done: only });
    session.extend(upTo(log.calls.length, false));
    await expect.poll(() => session.run.done, { timeout: 20_000 }).toBe(log.calls.length);
    expect(new Set([...session.records()].map(({ server }) => server)).size).toBe(2);
  });
});
