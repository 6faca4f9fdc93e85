/** The status bar item of live sessions, "Show Live Sessions", and the notification of a new session. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { captureStatus } from '../../../src/host/capture/statusBar.ts';
import { fakeServices, type FakeServices, liveSession } from '../../support/vscode/hostServices.ts';
import { fake, MarkdownString, resetVscode, runCommand, ThemeColor } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

let host: FakeServices;
beforeEach(() => {
  resetVscode();
  host = fakeServices();
  captureStatus(host.services);
});

function show(...sessions: ReturnType<typeof liveSession>[]): void {
  host.live.all = sessions;
  host.live.changed.fire();
}

const recorded = liveSession('/w/a.guardtrace.jsonl');
const enforced = liveSession('/w/b.guardtrace.jsonl', { server: 'memory', guard: '/g.wasm', mode: 'enforce' });

describe('the status bar item', () => {
  it('is visible only while a session is live', () => {
    show(recorded);
    expect(fake.statusBar).toMatchObject({ visible: true, text: '$(record) 1 session' });
    expect(fake.context.get('guardscope.hasLive')).toBe(true);
    show();
    expect(fake.statusBar?.visible).toBe(false);
    expect(fake.context.get('guardscope.hasLive')).toBe(false);
  });

  it('is red while a guard enforces, with a link that stops it', () => {
    show(recorded, enforced);
    const item = fake.statusBar;
    expect(item?.text).toBe('$(shield) Enforcing: memory');
    expect(item?.backgroundColor).toEqual(new ThemeColor('statusBarItem.errorBackground'));
    expect(fake.context.get('guardscope.hasEnforced')).toBe(true);
    const tooltip = item?.tooltip;
    expect(tooltip instanceof MarkdownString && tooltip.value).toContain('(command:guardscope.stopEnforcing)');
    show(recorded);
    expect(fake.statusBar?.backgroundColor).toBeUndefined();
    expect(fake.context.get('guardscope.hasEnforced')).toBe(false);
  });
});

describe('Show Live Sessions', () => {
  it('reports that nothing is captured', async () => {
    await runCommand('guardscope.showLive');
    expect(fake.messages).toMatchObject([{ kind: 'information', text: 'No session is being captured.' }]);
  });

  it('opens the only session', async () => {
    show(recorded);
    await runCommand('guardscope.showLive');
    expect(fake.executed).toMatchObject([['vscode.openWith', { path: recorded.path }, 'guardscope.trace']]);
  });

  it('asks when a guard enforces, and offers to stop it first', async () => {
    show(enforced);
    await runCommand('guardscope.showLive');
    expect(fake.picks).toEqual([
      { placeHolder: 'Select the live session to open', labels: ['$(debug-stop) Stop Enforcing', 'memory'] },
    ]);
    expect(fake.executed).toEqual([]);
  });

  it('opens the session that is picked of several', async () => {
    show(recorded, liveSession('/w/c.guardtrace.jsonl', { server: 'notes', guard: '/g.wasm', mode: 'watch' }));
    fake.pick = () => 'notes';
    await runCommand('guardscope.showLive');
    expect(fake.rows.map(({ label, description }) => [label, description])).toEqual([
      ['files', 'recording · 3 calls · 2048 B'],
      ['notes', 'watching · 3 calls · 2048 B'],
    ]);
    expect(fake.executed).toMatchObject([['vscode.openWith', { path: '/w/c.guardtrace.jsonl' }, 'guardscope.trace']]);
  });

  it('stops the guards that enforce when that is picked, and says why one cannot be reached', async () => {
    show(recorded, enforced);
    fake.pick = (labels) => labels[0];
    await runCommand('guardscope.showLive');
    expect(fake.rows[0]).toMatchObject({ label: '$(debug-stop) Stop Enforcing', description: 'memory' });
    // The folder of the capture has vanished.
    expect(fake.messages).toMatchObject([
      {
        kind: 'error',
        text: expect.stringMatching(/^Cannot change the running tap: writing "\/w\/b\..* failed: ENOENT/),
      },
    ]);
    expect(host.logged).toEqual([expect.stringMatching(/^error live\/unwritable: /)]);
  });
});

describe('the notification of a new session', () => {
  it('appears once per server and mode; enforcement is a warning', () => {
    for (const session of [recorded, recorded, enforced]) host.live.started.fire(session);
    expect(fake.messages).toMatchObject([
      { kind: 'information', text: 'Recording the session of "files".' },
      { kind: 'warning', text: 'Recording the session of "memory"; g.wasm enforces its decisions.' },
    ]);
  });

  it('does not appear when the setting is off', () => {
    fake.settings.set('guardscope.capture.notify', false);
    host.live.started.fire(recorded);
    expect(fake.messages).toEqual([]);
  });

  it('opens the session, or switches the setting off', async () => {
    fake.answer = () => 'Open';
    host.live.started.fire(recorded);
    await vi.waitFor(() =>
      expect(fake.executed).toMatchObject([['vscode.openWith', { path: recorded.path }, 'guardscope.trace']]),
    );
    fake.answer = () => "Don't Show Again";
    host.live.started.fire(enforced);
    await vi.waitFor(() =>
      expect(fake.updates).toEqual([{ id: 'guardscope.capture.notify', value: false, target: 1 }]),
    );
  });
});
