/** The lock between processes: one holder at a time, also after a holder was killed. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { withLock } from '../../../../src/engine/recording/format/fileLock.ts';
import { identityOf } from '../../../../src/engine/recording/format/processIdentity.ts';
import { scratchFolder } from '../../tap/tapped.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

describe('a lock', () => {
  test('is a file while the work runs, and leaves none behind', () => {
    const path = scratch.path('a.lock');
    expect(withLock(path, () => existsSync(path))).toBe(true);
    expect(existsSync(path)).toBe(false);
  });

  test('is released when the work fails', () => {
    const path = scratch.path('b.lock');
    expect(() =>
      withLock(path, () => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(withLock(path, () => 1)).toBe(1);
  });

  test('of a process that has ended is taken over', async () => {
    const path = scratch.path('c.lock');
    const child = spawn(process.execPath, ['-e', '']);
    const identity = identityOf(child.pid ?? 0);
    await new Promise((resolve) => child.on('exit', resolve));
    writeFileSync(path, JSON.stringify(identity));
    expect(withLock(path, () => 2)).toBe(2);
  });

  test('without a readable holder is taken over after a second', () => {
    const path = scratch.path('d.lock');
    writeFileSync(path, '');
    expect(withLock(path, () => 3)).toBe(3);
  });

  test('that another process holds for too long is a failure that names it', async ({ onTestFinished }) => {
    const path = scratch.path('e.lock');
    const holder = spawn('sleep', ['60']);
    onTestFinished(() => void holder.kill());
    writeFileSync(path, JSON.stringify(identityOf(holder.pid ?? 0)));
    expect(() => withLock(path, () => 4)).toThrow(`process ${holder.pid} holds the lock "${path}"`);
    expect(readdirSync(scratch.path('.'))).toEqual(['e.lock']);
  });

  test('admits one of several processes at a time, also where each waits for long and some are killed', async () => {
    const path = scratch.path('g.lock');
    const counter = scratch.path('g.count');
    writeFileSync(counter, '0');
    const turns = 100;
    // The file is read and written in two steps: two holders at once lose a count.
    const code = `
      const { readFileSync, writeFileSync } = await import('node:fs');
      const { withLock } = await import(${JSON.stringify(new URL('../../../../src/engine/recording/format/fileLock.ts', import.meta.url).href)});
      const [path, counter] = ${JSON.stringify([path, counter])};
      for (let turn = 0; turn < ${turns}; turn += 1) {
        withLock(path, () => {
          const count = Number(readFileSync(counter, 'utf8'));
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
          writeFileSync(counter, String(count + 1));
          if (turn === ${turns} - 1) process.kill(process.pid, 'SIGKILL');
        });
      }`;
    const children = Array.from({ length: 6 }, () =>
      spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], { stdio: 'inherit' }),
    );
    const ends = await Promise.all(
      children.map((child) => new Promise((resolve) => child.on('exit', (_, signal) => resolve(signal)))),
    );
    expect(ends).toEqual(children.map(() => 'SIGKILL'));
    expect(readFileSync(counter, 'utf8')).toBe(String(children.length * turns));
  });

  test('in a folder that does not exist is a failure', () => {
    expect(() => withLock(scratch.path('missing/f.lock'), () => 5)).toThrow('ENOENT');
  });
});
