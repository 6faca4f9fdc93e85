/** The Sessions view: which files it lists, in which order, what a row says, and what is refreshed. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveFacts } from '../../../src/engine/recording/format/liveFile.ts';
import { sessionsView } from '../../../src/host/trees/sessionsView.ts';
import { fakeServices, type FakeServices, FakeTrace, liveSession } from '../../support/vscode/hostServices.ts';
import { fake, fire, resetVscode } from '../../support/vscode/api.ts';
import { refreshesOf, rowsOf } from './treeRows.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

const view = 'guardscope.sessions';

let host: FakeServices;
let folder = '';
let captures = '';

beforeEach(() => {
  resetVscode();
  folder = mkdtempSync(join(tmpdir(), 'guardscope-sessions-'));
  captures = join(folder, 'captures');
  mkdirSync(captures);
  fake.folders.push(folder);
  // An absolute folder stands in for all capture folders, also for the one in the user's home.
  fake.settings.set('guardscope.capture.folder', captures);
  host = fakeServices();
  sessionsView(host.services);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Creates a file that changed at this second. */
function file(path: string, changed: number): string {
  writeFileSync(path, 'x'.repeat(2048));
  utimesSync(path, changed, changed);
  return path;
}

function found(name: string, changed: number): string {
  const path = file(join(folder, name), changed);
  fake.files.push(path);
  return path;
}

function live(name: string, facts: Partial<LiveFacts> = {}): string {
  const path = file(join(captures, `${name}.guardtrace.jsonl`), 1);
  host.live.all.push(liveSession(path, { server: name, ...facts }));
  return path;
}

async function labels(): Promise<readonly unknown[]> {
  return (await rowsOf(view)).map(({ label }) => label);
}

describe('the welcome text', () => {
  it('says that nothing was found only when the view has looked', async () => {
    expect(fake.context.get('guardscope.hasListedSessions')).toBeUndefined();
    expect(await labels()).toEqual([]);
    expect(fake.context.get('guardscope.hasListedSessions')).toBe(true);
  });
});

describe('the list', () => {
  it('has live sessions first, then traces of the workspace and captures, the newest first, each once', async () => {
    found('old.guardtrace.jsonl', 100);
    found('rpc-messages.jsonl', 300);
    const capture = file(join(captures, 'memory-2026-11-23T02-30-05Z-4711.guardtrace.jsonl'), 200);
    fake.files.push(capture);
    file(join(captures, 'notes.txt'), 400);
    live('files');
    host.live.changed.fire();
    expect(await labels()).toEqual(['files', 'rpc-messages.jsonl', 'memory', 'old.guardtrace.jsonl']);
  });

  it('has a trace from elsewhere while it is open, such as the sample', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'guardscope-sample-'));
    const path = file(join(elsewhere, 'trace.guardtrace.jsonl'), 1);
    const { document } = new FakeTrace(path);
    host.services.sessions.add(document);
    expect(await labels()).toEqual([path]);
    host.services.sessions.delete(document);
    expect(await labels()).toEqual([]);
    rmSync(elsewhere, { recursive: true });
  });

  it('no longer has a file that was deleted', async () => {
    const path = found('a.guardtrace.jsonl', 1);
    found('b.guardtrace.jsonl', 2);
    expect(await labels()).toEqual(['b.guardtrace.jsonl', 'a.guardtrace.jsonl']);
    rmSync(path);
    expect(await labels()).toEqual(['b.guardtrace.jsonl']);
  });

  it('is empty without files, also when the capture folder is missing', async () => {
    rmSync(captures, { recursive: true });
    expect(await rowsOf(view)).toEqual([]);
  });
});

describe('a row', () => {
  it('of a finished capture has the server, its start and size; a click opens it', async () => {
    const path = file(join(captures, 'files-2026-11-23T02-30-05Z-1.guardtrace.jsonl'), 1);
    expect(await rowsOf(view)).toMatchObject([
      {
        label: 'files',
        description: expect.stringMatching(/2026.* · 2048 B$/),
        icon: 'history',
        kind: 'capture',
        tooltip: expect.stringContaining(path),
        click: `guardscope.openTrace ${path}`,
      },
    ]);
  });

  it('of a log of the gateway has its path in the workspace', async () => {
    found('rpc-messages.jsonl', 1);
    expect(await rowsOf(view)).toMatchObject([{ label: 'rpc-messages.jsonl', description: '2048 B', kind: 'log' }]);
  });

  it('of an open trace says so', async () => {
    const path = found('a.guardtrace.jsonl', 1);
    host.services.sessions.add(new FakeTrace(path).document);
    expect(await rowsOf(view)).toMatchObject([{ description: '2048 B · open', icon: 'pulse' }]);
  });

  it('of a live session has its mode in colour, and its growth', async () => {
    live('files', { guard: '/g/guard.wasm', mode: 'enforce' });
    expect(await rowsOf(view)).toMatchObject([
      {
        label: 'files',
        description: 'ENFORCING · guard.wasm · 3 calls · 2048 B',
        icon: 'loading~spin errorForeground',
        kind: 'live-enforce',
      },
    ]);
  });
});

describe('the badge', () => {
  const badge = (): unknown => fake.trees.get(view)?.badge;

  it('counts the live sessions, and disappears with the last one', () => {
    live('files');
    host.live.changed.fire();
    expect(badge()).toEqual({ value: 1, tooltip: '1 live session' });
    live('memory');
    host.live.changed.fire();
    expect(badge()).toEqual({ value: 2, tooltip: '2 live sessions' });
    host.live.all = [];
    host.live.changed.fire();
    expect(badge()).toBeUndefined();
  });
});

describe('refreshes', () => {
  it('concern only the rows of live sessions while these grow', async () => {
    found('a.guardtrace.jsonl', 1);
    live('files');
    host.live.changed.fire();
    await rowsOf(view);
    const refreshes = refreshesOf(view);
    host.live.changed.fire();
    expect(refreshes).toEqual(['files']);
  });

  it('concern the whole view when a session starts or ends, and when a trace is opened or a file appears', async () => {
    live('files');
    host.live.changed.fire();
    await rowsOf(view);
    const refreshes = refreshesOf(view);
    live('memory');
    host.live.changed.fire();
    expect(refreshes).toEqual(['all']);
    host.services.sessions.add(new FakeTrace('/w/a.guardtrace.jsonl').document);
    expect(refreshes).toEqual(['all', 'all']);
    fire.changeFile(join(folder, 'new.guardtrace.jsonl'));
    expect(new Set(refreshes.slice(2))).toEqual(new Set(['all']));
  });
});
