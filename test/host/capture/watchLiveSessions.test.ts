/** Live sessions of real live files: the status bar, and a guard that is steered through control files while sessions come and go. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DisposableStore } from '../../../src/core/base/lifecycle.ts';
import type { LiveSessions } from '../../../src/engine/captureHome/liveSessions.ts';
import { controlFileOf } from '../../../src/engine/liveGuard/controlFile.ts';
import { LiveFile, type LiveFacts, liveFileOf } from '../../../src/engine/recording/format/liveFile.ts';
import { captureStatus } from '../../../src/host/capture/statusBar.ts';
import { steerGuard } from '../../../src/host/capture/steerGuard.ts';
import { watchLiveSessions } from '../../../src/host/capture/watchLiveSessions.ts';
import { CaptureHost, shownTexts, textOfFile } from '../../support/vscode/captureHost.ts';
import { fileUri } from '../../support/vscode/hostServices.ts';
import { patiently } from '../../support/patience.ts';
import { proves } from '../../support/proves.ts';
import { fake, fire, resetVscode, runCommand } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

let machine: CaptureHost;
let store: DisposableStore;
let live: LiveSessions;

beforeEach(() => {
  resetVscode();
  machine = new CaptureHost();
  store = new DisposableStore();
  fake.settings.set('guardscope.capture.notify', false);
});
afterEach(() => {
  store.dispose();
  machine.close();
});

/** Starts the features, with real live sessions. */
async function start(): Promise<void> {
  live = watchLiveSessions(store);
  const services = { ...machine.host.services, live };
  for (const feature of [captureStatus, steerGuard]) store.add(feature(services));
  await live.look();
}

/** A capture with the live file of a tap whose process is this one. */
function begin(name: string, facts: Partial<LiveFacts> = {}, folder = machine.captures): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.guardtrace.jsonl`);
  writeFileSync(path, '');
  const all = { pid: process.pid, start: '2026-11-23T02:30:05Z', server: name, transport: 'stdio', ...facts };
  LiveFile.create(path, all);
  return path;
}

const control = (capture: string): unknown => JSON.parse(textOfFile(controlFileOf(capture)));

const eventually = (check: () => void): Promise<void> =>
  vi.waitFor(check, { timeout: patiently(20_000), interval: 20 });

describe('live sessions', () => {
  it('are found in the capture folders of workspace and user, and disappear when their tap ends', async () => {
    begin('files', { mode: 'off' });
    const own = begin('notes', {}, join(machine.home, '.guardscope', 'captures'));
    await start();
    expect(fake.statusBar).toMatchObject({ visible: true, text: '$(record) 2 sessions' });
    rmSync(liveFileOf(own));
    fire.changeFile(liveFileOf(own));
    await eventually(() => expect(fake.statusBar).toMatchObject({ text: '$(record) 1 session' }));
  });

  it('are found in other folders of the workspace, at the start and as soon as a watched file appears', async () => {
    const first = begin('first', {}, join(machine.workspace, 'traces'));
    fake.files.push(liveFileOf(first));
    await start();
    await eventually(() => expect(live.all.map(({ path }) => path)).toEqual([first]));
    const second = begin('second', {}, join(machine.workspace, 'other'));
    fire.changeFile(liveFileOf(second));
    await eventually(() => expect(fake.statusBar).toMatchObject({ text: '$(record) 2 sessions' }));
  });

  it('leave out live files of processes that have ended, and files that are no live files', async () => {
    const path = begin('ended');
    writeFileSync(liveFileOf(path), JSON.stringify({ pid: 2 ** 22 + 1, server: 'ended', start: '', transport: '' }));
    writeFileSync(liveFileOf(begin('broken')), 'not JSON');
    await start();
    expect(live.all).toEqual([]);
    expect(fake.statusBar).toMatchObject({ visible: false });
  });
});

describe('a guard on live sessions', () => {
  const guard = '/g/guard.wasm';

  it('enforces after the question, turns the status bar red, and is stopped by the control file', async () => {
    const path = begin('files', { mode: 'watch', guard });
    await start();
    fake.answer = ({ actions }) => actions[0];
    await runCommand('guardscope.enforceLive', fileUri(path));
    expect(control(path)).toEqual({ guard, mode: 'enforce' });
    expect(fake.statusBar).toMatchObject({ text: '$(shield) Enforcing: files' });
    await runCommand('guardscope.enforceLive');
    expect(shownTexts().at(-1)).toBe('A guard already enforces on every live session.');
    await runCommand('guardscope.stopEnforcing');
    expect(control(path)).toEqual({ guard, mode: 'watch' });
    expect(fake.statusBar).toMatchObject({ text: '$(record) 1 session' });
    expect(fake.context.get('guardscope.hasEnforced')).toBe(false);
  });

  it.each([
    ['guardscope.enforceLive', { mode: 'watch', guard }],
    ['guardscope.watchLive', { mode: 'off' }],
  ] as const)('%s refuses a session that ended during the questions, and leaves no file behind', async (id, facts) => {
    const path = begin('files', facts);
    fake.files.push(join(machine.workspace, 'guard.wasm'));
    await start();
    const end = (): void => rmSync(liveFileOf(path), { force: true });
    fake.answer = ({ actions }) => {
      end();
      return actions[0];
    };
    fake.pick = (labels) => {
      end();
      return labels[0];
    };
    await runCommand(id, fileUri(path));
    expect(shownTexts().at(-1)).toBe(`"${path}" is not being captured. Start its server again`);
    expect(existsSync(controlFileOf(path))).toBe(false);
  });

  it('is stopped on the other sessions when one cannot be reached', async () => {
    proves('own:stop-reaches-all');
    const [lost, ...others] = ['a', 'b', 'c'].map((name) =>
      begin(name, { mode: 'enforce', guard, server: name }, join(machine.workspace, 'traces', name)),
    );
    for (const path of [lost ?? '', ...others]) fake.files.push(liveFileOf(path));
    await start();
    await eventually(() => expect(live.all).toHaveLength(3));
    // A folder in its place: the control file cannot be written.
    mkdirSync(controlFileOf(lost ?? ''));
    await runCommand('guardscope.stopEnforcing');
    expect(fake.messages).toMatchObject([
      { kind: 'error', text: expect.stringMatching(/^Cannot change the running tap: .*Check that the folder/) },
      { kind: 'information', text: expect.stringMatching(/^Stopped enforcing on "[bc]", "[bc]"\./) },
    ]);
    expect(others.map(control)).toEqual([
      { guard, mode: 'watch' },
      { guard, mode: 'watch' },
    ]);
    expect(existsSync(`${controlFileOf(lost ?? '')}.new`)).toBe(false);
  });

  it('is stopped only where it enforces: a session that has ended stops no other one', async () => {
    const enforced = begin('files', { mode: 'enforce', guard });
    const ended = begin('ended', { mode: 'enforce', guard });
    rmSync(liveFileOf(ended));
    await start();
    await runCommand('guardscope.stopEnforcing', fileUri(ended));
    expect(shownTexts()).toEqual([`"${ended}" is not being captured. Start its server again`]);
    expect(existsSync(controlFileOf(enforced))).toBe(false);
  });

  it('that is off is not switched on by Stop Enforcing', async () => {
    const path = begin('files', { mode: 'off', guard });
    await start();
    await runCommand('guardscope.stopEnforcing', fileUri(path));
    expect(shownTexts()).toEqual(['No guard is enforcing.']);
    expect(existsSync(controlFileOf(path))).toBe(false);
  });
});
