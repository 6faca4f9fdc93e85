/** Texts about live and finished sessions: rows of the view, status bar, notifications. */
import { describe, expect, it } from 'vitest';
import { callsPattern, captureName, sessionPattern } from '../../../src/engine/recording/format/captureName.ts';
import type { LiveFacts } from '../../../src/engine/recording/format/liveFile.ts';
import { type LiveSession, liveStatus, sessionMode, startedText } from '../../../src/engine/captureHome/liveSession.ts';
import {
  readCaptureName,
  type SessionFile,
  sessionOrder,
  sessionRow,
} from '../../../src/engine/captureHome/sessionRow.ts';

const facts: LiveFacts = { pid: 42, start: '2026-11-23T02:30:05.000Z', server: 'files', transport: 'stdio' };
const guarded: LiveFacts = { ...facts, guard: '/g/guard.wasm', policy: '/g/policy.json' };

function live(given: LiveFacts, counts: { calls?: number; bytes?: number } = {}): LiveSession {
  const path = `/c/${given.server}.guardtrace.jsonl`;
  return { path, facts: given, mode: sessionMode(given), bytes: 34_000, calls: 12, ...counts };
}

describe('the mode of a live session', () => {
  const rows: readonly [string, LiveFacts, string][] = [
    ['is recording without a guard', facts, 'recording'],
    ['is recording with a mode and no guard', { ...facts, mode: 'enforce' }, 'recording'],
    ['is recording with a guard without a mode', guarded, 'recording'],
    ['is watch while the guard watches', { ...guarded, mode: 'watch' }, 'watch'],
    ['is enforce while the guard enforces', { ...guarded, mode: 'enforce' }, 'enforce'],
    ['is recording when the guard is switched off', { ...guarded, mode: 'off' }, 'recording'],
  ];
  it.each(rows)('%s', (_name, given, expected) => {
    expect(sessionMode(given)).toBe(expected);
  });
});

describe('the status bar', () => {
  it('shows nothing without a session', () => {
    expect(liveStatus([])).toBeNull();
  });

  it('counts the sessions', () => {
    expect(liveStatus([live(facts, { calls: 1 })])).toEqual({
      text: '$(record) 1 session',
      lines: ['files: recording, 1 call · 34.0 kB'],
      enforcing: false,
    });
    const watched = live({ ...guarded, mode: 'watch', server: 'memory' }, { bytes: 5_000_000 });
    expect(liveStatus([live(facts), watched])).toEqual({
      text: '$(record) 2 sessions',
      lines: ['files: recording, 12 calls · 34.0 kB', 'memory: watching, 12 calls · 5.0 MB'],
      enforcing: false,
    });
  });

  it('says why a guard decides no call, and not when it is switched off', () => {
    const message = 'The guard died in call 1 (read), and every later call fails until its file changes: x';
    const linesOf = (given: LiveFacts): readonly string[] => liveStatus([live({ ...given, message })])?.lines ?? [];
    expect(linesOf({ ...guarded, mode: 'watch' })).toEqual([`files: watching, 12 calls · 34.0 kB. ${message}`]);
    expect(linesOf({ ...guarded, mode: 'off' })).toEqual(['files: recording, 12 calls · 34.0 kB']);
  });

  it('names only the enforced servers when a guard enforces', () => {
    const enforced = live({ ...guarded, mode: 'enforce' });
    const other = live({ ...guarded, mode: 'enforce', server: 'memory' });
    const status = liveStatus([live({ ...facts, server: 'x' }), enforced, other, enforced]);
    expect(status).toMatchObject({ text: '$(shield) Enforcing: files, memory', enforcing: true });
    expect(status?.lines).toHaveLength(4);
  });
});

it('the notification of a new session names what its guard does', () => {
  const texts = (['off', 'watch', 'enforce'] as const).map((mode) => startedText(live({ ...guarded, mode })));
  expect(texts).toEqual([
    'Recording the session of "files".',
    'Recording the session of "files"; guard.wasm watches it.',
    'Recording the session of "files"; guard.wasm enforces its decisions.',
  ]);
});

describe('the rows of the Sessions view', () => {
  const file = (path: string, changed = 0, of: LiveSession | null = null): SessionFile => ({
    path,
    bytes: 2048,
    changed,
    live: of,
  });
  const row = (of: SessionFile, open = false) =>
    sessionRow({ ...of, open }, { relative: (path) => path.slice(3), localTime: (ms) => `at ${ms}` });

  it('are sorted: live sessions first, then the newest', () => {
    const older = live({ ...facts, start: '2026-11-23T01:00:00Z' });
    const files = [
      file('/w/a', 5),
      file('/w/b', 9),
      file('/w/c', 1, older),
      file('/w/d', 1, live(facts)),
      file('/w/aa', 5),
    ];
    expect(files.sort(sessionOrder).map(({ path }) => path)).toEqual(['/w/d', '/w/c', '/w/b', '/w/a', '/w/aa']);
  });

  it('show a live session with its mode and its counts', () => {
    const of = live({ ...guarded, mode: 'enforce' });
    expect(row(file(of.path, 0, of), true)).toMatchObject({
      label: 'files',
      description: 'ENFORCING · guard.wasm · 12 calls · 34.0 kB · open',
      icon: 'loading~spin',
      colour: 'errorForeground',
      kind: 'live-enforce',
    });
    expect(row(file(of.path, 0, live(facts))).description).toBe('recording · 12 calls · 34.0 kB');
    expect(row(file(of.path, 0, live({ ...guarded, mode: 'off' }))).description).not.toContain('guard');
  });

  it('label a finished capture by its server and its start', () => {
    const of = file('/w/.guardscope/captures/my-files-2026-11-23T02-30-05Z-4711.guardtrace.jsonl', 7);
    expect(row(of)).toMatchObject({
      label: 'my-files',
      description: `at ${Date.UTC(2026, 10, 23, 2, 30, 5)} · 2048 B`,
      kind: 'capture',
    });
  });

  it('label any other trace by its path', () => {
    expect(row(file('/w/logs/rpc-messages.jsonl'), true)).toMatchObject({
      label: 'logs/rpc-messages.jsonl',
      description: '2048 B · open',
      icon: 'pulse',
      kind: 'log',
    });
    expect(row(file('/w/trace.guardtrace.jsonl'))).toMatchObject({ label: 'trace.guardtrace.jsonl', kind: 'capture' });
  });

  const names: readonly [string, string | null][] = [
    ['a-2026-11-23T02-30-05Z-1.guardtrace.jsonl', 'a'],
    ['a-2026-11-23T02-30-05Z-1.2.guardtrace.jsonl', 'a'],
    ['a-2026-11-23T02-30-05Z-calls.guardtrace.jsonl', 'a'],
    ['a-2026-11-23T02-30-05Z-calls.2.guardtrace.jsonl', 'a'],
    ['a-2026-11-23T02-30-05Z-other.guardtrace.jsonl', null],
    ['a-2026-13-45T02-30-05Z-1.guardtrace.jsonl', null],
    ['2026-11-23T02-30-05Z-1.guardtrace.jsonl', null],
    ['a-2026-11-23T02-30-05Z-1.jsonl', null],
    ['trace.guardtrace.jsonl', null],
  ];
  it.each(names)('read the server from the file name %s', (name, server) => {
    expect(readCaptureName(`/w/${name}`)?.server ?? null).toBe(server);
  });

  it('read the server and the start from the name of each pattern that the extension uses', () => {
    const start = new Date(Date.UTC(2026, 10, 23, 2, 30, 5));
    for (const pattern of [callsPattern, sessionPattern]) {
      const name = captureName(pattern, { start, server: 'my-files', pid: 4711 });
      expect(readCaptureName(`/w/${name}`)).toEqual({ server: 'my-files', start: start.getTime() });
    }
  });
});
