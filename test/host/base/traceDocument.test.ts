/** An open trace: what is replayed when it opens, choices that last, growth of the file, and the tap that writes it. */
import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveFile } from '../../../src/engine/recording/format/liveFile.ts';
import type { TraceDocument } from '../../../src/host/base/traceDocument.ts';
import { fakeServices, type FakeServices } from '../../support/vscode/hostServices.ts';
import { closeEngine, SampleWorkspace } from '../../support/vscode/hostTraces.ts';
import { guardBytes } from '../../engine/runtime/guards.ts';
import { patiently } from '../../support/patience.ts';
import { proves } from '../../support/proves.ts';
import { fake, resetVscode } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

const calls = 32;

let host: FakeServices;
let workspace: SampleWorkspace;

beforeEach(() => {
  resetVscode();
  host = fakeServices();
  workspace = new SampleWorkspace(host.services);
});
afterEach(() => workspace.close());
afterAll(closeEngine);

const eventually = (check: () => void): Promise<void> =>
  vi.waitFor(check, { timeout: patiently(20_000), interval: 20 });

/** Waits until the replay has ended. */
async function replayed({ session }: TraceDocument): Promise<void> {
  await eventually(() => expect(session.run.status).toBe('done'));
}

describe('opening', () => {
  it('replays the trace through the guard and policy beside it', async () => {
    const document = await workspace.open();
    expect(document.session.settings).toMatchObject({ guard: workspace.guard, policy: workspace.policy });
    await replayed(document);
    expect(document.session.run.counts).toEqual({ allowed: 20, filtered: 5, denied: 4, blocked: 2, error: 1 });
  });

  it('replays nothing when the setting is off', async () => {
    fake.settings.set('guardscope.replayOnOpen', false);
    const { session } = await workspace.open();
    expect(session.run.status).toBe('idle');
    expect(session.row(0).status).toBe('pending');
  });

  it('replays nothing without a guard', async () => {
    rmSync(workspace.guard);
    const { session } = await workspace.open();
    expect(session.settings.guard).toBeNull();
    expect(session.run.status).toBe('idle');
  });

  it('opens a file that is not a trace, with a problem that says what it looks like', async () => {
    const path = workspace.path('page.jsonl');
    // A short file may still become a trace for a while; this one has more lines than are looked at.
    writeFileSync(path, `<!DOCTYPE html>\n${'<p>text</p>\n'.repeat(250)}`);
    const { session } = await workspace.open(path);
    expect(session.trace.problems.map(({ message }) => message)).toEqual([
      `"${path}" is not a trace: it looks like an HTML or XML document`,
    ]);
    expect(session.trace.calls).toEqual([]);
  });

  it('fails with the reason when it is cancelled', async () => {
    const cancelled = new AbortController();
    cancelled.abort(new Error('the tab was closed'));
    await expect(workspace.open(workspace.trace, cancelled.signal)).rejects.toThrow('the tab was closed');
    expect(host.services.sessions.all).toEqual([]);
  });

  it('is over once the document is open: a cancel then does not stop following', async () => {
    const opening = new AbortController();
    fake.settings.set('guardscope.replayOnOpen', false);
    const { session } = await workspace.open(workspace.trace, opening.signal);
    opening.abort();
    const line = readFileSync(workspace.trace, 'utf8')
      .split('\n')
      .find((text) => text.includes('"tools/call"'));
    appendFileSync(workspace.trace, `${line?.replace(/"id":\d+/, '"id":9001')}\n`);
    await eventually(() => expect(session.trace.calls).toHaveLength(calls + 1));
  });
});

describe('a choice', () => {
  it('replays at once, and holds when the trace is opened again', async () => {
    const document = await workspace.open();
    await replayed(document);
    const other = workspace.copy('policy-public.json', 'other.json');
    await document.choose({ policy: other, mode: 'propagate' });
    expect(document.session.settings).toMatchObject({ policy: other, mode: 'propagate' });
    await replayed(document);
    expect(document.session.run.counts).not.toMatchObject({ allowed: 20, filtered: 5 });
    document.dispose();
    const again = await workspace.open();
    expect(again.session.settings).toMatchObject({ policy: other, mode: 'propagate', guard: workspace.guard });
  });

  it('says where it was stored, and is taken back by Undo', async () => {
    const document = await workspace.open();
    const { settings } = document.session;
    fake.answer = ({ actions }) => actions.find((action) => action === 'Undo');
    await document.choose({ mode: 'propagate' });
    await eventually(() => expect(document.session.settings).toEqual(settings));
    expect(fake.messages).toMatchObject([
      {
        kind: 'information',
        text: 'The choice for trace.guardtrace.jsonl is stored in .vscode/settings.json ("guardscope.traces").',
        actions: ['Undo', 'Open Settings'],
      },
    ]);
    expect(fake.settings.has('guardscope.traces')).toBe(false);
    await document.choose({ mode: 'filter' });
    expect([fake.messages.length, fake.statusMessages]).toEqual([1, [fake.messages[0]?.text]]);
    expect(document.session.settings.mode).toBe('filter');
  });

  it('opens the settings on request, which other traces share', async () => {
    fake.settings.set('guardscope.traces', { 'other.jsonl': { mode: 'strict' } });
    fake.answer = ({ actions }) => actions.find((action) => action === 'Open Settings');
    const document = await workspace.open();
    await document.choose({ mode: 'propagate' });
    await eventually(() => expect(fake.opened.at(-1)?.uri?.path).toBe(workspace.path('.vscode/settings.json')));
    expect(fake.settings.get('guardscope.traces')).toEqual({
      'other.jsonl': { mode: 'strict' },
      'trace.guardtrace.jsonl': { mode: 'propagate' },
    });
  });

  it('is kept by Replay, which takes up changed settings and files', async () => {
    const document = await workspace.open();
    await document.choose({ mode: 'filter' });
    await replayed(document);
    fake.settings.set('guardscope.trustedBots', ['robot[bot]']);
    workspace.copy('policy-public.json', 'policy.json');
    const before = document.session.run.counts;
    await document.replay();
    expect(document.session.settings).toMatchObject({ mode: 'filter', trustedBots: ['robot[bot]'] });
    expect(document.session.run.counts).not.toEqual(before);
  });
});

describe('the file of an open trace', () => {
  beforeEach(() => fake.settings.set('guardscope.replayOnOpen', false));

  it('that is replaced shows its new calls', async () => {
    const { session } = await workspace.open();
    expect(session.trace.calls).toHaveLength(calls);
    const lines = readFileSync(workspace.trace, 'utf8').trimEnd().split('\n');
    const shorter = workspace.path('shorter');
    writeFileSync(shorter, `${lines.slice(0, -4).join('\n')}\n`);
    renameSync(shorter, workspace.trace);
    await eventually(() => expect(session.trace.calls.length).toBeLessThan(calls));
    expect(session.trace.problems.map(({ code }) => code)).not.toContain('trace/unknown-format');
  });

  it('is no longer read after the panel was closed', async () => {
    const document = await workspace.open();
    let changes = 0;
    document.onDidChangeLive(() => changes++);
    document.dispose();
    expect(host.services.sessions.all).toEqual([]);
    appendFileSync(workspace.trace, '{"t":1}\n');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(changes).toBe(0);
  });
});

describe('the tap that writes the trace', () => {
  const facts = { pid: process.pid, start: '2026-11-23T02:30:05.000Z', server: 'files', transport: 'stdio' };

  it('is shown with its mode while it runs', async () => {
    fake.settings.set('guardscope.replayOnOpen', false);
    const tap = LiveFile.create(workspace.trace, { ...facts, guard: workspace.guard, mode: 'watch' });
    const document = await workspace.open();
    expect(document.live).toMatchObject({ mode: 'watch', since: facts.start, follow: true });
    document.follow = false;
    expect(document.live?.follow).toBe(false);
    let announced = 0;
    document.onDidChangeLive(() => announced++);
    tap.update({ mode: 'enforce' });
    await eventually(() => expect(document.live?.mode).toBe('enforce'));
    expect(announced).toBeGreaterThan(0);
    tap.remove();
    await eventually(() => expect(document.live).toBeNull());
  });

  it('is not shown of a finished capture', async () => {
    expect((await workspace.open()).live).toBeNull();
  });
});

describe('a file that changes', () => {
  const errors = { allowed: 0, filtered: 0, denied: 0, blocked: 0, error: calls };
  const sample = { allowed: 20, filtered: 5, denied: 4, blocked: 2, error: 1 };

  it('decides the trace anew, and again when it is put back', async () => {
    proves('own:watch');
    const document = await workspace.open();
    await replayed(document);
    const before = readFileSync(workspace.guard);
    writeFileSync(workspace.guard, guardBytes({ label_resource: '(i32.const -1)' }));
    await eventually(() => expect(document.session.run.counts).toEqual(errors));
    expect(document.session.run.renewed).toMatch(/^guard\.wasm changed at \d\d:\d\d:\d\d$/);
    writeFileSync(workspace.guard, before);
    await eventually(() => expect(document.session.run.counts).toEqual(sample));
  });

  it('is ignored while the setting is off', async () => {
    const document = await workspace.open();
    await replayed(document);
    fake.settings.set('guardscope.watch', false);
    writeFileSync(workspace.guard, guardBytes({ label_resource: '(i32.const -1)' }));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(document.session.run).toMatchObject({ counts: sample, renewed: '' });
  });

  it('is no longer watched when the trace is closed', async () => {
    const document = await workspace.open();
    await replayed(document);
    document.dispose();
    writeFileSync(workspace.guard, 'no module');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(document.session.run.renewed).toBe('');
  });
});
