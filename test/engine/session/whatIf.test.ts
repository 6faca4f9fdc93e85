/** A view whose policy is typed in an editor: it is decided with the text, and with the file again once that is saved or closed. */
import { copyFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { TraceView } from '../../../src/engine/session/traceView.ts';
import { proves } from '../../support/proves.ts';
import { calls, cleanUp, closeSessions, file, guard, policy, sessionOf } from './sessions.ts';

afterEach(closeSessions);
afterAll(cleanUp);

const at = new Date(2026, 4, 6, 14, 2, 11).getTime();
const wide = '{"allow-only":{"repos":"all","min-integrity":"none"}}';
const outcomes = (session: TraceView): readonly string[] => [...session.records()].map(({ outcome }) => outcome);
const codes = (session: TraceView): readonly string[] => session.problems.map(({ code }) => code);

async function replayed(name: string): Promise<{ session: TraceView; policyFile: string; saved: readonly string[] }> {
  const policyFile = file(`${name}.json`, '');
  copyFileSync(policy, policyFile);
  const session = sessionOf({ policy: policyFile });
  await session.replay();
  return { session, policyFile, saved: outcomes(session) };
}

describe('a text that is typed', () => {
  test('is decided with, and its flips are counted against the saved one', async () => {
    proves('own:what-if');
    const { session, policyFile, saved } = await replayed('typed');
    await session.whatIf.decide(policyFile, wide, at);
    const typed = outcomes(session);
    const flips = typed.filter((outcome, index) => outcome !== saved[index]).length;
    expect(flips).toBeGreaterThan(3);
    expect(session.run).toMatchObject({
      status: 'done',
      done: calls,
      renewed: 'typed.json as typed at 14:02:11 (not saved)',
    });
    expect(session.comparison.state).toMatchObject({ label: 'typed.json as saved', pinned: false });
    expect(session.comparison.state.kinds.outcome).toBe(flips);
    // Each text is compared with the saved one, not with the text before it.
    await session.whatIf.decide(policyFile, `${wide} `, at);
    expect(session.comparison.state.kinds.outcome).toBe(flips);
    // The file was not touched, and closing the editor brings its decisions back.
    await session.whatIf.decide(policyFile, null, at);
    expect(outcomes(session)).toEqual(saved);
    expect(session.run).toMatchObject({ renewed: 'typed.json as saved', marks: { changed: 0 } });
    expect(session.comparison.state.label).toBe('the run before');
  });

  test('leaves the last decisions when it cannot be used, with the reason', async () => {
    proves('own:what-if');
    const { session, policyFile, saved } = await replayed('broken');
    await session.whatIf.decide(policyFile, wide, at);
    const typed = outcomes(session);
    await session.whatIf.decide(policyFile, wide.slice(0, -1), at + 60_000);
    expect(outcomes(session)).toEqual(typed);
    expect(typed).not.toEqual(saved);
    expect(session.run).toMatchObject({
      status: 'done',
      renewed: 'broken.json as typed at 14:02:11 (not saved)',
    });
    expect(session.problems[0]).toMatchObject({
      code: 'session/old-decisions',
      message: 'The decisions are not those of broken.json as typed at 14:03:11 (not saved): this text cannot be used',
    });
    expect(session.inputs.policyProblems[0]).toMatchObject({ code: 'policy/not-json', position: { line: 1 } });
    await session.whatIf.decide(policyFile, wide, at + 120_000);
    expect(codes(session)).not.toContain('session/old-decisions');
  });

  test('is decided with the last one when several come at once', async () => {
    const { session, policyFile, saved } = await replayed('at-once');
    const texts = [wide, '{', `${wide}\n`];
    await Promise.all(texts.map((text, minute) => session.whatIf.decide(policyFile, text, at + minute * 60_000)));
    expect(session.run.renewed).toBe('at-once.json as typed at 14:04:11 (not saved)');
    expect(outcomes(session)).not.toEqual(saved);
  });

  test('waits for the first replay, which is what it is compared with', async () => {
    const session = sessionOf();
    const replaying = session.replay();
    await session.whatIf.decide(policy, wide, at);
    await replaying;
    expect(session.run.renewed).toContain('(not saved)');
    expect(session.comparison.state).toMatchObject({ label: 'policy.json as saved' });
    expect(session.comparison.state.kinds.outcome).toBeGreaterThan(3);
  });

  test('makes a policy usable with which the first replay failed', async () => {
    const policyFile = file('unusable.json', '{');
    const session = sessionOf({ policy: policyFile });
    await session.replay();
    expect(session.run.status).toBe('failed');
    await session.whatIf.decide(policyFile, '{"allow-only":', at);
    expect(session.run.status).toBe('failed');
    await session.whatIf.decide(policyFile, wide, at);
    expect(session.run).toMatchObject({ status: 'done', done: calls });
  });

  test('changes nothing before the first replay', async () => {
    const session = sessionOf();
    await session.whatIf.decide(policy, wide, at);
    expect(session.run.status).toBe('idle');
  });
});

describe("a text of a gateway's configuration", () => {
  const scopes = '["workspace/customers", "workspace/docs", "workspace/inbox", "workspace/outbox"]';
  const inToml = (repos: string): string =>
    `[servers.files]\ncommand = "docker"\nargs = ["run", "--rm", "-i", "files"]\nguard = "sample"\n` +
    `[servers.files.guard_policies.allow-only]\nrepos = ${repos}\nmin-integrity = "none"\n` +
    `[guards.sample]\ntype = "wasm"\npath = "${guard}"\n`;
  const inJson = (repos: string): string =>
    `{ "mcpServers": { "files": { "container": "files", "guard": "sample",
       "guard-policies": { "allow-only": { "repos": ${repos}, "min-integrity": "none" } } } },
       "guards": { "sample": { "type": "wasm", "path": "${guard}" } },
       "gateway": { "port": 8080, "domain": "localhost", "apiKey": "x" } }`;

  test.each([
    ['toml', inToml],
    ['json', inJson],
  ])('is decided with, and the decisions stay when it cannot be used (%s)', async (form, text) => {
    proves('own:what-if');
    const config = file(`typed.${form}`, text(scopes));
    const session = sessionOf({ config, guard: null, policy: null, mode: null, deadlineMs: null });
    await session.replay();
    const saved = outcomes(session);
    await session.whatIf.decide(config, text('"all"'), at);
    expect(session.run).toMatchObject({
      status: 'done',
      done: calls,
      renewed: `typed.${form} as typed at 14:02:11 (not saved)`,
    });
    const typed = outcomes(session);
    expect(typed).not.toEqual(saved);
    await session.whatIf.decide(config, text('"everything"'), at);
    expect(outcomes(session)).toEqual(typed);
    expect(codes(session)).toContain('session/old-decisions');
    await session.whatIf.decide(config, null, at);
    expect(outcomes(session)).toEqual(saved);
  });
});

describe('a text that was saved', () => {
  test('keeps its decisions and the flips, also when the watch reports the file', async () => {
    proves('own:what-if');
    const { session, policyFile } = await replayed('saved');
    await session.whatIf.decide(policyFile, wide, at);
    const { marks } = session.run;
    const typed = [...session.records()];
    writeFileSync(policyFile, wide);
    // The watch may come before the editor says that it saved.
    await session.renew(policyFile, at);
    await session.whatIf.decide(policyFile, null, at);
    await session.renew(policyFile, at);
    expect([...session.records()]).toEqual(typed);
    expect(session.run).toMatchObject({ renewed: 'saved.json as saved', marks });
    expect(session.comparison.state).toMatchObject({ label: 'the run before' });
    // A later change is one of the file.
    copyFileSync(policy, policyFile);
    await session.renew(policyFile, at);
    expect(session.run).toMatchObject({ renewed: 'saved.json changed at 14:02:11', marks });
  });

  test('before it was decided with is decided with then', async () => {
    const { session, policyFile, saved } = await replayed('quick');
    await session.whatIf.decide(policyFile, `${wide} `, at);
    writeFileSync(policyFile, wide);
    await session.whatIf.decide(policyFile, null, at);
    expect(outcomes(session)).not.toEqual(saved);
    expect(session.run.renewed).toBe('quick.json as saved');
    expect(session.run.marks.changed).toBeGreaterThan(3);
  });

  test('with a mistake keeps the old decisions', async () => {
    const { session, policyFile, saved } = await replayed('mistake');
    await session.whatIf.decide(policyFile, '{', at);
    writeFileSync(policyFile, '{');
    await session.whatIf.decide(policyFile, null, at);
    expect(outcomes(session)).toEqual(saved);
    expect(session.problems[0]?.message).toBe(
      'The decisions are not those of mistake.json as saved: this text cannot be used',
    );
  });
});

describe('what the user chose', () => {
  test('a baseline that is pinned stays', async () => {
    const { session, policyFile } = await replayed('pinned');
    session.comparison.pinRun('mine');
    await session.whatIf.decide(policyFile, wide, at);
    expect(session.comparison.state).toMatchObject({ label: 'mine', pinned: true });
    await session.whatIf.decide(policyFile, null, at);
    expect(session.comparison.state).toMatchObject({ label: 'mine', pinned: true });
  });

  test('a replay and another policy decide with the files', async () => {
    const { session, policyFile, saved } = await replayed('replay');
    await session.whatIf.decide(policyFile, wide, at);
    await session.replay();
    expect(outcomes(session)).toEqual(saved);
    expect(session.run).toMatchObject({ renewed: '' });
    expect(session.comparison.state.label).toBe('the run before');
    await session.whatIf.decide(policyFile, wide, at);
    session.update({ policy });
    await session.replay();
    expect(outcomes(session)).toEqual(saved);
  });

  test('a text of another file changes no decision', async () => {
    const { session, saved } = await replayed('other');
    await session.whatIf.decide('/nowhere/policy.json', null, at);
    expect(outcomes(session)).toEqual(saved);
    expect(session.run.renewed).toBe('');
  });
});
