/** The live sessions as they begin, grow, change their mode and end. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LiveControl } from '../../../src/engine/liveGuard/controlFile.ts';
import type { LiveFacts } from '../../../src/engine/recording/format/liveFile.ts';
import { LiveSessions, liveSuffix } from '../../../src/engine/captureHome/liveSessions.ts';
import { patiently } from '../../support/patience.ts';

let scratch = '';
let told: string[] = [];
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
  told = [];
  sessions = new LiveSessions({
    folders: () => [join(scratch, 'none'), join(scratch, 'captures'), join(scratch, 'captures')],
    readLive: (path) => facts.get(path) ?? null,
    readControl: (path) => controls.get(path) ?? {},
  });
  sessions.onDidChange(() => told.push('changed'));
  sessions.onDidStart(({ facts: { server }, mode }) => told.push(`${server} ${mode}`));
});

afterEach(() => {
  sessions.dispose();
  facts.clear();
  controls.clear();
  rmSync(scratch, { recursive: true, force: true });
});

describe('live sessions', () => {
  it('are none where nothing is captured', async () => {
    await sessions.look();
    expect(sessions.all).toEqual([]);
    expect(told).toEqual([]);
  });

  it('begin, grow and end', async () => {
    await sessions.look();
    const path = begin('files');
    await sessions.look();
    expect(told).toEqual(['changed', 'files recording']);
    expect(sessions.get(path)).toMatchObject({ path, calls: 0, bytes: 0, mode: 'recording' });
    await sessions.look();
    expect(told).toHaveLength(2);
    appendFileSync(path, call + call);
    await sessions.look();
    expect(told).toEqual(['changed', 'files recording', 'changed']);
    expect(sessions.get(path)).toMatchObject({ calls: 2, bytes: 2 * call.length });
    facts.delete(path);
    await sessions.look();
    expect(sessions.all).toEqual([]);
    expect(told).toHaveLength(4);
  });

  it('are the newest first', async () => {
    for (const name of ['a', 'b', 'c']) begin(name);
    await sessions.look();
    expect(sessions.all.map(({ facts: { server } }) => server)).toEqual(['c', 'b', 'a']);
  });

  it('that ran before the first look are no news', async () => {
    begin('files');
    await sessions.look();
    expect(told).toEqual(['changed']);
  });

  it('are news once: a guard that begins to watch or to enforce is what somebody asked for', async () => {
    await sessions.look();
    const path = begin('files');
    await sessions.look();
    const watched: LiveFacts = { ...(facts.get(path) as LiveFacts), guard: '/g.wasm', mode: 'watch' };
    facts.set(path, watched);
    await sessions.look();
    facts.set(path, { ...watched, mode: 'enforce' });
    await sessions.look();
    expect(sessions.get(path)).toMatchObject({ mode: 'enforce' });
    expect(told.filter((each) => each !== 'changed')).toEqual(['files recording']);
  });

  it('are in the mode that their tap was told, and obeys from the next call on', async () => {
    const path = begin('files', { guard: '/a.wasm', mode: 'enforce' });
    controls.set(path, { mode: 'watch', guard: '/b.wasm' });
    await sessions.look();
    expect(sessions.get(path)).toMatchObject({ mode: 'watch', facts: { guard: '/b.wasm' } });
  });

  it('are only recorded when their tap has no place for a guard, whatever it was told', async () => {
    const path = begin('files');
    controls.set(path, { mode: 'enforce', guard: '/b.wasm' });
    await sessions.look();
    expect(sessions.get(path)).toMatchObject({ mode: 'recording' });
  });

  it('whose tap is gone do not count, though its file is left', async () => {
    const path = begin('files');
    facts.delete(path);
    await sessions.look();
    expect(sessions.all).toEqual([]);
  });

  it('looked for twice at once are looked for once more afterwards', async () => {
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

  it('are not looked for after the end', async () => {
    sessions.dispose();
    begin('files');
    await sessions.look();
    expect(sessions.all).toEqual([]);
  });
});
