/** The lock between processes: one holder at a time, also after a holder was killed. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
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

  test('in a folder that does not exist is a failure', () => {
    expect(() => withLock(scratch.path('missing/f.lock'), () => 5)).toThrow('ENOENT');
  });
});
