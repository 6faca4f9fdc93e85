/** Only regular files are read, within a limit; other names are refused at once with their kind. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  FileTooLarge,
  openRegular,
  openRegularSync,
  readRegular,
  readRegularSync,
  streamRegular,
} from '../../../src/engine/files/regularFile.ts';
import { makeNamedPipe } from '../../support/processes/namedPipe.ts';
import { proves } from '../../support/proves.ts';

const folder = mkdtempSync(join(tmpdir(), 'regular-'));
const at = (name: string): string => join(folder, name);
const limit = 1000;
let server: Server;

beforeAll(async () => {
  makeNamedPipe(at('pipe'));
  symlinkSync(at('pipe'), at('link-to-pipe'));
  symlinkSync('/dev/zero', at('zero'));
  symlinkSync('/dev/null', at('null'));
  symlinkSync('/dev/stdin', at('stdin'));
  symlinkSync(folder, at('link-to-folder'));
  symlinkSync(at('nothing'), at('dangling'));
  symlinkSync('circle', at('circle'));
  mkdirSync(at('folder'));
  writeFileSync(at('text'), 'hello');
  symlinkSync(at('text'), at('link'));
  writeFileSync(at('empty'), '');
  writeFileSync(at('full'), Buffer.alloc(limit, 1));
  writeFileSync(at('over'), Buffer.alloc(limit + 1, 1));
  server = createServer().listen(at('socket'));
  await new Promise((resolve) => server.once('listening', resolve));
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function streamed(path: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of streamRegular(path, { chunkBytes: 100 })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The error of each way to read; null when one of them reads. */
async function refusals(path: string): Promise<readonly (string | null)[]> {
  const sync = (run: () => unknown): Promise<unknown> => new Promise((resolve) => resolve(run()));
  const ways = [
    openRegular(path).then((handle) => handle.close()),
    sync(() => openRegularSync(path)),
    readRegular(path, limit),
    sync(() => readRegularSync(path, limit)),
    streamed(path),
  ];
  return Promise.all(
    ways.map((way) =>
      way.then(
        () => null,
        (thrown: unknown) => (thrown as Error).message,
      ),
    ),
  );
}

describe('a name that is not that of a regular file is refused', () => {
  it.each([
    ['pipe', 'it is a named pipe, not a regular file'],
    ['link-to-pipe', 'it is a named pipe, not a regular file'],
    ['zero', 'it is a character device, not a regular file'],
    ['null', 'it is a character device, not a regular file'],
    ['socket', 'it is a socket, not a regular file'],
    ['folder', 'it is a directory, not a regular file'],
    ['link-to-folder', 'it is a directory, not a regular file'],
    ['nothing', 'ENOENT'],
    ['dangling', 'ENOENT'],
    ['circle', 'ELOOP'],
  ])('%s', async (name, reason) => {
    proves('own:regular-files');
    const found = await refusals(at(name));
    expect(found).toHaveLength(5);
    for (const message of found) expect(message).toContain(reason);
  });

  it('also when it was put in the place of a file after the first look', async () => {
    // The name changes while it is opened again and again: no attempt may block.
    const swap = at('swap');
    let swaps = 0;
    const timer = setInterval(() => {
      try {
        unlinkSync(swap);
      } catch {
        // It is created below.
      }
      symlinkSync(swaps++ % 2 === 0 ? at('pipe') : at('text'), swap);
    }, 0);
    const seen = new Set<string>();
    for (let tries = 0; tries < 3000; tries++) {
      seen.add(await readRegular(swap, limit).then(String, (thrown: unknown) => (thrown as Error).message.slice(0, 6)));
    }
    clearInterval(timer);
    expect(swaps).toBeGreaterThan(0);
    expect([...seen].every((each) => ['hello', 'it is ', 'ENOENT'].includes(each))).toBe(true);
  });
});

describe('a regular file', () => {
  it.each([
    ['text', 'hello'],
    ['link', 'hello'],
    ['empty', ''],
  ])('%s is read as a whole', async (name, text) => {
    expect((await readRegular(at(name), limit)).toString()).toBe(text);
    expect(readRegularSync(at(name), limit).toString()).toBe(text);
    expect((await streamed(at(name))).toString()).toBe(text);
  });

  it('has at most the bytes of its limit, except in a stream', async () => {
    expect(await readRegular(at('full'), limit)).toHaveLength(limit);
    expect(readRegularSync(at('full'), limit)).toHaveLength(limit);
    await expect(readRegular(at('over'), limit)).rejects.toThrow(FileTooLarge);
    await expect(readRegular(at('over'), limit)).rejects.toThrow('it has 1001 bytes, and at most 1000 bytes are read');
    expect(() => readRegularSync(at('over'), limit)).toThrow(FileTooLarge);
    expect(await streamed(at('over'))).toHaveLength(limit + 1);
  });

  it.runIf(process.platform === 'linux')('of the kernel, which has the size 0, is limited as well', async () => {
    expect((await readRegular('/proc/self/stat', 4096)).toString()).toContain(String(process.pid));
    expect(readRegularSync('/proc/self/stat', 4096).length).toBeGreaterThan(10);
    await expect(readRegular('/proc/self/maps', limit)).rejects.toThrow('it has more than 1000 bytes');
    expect(() => readRegularSync('/proc/self/maps', limit)).toThrow('it has more than 1000 bytes');
    expect(await streamed('/proc/self/maps')).toHaveLength(0);
  });

  it('is streamed until the signal aborts', async () => {
    const abort = new AbortController();
    const read = async (): Promise<void> => {
      for await (const chunk of streamRegular(at('over'), { chunkBytes: 10, signal: abort.signal })) {
        expect(chunk).toHaveLength(10);
        abort.abort(new Error('enough'));
      }
    };
    await expect(read()).rejects.toThrow();
  });
});
