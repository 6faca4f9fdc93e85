/** Revealing and deleting sessions, the list of captures, and following the log directory of a gateway. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { liveFileOf } from '../../../src/engine/recording/format/liveFile.ts';
import { controlFileOf } from '../../../src/engine/liveGuard/controlFile.ts';
import { sessionFiles } from '../../../src/host/capture/sessionFiles.ts';
import { CaptureHost, pickInOrder, shownTexts } from '../../support/vscode/captureHost.ts';
import { fileUri, liveSession } from '../../support/vscode/hostServices.ts';
import { fake, resetVscode, runCommand } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

let machine: CaptureHost;

beforeEach(() => {
  resetVscode();
  machine = new CaptureHost();
  sessionFiles(machine.host.services);
});
afterEach(() => machine.close());

const header = '{"guardtrace":1}\n';

function capture(name: string): string {
  return machine.write(`.guardscope/captures/${name}.guardtrace.jsonl`, header);
}

const remove = (path?: string): Promise<unknown> =>
  runCommand('guardscope.deleteSession', path === undefined ? undefined : fileUri(path));

describe('Delete Session…', () => {
  it('deletes the capture with its companions after a question', async () => {
    const path = capture('files-2026-11-23T02-30-05Z-1');
    const companions = [liveFileOf(path), controlFileOf(path)].map((each) =>
      machine.write(each.slice(machine.workspace.length + 1), '{}'),
    );
    await remove(path);
    expect(existsSync(path)).toBe(true);
    fake.answer = () => 'Delete';
    await remove(path);
    expect(fake.messages[0]).toEqual({
      kind: 'warning',
      text: 'Delete the session "files-2026-11-23T02-30-05Z-1.guardtrace.jsonl"?',
      actions: ['Delete'],
      detail: '',
    });
    expect([path, ...companions].filter(existsSync)).toEqual([]);
    expect(fake.messages).toHaveLength(2);
  });

  it('deletes also where the file system has no trash', async () => {
    fake.hasTrash = false;
    fake.answer = () => 'Delete';
    const path = capture('a');
    await remove(path);
    expect(existsSync(path)).toBe(false);
    expect(fake.messages).toHaveLength(1);
  });

  it('is content with a file that vanished during the question, and removes what stayed beside it', async () => {
    const path = capture('a');
    const control = machine.write(controlFileOf(path).slice(machine.workspace.length + 1), '{}');
    fake.answer = () => {
      rmSync(path);
      return 'Delete';
    };
    await remove(path);
    expect(fake.messages).toHaveLength(1);
    expect(existsSync(control)).toBe(false);
  });

  it('refuses a session that is still being captured, with the next step', async () => {
    const path = capture('live');
    machine.host.live.all = [liveSession(path)];
    fake.answer = () => 'Delete';
    await remove(path);
    expect(shownTexts()).toEqual(['"live.guardtrace.jsonl" is still being captured. Stop its server first']);
    expect(machine.host.logged).toEqual([expect.stringMatching(/^error capture\/live: /)]);
    expect(existsSync(path)).toBe(true);
  });

  it('asks for a session: the newest first, those of the workspace once, others by their path', async () => {
    const old = capture('files-2026-11-22T02-30-05Z-1');
    capture('memory-2026-11-23T02-30-05Z-1');
    machine.write('.guardscope/captures/notes.txt', 'no capture');
    machine.writeHome('.guardscope/captures/web-2026-11-21T02-30-05Z-7.guardtrace.jsonl', header);
    const other = machine.write('traces/other.guardtrace.jsonl', header);
    fake.files.push(old, other);
    await remove();
    expect(fake.picks).toEqual([
      {
        placeHolder: 'Select the session to delete',
        labels: ['memory', 'files', 'web', 'traces/other.guardtrace.jsonl'],
      },
    ]);
    expect(fake.rows[2]?.detail).toBe('~/.guardscope/captures/web-2026-11-21T02-30-05Z-7.guardtrace.jsonl');
    fake.answer = () => 'Delete';
    pickInOrder('files');
    await remove();
    expect(existsSync(old)).toBe(false);
    expect(existsSync(other)).toBe(true);
  });

  it('says that there are no sessions', async () => {
    await remove();
    expect(shownTexts()).toEqual(['No captures were found.']);
    expect(fake.picks).toEqual([]);
  });
});

describe('Reveal in File Manager', () => {
  it('reveals the file, and does nothing without one', async () => {
    await runCommand('guardscope.revealSession');
    await runCommand('guardscope.revealSession', { uri: fileUri('/w/a.guardtrace.jsonl') });
    expect(fake.executed).toMatchObject([['revealFileInOS', { path: '/w/a.guardtrace.jsonl' }]]);
  });
});

describe('Follow Gateway Log Directory…', () => {
  it('opens the log of the chosen folder', async () => {
    const log = machine.write('logs/rpc-messages.jsonl', '');
    fake.chooseFile = (title) =>
      title === "Select the Gateway's Log Directory" ? join(machine.workspace, 'logs') : '';
    await runCommand('guardscope.followLog');
    expect(fake.executed).toMatchObject([['vscode.openWith', { path: log }, 'guardscope.gatewayLog']]);
  });

  it.each([
    ['without the log', (): unknown => undefined],
    ['with a folder in its place', () => mkdirSync(join(machine.workspace, 'rpc-messages.jsonl'))],
  ])('refuses a folder %s, and says which one to choose', async (_what, prepare) => {
    prepare();
    await runCommand('guardscope.followLog', fileUri(machine.workspace));
    expect(shownTexts()).toEqual([
      `"${machine.workspace}" does not contain rpc-messages.jsonl. Choose the folder of the gateway's --log-dir; the gateway creates the file with its first request`,
    ]);
    expect(fake.executed).toEqual([]);
  });

  it('opens nothing when the dialog is closed', async () => {
    await runCommand('guardscope.followLog');
    expect([...fake.executed, ...fake.messages]).toEqual([]);
  });
});
