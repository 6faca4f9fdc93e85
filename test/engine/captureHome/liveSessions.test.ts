/** The live sessions: start, growth, change of mode, end, and the events about them. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LiveControl } from '../../../src/engine/liveGuard/controlFile.ts';
import type { LiveFacts } from '../../../src/engine/recording/format/liveFile.ts';
import { LiveSessions, liveSuffix } from '../../../src/engine/captureHome/liveSessions.ts';
import { patiently } from '../../support/patience.ts';

let scratch = '';
let events: string[] = [];
let sessions: LiveSessions;
const facts = new Map<string, LiveFacts>();
const controls = new Map<string, LiveControl>();

const call = '{"t":1,"dir":"client","msg":{"id":1,"method":"tools/call"}}\n';

function begin(name: string, more: Partial<LiveFacts> = {}): string {
  const path = join(scratch, 'captures', `${name}.guardtrace.jsonl`);
  mkdirSync(join(scratch, 'captures'), { recursive: true });
  writeFileSync(path, '');
  writeFileSync(`${path}${liveSuffix}`, '{}');
  facts.set(path, { pid: 1, start: `2026-11-23T00:00:0${facts.size}Z`, server: name, transport: 'stdio', ...more });
  return path;
}

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'guardscope-live-'));
  events = [];
  sessions = new LiveSessions({
    folders: () => [join(scratch, 'none'), join(scratch, 'captures'), join(scratch, 'captures')],
    readLive: (path) => facts.get(path) ?? null,
    readControl: (path) => controls.get(path) ?? {},
  });
  sessions.onDidChange(() => events.push('changed'));
  sessions.onDidStart(({ facts: { server }, mode }) => events.push(`${server} ${mode}`));
});

afterEach(() => {
  sessions.dispose();
  facts.clear();
  controls.clear();
  rmSync(scratch, { recursive: true, force: true });
});

describe('live sessions', () => {
  it('are none when nothing is captured', async () => {
    await sessions.look();
    expect(sessions.all).toEqual([]);
    expect(events).toEqual([]);
  });

  it('start, grow and end, with an event each', async () => {
    await sessions.look();
    const path = begin('files');
    await sessions.look();
    expect(events).toEqual(['changed', 'files recording']);
    expect(sessions.get(path)).toMatchObject({ path, calls: 0, bytes: 0, mode: 'recording' });
    await sessions.look();
    expect(events).toHaveLength(2);
    appendFileSync(path, call + call);
    await sessions.look();
    expect(events).toEqual(['changed', 'files recording', 'changed']);
    expect(sessions.get(path)).toMatchObject({ calls: 2, bytes: 2 * call.length });
    facts.delete(path);
    await sessions.look();
    expect(sessions.all).toEqual([]);
    expect(events).toHaveLength(4);
  });

  it('are sorted with the newest first', async () => {
    for (const name of ['a', 'b', 'c']) begin(name);
    await sessions.look();
    expect(sessions.all.map(({ facts: { server } }) => server)).toEqual(['c', 'b', 'a']);
  });

  it('that ran before the first look have no start event', async () => {
    begin('files');
    await sessions.look();
    expect(events).toEqual(['changed']);
  });

  it('have one start event, also when a guard starts to watch or to enforce later', async () => {
    await sessions.look();
    const path = begin('files');
    await sessions.look();
    const watched: LiveFacts = { ...(facts.get(path) as LiveFacts), guard: '/g.wasm', mode: 'watch' };
    facts.set(path, watched);
    await sessions.look();
    facts.set(path, { ...watched, mode: 'enforce' });
    await sessions.look();
    expect(sessions.get(path)).toMatchObject({ mode: 'enforce' });
    expect(events.filter((each) => each !== 'changed')).toEqual(['files recording']);
  });

  it('have the mode and guard of the control file, which apply from the next call on', async () => {
    const path = begin('files', { guard: '/a.wasm', mode: 'enforce' });
    controls.set(path, { mode: 'watch', guard: '/b.wasm' });
    await sessions.look();
    expect(sessions.get(path)).toMatchObject({ mode: 'watch', facts: { guard: '/b.wasm' } });
  });

  it('are only recorded when their tap does not support a guard, whatever the control file says', async () => {
    const path = begin('files');
    controls.set(path, { mode: 'enforce', guard: '/b.wasm' });
    await sessions.look();
    expect(sessions.get(path)).toMatchObject({ mode: 'recording' });
  });

  it('exclude a tap that has ended without removing its live file', async () => {
    const path = begin('files');
    facts.delete(path);
    await sessions.look();
    expect(sessions.all).toEqual([]);
  });

  it('are searched once more after concurrent requests', async () => {
    const first = sessions.look();
    begin('files');
    await Promise.all([first, sessions.look()]);
    for (const deadline = Date.now() + patiently(20_000); sessions.all.length === 0 && Date.now() < deadline;) {
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
    }
    expect(sessions.all).toHaveLength(1);
  });

  it('are not searched after disposal', async () => {
    sessions.dispose();
    begin('files');
    await sessions.look();
    expect(sessions.all).toEqual([]);
  });
});
