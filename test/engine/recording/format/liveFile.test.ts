/** The live file beside the capture of a running tap, names of captures, and the deletion of older ones. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { captureName, isPattern } from '../../../../src/engine/recording/format/captureName.ts';
import { deleteOldCaptures } from '../../../../src/engine/recording/recorder/oldCaptures.ts';
import { LiveFile, liveFileOf, readLive } from '../../../../src/engine/recording/format/liveFile.ts';
import { captureLines, fakeServer, start, tapped } from '../../tap/tapped.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardscope-live-'));
});

const facts = { pid: process.pid, start: '2026-11-23T00:00:00.000Z', server: 'files', transport: 'stdio' };

describe('the live file', () => {
  test('describes a running tap, is readable by its owner only, and is removed with it', () => {
    const capture = join(folder, 'a.guardtrace.jsonl');
    expect(readLive(capture)).toBeNull();
    const live = LiveFile.create(capture, { ...facts, endpoint: 'http://127.0.0.1:1/token/mcp' });
    if (process.platform !== 'win32') expect(statSync(liveFileOf(capture)).mode & 0o777).toBe(0o600);
    expect(readLive(capture)).toEqual({ ...facts, endpoint: 'http://127.0.0.1:1/token/mcp' });
    live.update({ mode: 'enforce', guard: '/g.wasm' });
    expect(readLive(capture)).toMatchObject({ mode: 'enforce', guard: '/g.wasm' });
    live.remove();
    expect(readLive(capture)).toBeNull();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('prevents a second tap while the first runs, and is replaced when the first has ended', async () => {
    const capture = join(folder, 'a.guardtrace.jsonl');
    const live = LiveFile.create(capture, facts);
    expect(() => LiveFile.create(capture, facts)).toThrow(
      `The capture "${capture}" is being written by another tap (process ${process.pid}, since ${facts.start})`,
    );
    live.remove();
    const child = spawn(process.execPath, ['-e', '']);
    const { pid = 0 } = child;
    await new Promise((resolve) => child.on('exit', resolve));
    writeFileSync(liveFileOf(capture), JSON.stringify({ ...facts, pid }));
    expect(readLive(capture)).toBeNull();
    expect(LiveFile.create(capture, facts)).toBeInstanceOf(LiveFile);
  });

  test('is stale when its process number belongs to another process', () => {
    const capture = join(folder, 'a.guardtrace.jsonl');
    LiveFile.create(capture, facts);
    const text = readFileSync(liveFileOf(capture), 'utf8');
    expect(readLive(capture)).not.toBeNull();
    writeFileSync(liveFileOf(capture), text.replace(/"born":\d+/, '"born":1'));
    expect(readLive(capture) === null).toBe(process.platform === 'linux');
  });

  test('admits one of several taps that start at once, even after a tap was killed', async () => {
    const capture = join(folder, 'a.guardtrace.jsonl');
    writeFileSync(liveFileOf(capture), JSON.stringify({ ...facts, born: 1 }));
    const taps = Array.from({ length: 4 }, () => start(tapped(capture, fakeServer('echo'))));
    await Promise.all(
      taps.map(async ({ child, firstLine }) => {
        child.stdin?.write('{"a":1}\n');
        await firstLine;
      }),
    );
    for (const { child } of taps) child.stdin?.end();
    const ends = await Promise.all(taps.map(({ seen }) => seen));
    expect(ends.filter(({ code }) => code === 0)).toHaveLength(1);
    expect(ends.filter(({ code }) => code === 2)).toHaveLength(3);
    expect(ends.filter(({ stderr }) => stderr.includes('is being written by another tap'))).toHaveLength(3);
    expect(captureLines(capture).filter(({ schema }) => schema !== undefined)).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(['a.guardtrace.jsonl']);
  });

  test.each(['', 'null', '{"pid":"x"}', '{"pid":-1}', '[1]', '{"pid":1e99}'])(
    '%j beside a capture does not count as a running tap',
    (text) => {
      const capture = join(folder, 'a.guardtrace.jsonl');
      writeFileSync(liveFileOf(capture), text);
      expect(readLive(capture)).toBeNull();
    },
  );

  test('makes a second tap report that it does not record, and the session continues', async () => {
    const capture = join(folder, 'a.guardtrace.jsonl');
    LiveFile.create(capture, facts);
    const { child, seen } = start(tapped(capture, fakeServer('echo')));
    child.stdin?.end('{"a":1}\n');
    const { stdout, stderr, code } = await seen;
    expect(stdout.toString()).toContain('{"a":1}');
    expect(code).toBe(2);
    expect(stderr).toContain('is being written by another tap');
    expect(existsSync(capture)).toBe(false);
  });

  test('a tap creates the capture folder when it is missing, and a file for each session', async () => {
    const out = join(folder, 'new', 'folder', '{server}-{time}-{pid}.guardtrace.jsonl');
    const { child, seen } = start(tapped(out, fakeServer('echo'), '--server', 'my files'));
    child.stdin?.end('{"a":1}\n');
    await seen;
    const [name = ''] = readdirSync(join(folder, 'new', 'folder'));
    expect(name).toMatch(/^my-files-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-\d+\.guardtrace\.jsonl$/);
    expect(readFileSync(join(folder, 'new', 'folder', name), 'utf8')).toContain('"server":"my files"');
  });
});

describe('names of captures', () => {
  const occasion = { start: new Date('2026-11-23T02:30:05.678Z'), server: '../etc/x y', pid: 42 };

  test('placeholders are replaced by what a file name can contain', () => {
    expect(captureName('/c/{server}-{time}-{pid}.jsonl', occasion)).toBe('/c/etc-x-y-2026-11-23T02-30-05Z-42.jsonl');
    expect(captureName('/c/{other}.jsonl', occasion)).toBe('/c/{other}.jsonl');
    expect([isPattern('a-{time}.jsonl'), isPattern('a-{server}.jsonl'), isPattern('/{time}/a.jsonl')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('only the oldest finished captures of the same pattern are deleted', () => {
    const make = (name: string, minute: number): void => {
      writeFileSync(join(folder, name), '');
      utimesSync(join(folder, name), 60 * minute, 60 * minute);
    };
    const capture = (minute: number): string => `s-2026-11-23T00-0${minute}-00Z.guardtrace.jsonl`;
    for (const minute of [1, 2, 3, 4]) make(capture(minute), minute);
    for (const number of [1, 2]) make(capture(2).replace('Z.', `Z.${number}.`), 0);
    make(capture(4).replace('Z.', 'Z.1.'), 0);
    make('other-2026-11-23T00-00-00Z.guardtrace.jsonl', 0);
    make('s-notes.txt', 0);
    LiveFile.create(join(folder, capture(1)), facts);
    deleteOldCaptures(join(folder, '{server}-{time}.guardtrace.jsonl'), { server: 's' }, 2);
    expect(readdirSync(folder).filter((name) => !name.endsWith('.live.json'))).toEqual([
      'other-2026-11-23T00-00-00Z.guardtrace.jsonl',
      capture(1),
      capture(4).replace('Z.', 'Z.1.'),
      capture(4),
      's-notes.txt',
    ]);
  });
});
