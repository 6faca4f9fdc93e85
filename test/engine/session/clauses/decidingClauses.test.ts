/** Which calls each clause of a policy decides: found in the background for a view that was replayed. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { ClauseRuns } from '../../../../src/engine/session/clauses/clauseRuns.ts';
import { DecidingClauses, type ClauseSearchOptions } from '../../../../src/engine/session/clauses/decidingClauses.ts';
import { callClauses } from '../../../../src/engine/session/clauses/callClauses.ts';
import { RunsOnShow } from '../../../../src/engine/session/clauses/runsOnShow.ts';
import type { TraceView } from '../../../../src/engine/session/traceView.ts';
import { readTraceFile } from '../../../../src/engine/traceFiles/traceFile.ts';
import { patiently } from '../../../support/patience.ts';
import { sleep } from '../../../support/processes/process.ts';
import { proves } from '../../../support/proves.ts';
import { samplePath } from '../../../support/samples.ts';
import {
  calls,
  cleanUp,
  closeSessions,
  file,
  guard,
  longCapture,
  policy,
  services,
  sessionOf,
  trace,
  until,
} from '../sessions.ts';

const searches: DecidingClauses[] = [];

afterEach(() => {
  vi.restoreAllMocks();
  for (const search of searches.splice(0)) search.dispose();
  closeSessions();
});
afterAll(cleanUp);

function searchIn(session: TraceView, options: ClauseSearchOptions = {}): DecidingClauses {
  const search = new DecidingClauses(session, services, { restMs: 0, budgetMs: Infinity, ...options });
  searches.push(search);
  return search;
}

/** Waits until the search says something of this kind. */
async function says(search: DecidingClauses, kind: DecidingClauses['search']['kind']): Promise<DecidingClauses> {
  const end = performance.now() + patiently(20_000);
  while (search.search.kind !== kind && performance.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(search.search.kind).toBe(kind);
  return search;
}

async function found(session: TraceView): Promise<DecidingClauses> {
  const search = searchIn(session);
  const end = performance.now() + patiently(20_000);
  // As the views do, which ask again when other decisions are on show: those of a session that is followed may come one by one.
  for (; search.search.kind !== 'found' && performance.now() < end; await sleep(10)) search.find();
  return says(search, 'found');
}

const decides = (search: DecidingClauses): Readonly<Record<string, readonly number[] | string>> =>
  Object.fromEntries(
    search.clauses.map(({ id }) => {
      const effect = search.effect(id);
      return [
        id,
        effect?.kind === 'found' ? [...effect.decides.keys()].map((index) => index + 1) : (effect?.reason ?? 'widest'),
      ];
    }),
  );

const outcomes = (session: TraceView): readonly string[] => [...session.records()].map(({ outcome }) => outcome);

/** The calls whose outcome is another one under a policy. */
async function otherwise(text: string): Promise<readonly number[]> {
  const [before, after] = [sessionOf(), sessionOf({ policy: file('otherwise.json', text) })];
  await before.replay();
  await after.replay();
  const were = outcomes(before);
  return outcomes(after).flatMap((outcome, index) => (outcome === were[index] ? [] : [index + 1]));
}

describe('the clauses of the sample', () => {
  test('decide the calls that are decided otherwise without them', async () => {
    proves('own:policy-clauses');
    const session = sessionOf();
    await session.replay();
    const search = await found(session);
    const numbers = decides(search);
    expect(Object.keys(numbers)).toEqual([
      'repos',
      'repos=workspace/customers',
      'repos=workspace/docs',
      'repos=workspace/inbox',
      'repos=workspace/outbox',
      'min-integrity',
    ]);
    const scopes = '"workspace/customers", "workspace/docs", "workspace/inbox", "workspace/outbox"';
    const none = await otherwise(`{"allow-only":{"repos":[${scopes}],"min-integrity":"none"}}`);
    expect(none.length).toBeGreaterThan(3);
    expect(numbers['min-integrity']).toEqual(expect.arrayContaining([...none]));
    const customers = await otherwise(
      `{"allow-only":{"repos":[${scopes.replace('"workspace/customers", ', '')}],"min-integrity":"approved"}}`,
    );
    expect(customers.length).toBeGreaterThan(1);
    expect(numbers['repos=workspace/customers']).toEqual(expect.arrayContaining([...customers]));
    // A clause that changes only why a call is denied does not decide it.
    expect(numbers['repos=workspace/customers']).toContain(29);
    expect(numbers['min-integrity']).not.toContain(29);
  });

  test('are named for a call, with what becomes of it', async () => {
    proves('own:clause-and-call');
    const session = sessionOf();
    await session.replay();
    const search = await found(session);
    const named = (index: number): readonly string[] =>
      callClauses(session, search, index).rows.map(({ id, how, would }) => `${how} ${id} ${would}`.trim());
    // Call 29 writes to the mailing list, which an agent that knows of customers must not.
    expect(named(28)).toEqual([
      'decides repos=workspace/customers allowed',
      'reason repos',
      'reason repos=workspace/outbox',
      'reason min-integrity',
    ]);
    expect(named(0)).toEqual(['labels repos', 'labels repos=workspace/customers', 'labels min-integrity']);
    expect(callClauses(session, search, 28)).toMatchObject({
      state: 'found',
      rows: [{ title: '"workspace/customers" in repos', file: 'policy.json', without: 'Without it' }, {}, {}, {}],
    });
    expect(callClauses(session, search, 400)).toEqual({ state: 'none', message: '', rows: [] });
    expect(search.clauses[0]).toMatchObject({ file: { path: policy, role: 'policy' }, servers: null });
  });

  test('decide calls as the user changed them', async () => {
    const session = sessionOf();
    await session.replay();
    const search = await found(session);
    expect(search.decidedBy('repos=workspace/customers').has(28)).toBe(true);
    const edited = session.changes.editable(28);
    // What is written to customers stays with them.
    const args = { path: '/workspace/customers/report.md', content: 'x' };
    expect(await session.changes.set(28, { ...edited, arguments: args }, 0)).toBeNull();
    expect(search.search.kind).toBe('idle');
    search.find();
    await says(search, 'found');
    expect(session.record(28)?.outcome).toBe('allowed');
    expect(search.decidedBy('repos=workspace/customers').has(28)).toBe(false);
    expect(search.decidedBy('min-integrity').has(28)).toBe(true);
  });

  test('decide with a text that is typed, and come back at once with the saved one', async () => {
    const policyFile = file('typed-clauses.json', '');
    copyFileSync(policy, policyFile);
    const session = sessionOf({ policy: policyFile });
    await session.replay();
    const search = await found(session);
    const saved = decides(search);
    const { revision } = search;
    await session.whatIf.decide(policyFile, '{"allow-only":{"repos":"public","min-integrity":"merged"}}', 0);
    expect(search.search.kind).toBe('idle');
    expect(search.revision).toBeGreaterThan(revision);
    search.find();
    await says(search, 'found');
    expect(Object.keys(decides(search))).toEqual(['repos', 'min-integrity']);
    expect(search.textOf(policyFile)).toContain('merged');
    // A text that cannot be used leaves the old decisions, which are not those of its clauses.
    await session.whatIf.decide(policyFile, '{"allow-only":{"repos":"public","min-integrity":"high"}}', 0);
    search.find();
    await says(search, 'impossible');
    expect(search.search).toEqual({ kind: 'impossible', reason: 'this text cannot be used' });
    await session.whatIf.decide(policyFile, null, 0);
    // Nothing is decided for it: a service that would fail is not asked.
    const began = performance.now();
    search.find();
    await says(search, 'found');
    expect(decides(search)).toEqual(saved);
    expect(performance.now() - began).toBeLessThan(patiently(2_000));
  });
});

describe('the clauses of a session that is followed', () => {
  test('are found when it rests', async () => {
    const whole = sessionOf();
    await whole.replay();
    const session = sessionOf({}, { ...trace, growing: true });
    void session.replay();
    await until(() => session.run.status === 'done' && session.run.done === calls);
    expect(decides(await found(session))).toEqual(decides(await found(whole)));
  });

  test('leave out the call whose answer may still come', async () => {
    const lines = readFileSync(samplePath('files-and-memory', 'trace.guardtrace.jsonl'), 'utf8').trimEnd().split('\n');
    const last = lines.findLastIndex((line) => line.includes('"dir":"server"'));
    const path = file('open.guardtrace.jsonl', `${lines.slice(0, last).join('\n')}\n`);
    const read = await readTraceFile(path);
    const open = read.calls.map((call) => (call.answer === undefined ? { ...call, awaits: 'answer' as const } : call));
    expect(open.filter(({ awaits }) => awaits !== undefined)).toHaveLength(1);
    const session = sessionOf({}, { ...read, calls: open, growing: true }, path);
    void session.replay();
    await until(() => session.run.status === 'done' && session.run.done >= calls - 1);
    const numbers = Object.values(decides(await found(session))).flat();
    expect(numbers.length).toBeGreaterThan(10);
    expect(numbers).not.toContain(calls);
  });
});

describe('the clauses of a configuration', () => {
  const config = (id: string, level: string): string =>
    `[servers.files]\ncommand = "docker"\nargs = ["run", "--rm", "-i", "files"]\nguard = "sample"\n` +
    `[servers.files.guard_policies.allow-only]\nrepos = ["workspace/customers", "workspace/docs"]\nmin-integrity = "${level}"\n` +
    `[servers.${id}]\ncommand = "docker"\nargs = ["run", "--rm", "-i", "x"]\nguard = "sample"\n` +
    `[servers.${id}.guard_policies.write-sink]\naccept = ["*"]\n` +
    `[guards.sample]\ntype = "wasm"\npath = "${guard}"\n`;

  test('are those of its servers', async () => {
    proves('own:policy-clauses');
    const path = file('clauses.toml', config('mail', 'approved'));
    const session = sessionOf({ config: path, guard: null, policy: null, mode: null, deadlineMs: null });
    await session.replay();
    expect(session.run.status).toBe('done');
    const search = await found(session);
    const numbers = decides(search);
    expect(Object.keys(numbers)).toEqual([
      'files/repos',
      'files/repos=workspace/customers',
      'files/repos=workspace/docs',
      'files/min-integrity',
      'mail/accept=*',
    ]);
    expect(numbers['mail/accept=*']).toBe('widest');
    expect(numbers['files/min-integrity']).not.toEqual([]);
    expect(search.clauses[0]).toMatchObject({ file: { path, role: 'config' }, servers: ['files'] });
  });
});

describe('searches', () => {
  test('of several views go on one after the other', async () => {
    let [active, most] = [0, 0];
    const open = ClauseRuns.open.bind(ClauseRuns);
    vi.spyOn(ClauseRuns, 'open').mockImplementation(async (...args) => {
      most = Math.max(most, ++active);
      const runs = await open(...args);
      const close = runs?.close.bind(runs);
      return Object.assign(runs ?? expect.fail('the trace was not read'), {
        close: async () => {
          await close?.();
          active--;
        },
      });
    });
    const sessions = [sessionOf(), sessionOf()];
    for (const session of sessions) await session.replay();
    const several = sessions.map((session) => searchIn(session));
    for (const search of several) search.find();
    for (const search of several) await says(search, 'found');
    expect({ most, active }).toEqual({ most: 1, active: 0 });
  });
});

describe('nothing is found', () => {
  const idle = async (search: DecidingClauses): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(search.search.kind).toBe('idle');
  };

  test('before somebody asks, and before the calls are decided', async () => {
    const session = sessionOf();
    const search = searchIn(session);
    search.find();
    await idle(search);
    await session.replay();
    await idle(search);
    expect(search.clauses).toEqual([]);
    expect(search.decidedBy('min-integrity').has(28)).toBe(false);
  });

  test('without a word when it would take long', async () => {
    const session = sessionOf();
    await session.replay();
    const search = searchIn(session, { budgetMs: 0 });
    search.find();
    await says(search, 'long');
    expect(callClauses(session, search, 28)).toMatchObject({
      state: 'long',
      message: expect.stringMatching(/^about \d+ s$/),
    });
    search.findAnyway();
    await says(search, 'found');
    expect(search.decidedBy('MIN-integrity').has(3)).toBe(true);
  });

  test('while a run on show goes on', async () => {
    const onShow = new RunsOnShow();
    const session = sessionOf();
    await session.replay();
    const search = searchIn(session, { onShow });
    let end = (): void => undefined;
    onShow.add(new Promise<void>((resolve) => (end = resolve)));
    search.find();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(search.search.kind).toBe('searching');
    expect(search.effect('min-integrity')).toBeUndefined();
    end();
    await says(search, 'found');
  });

  test('for a file that has other calls than the view', async () => {
    const session = sessionOf({}, trace, longCapture(3));
    await session.replay();
    const search = searchIn(session);
    search.find();
    await says(search, 'impossible');
    expect(search.search).toMatchObject({
      reason: 'the file of the trace has other calls than the panel, or is still written',
    });
  });

  test('for a policy that was changed since the calls were decided', async () => {
    const policyFile = file('changed.json', '');
    copyFileSync(policy, policyFile);
    const session = sessionOf({ policy: policyFile });
    await session.replay();
    writeFileSync(policyFile, '{"allow-only":{"repos":"public","min-integrity":"none"}}');
    const search = searchIn(session);
    search.find();
    await says(search, 'impossible');
    expect(search.search).toMatchObject({ reason: 'the files are not those that the calls were decided with' });
  });

  test('after it was disposed', async () => {
    const session = sessionOf();
    await session.replay();
    const search = searchIn(session, { restMs: 20 });
    search.find();
    search.dispose();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(search.effect('min-integrity')).toBeUndefined();
  });
});
