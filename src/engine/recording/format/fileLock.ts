/** A lock between processes that is held for a moment: a file beside the one that it protects, which names its holder. */
import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { readRegularSync } from '../../files/regularFile.ts';
import { identityOf, isRunning, type ProcessIdentity } from './processIdentity.ts';

/** Milliseconds after which a lock that cannot be taken is a failure: its holder needs less than one. */
const longestMs = 5000;

/** Milliseconds after which a lock file without a readable holder counts as left behind: where links are missing, it is empty for a moment. */
const unreadableMs = 1000;

/** Milliseconds between two attempts. */
const retryMs = 2;

const ownerOnly = 0o600;

/**
 * Runs `work` while no other process runs its own under the same lock. The lock of a process that was killed meanwhile is removed.
 * Blocks this process. Throws what `work` throws, and an error when the lock file cannot be made or another process holds it for too long.
 */
export function withLock<T>(path: string, work: () => T): T {
  const began = performance.now();
  while (!claim(path)) {
    const holder = holderOf(path);
    const waited = performance.now() - began;
    const isLeft = holder === null ? waited > unreadableMs : !isRunning(holder);
    if (isLeft) rmSync(path, { force: true });
    else if (waited > longestMs) throw new Error(`process ${holder?.pid ?? 'unknown'} holds the lock "${path}"`);
    else Atomics.wait(clock, 0, 0, retryMs);
  }
  try {
    return work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Nothing wakes it, so a wait on it is a pause. */
const clock = new Int32Array(new SharedArrayBuffer(4));

/** Creates the lock file with its content in one step. False when another process was first. */
function claim(path: string): boolean {
  const own = `${path}.${process.pid}`;
  const text = JSON.stringify(identityOf(process.pid));
  try {
    writeFileSync(own, text, { mode: ownerOnly });
    linkSync(own, path);
    return true;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EROFS' || code === 'ENOSPC') throw thrown;
    return claimWithoutLinks(path, text);
  } finally {
    rmSync(own, { force: true });
  }
}

/** For file systems without hard links. */
function claimWithoutLinks(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { mode: ownerOnly, flag: 'wx' });
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw thrown;
  }
}

/** Two numbers. */
const maxLockBytes = 4096;

/** null when the file is gone or cannot be read. */
function holderOf(path: string): ProcessIdentity | null {
  try {
    const { pid, born } = JSON.parse(readRegularSync(path, maxLockBytes).toString()) as Partial<ProcessIdentity>;
    return typeof pid === 'number' ? { pid, born: born ?? null } : null;
  } catch {
    return null;
  }
}
