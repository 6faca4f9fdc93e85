/** A lock between processes that is held for a moment: a file beside the one that it protects, which names its holder. */
import { randomBytes } from 'node:crypto';
import { linkSync, lstatSync, rmSync, writeFileSync } from 'node:fs';
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
  const held = new HeldLock(path);
  while (!claim(path)) {
    if (held.isLeftBehind()) removeLeft(held);
    else if (performance.now() - began > longestMs) throw new Error(`process ${held.holder} holds the lock "${path}"`);
    else Atomics.wait(clock, 0, 0, retryMs);
  }
  try {
    return work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** The lock file of another process, looked at again and again. */
class HeldLock {
  readonly path: string;
  /** The file that could not be read, and when it was seen first: a busy machine may show a new one at each look. */
  #unreadable = { file: '', since: 0 };
  #holder: ProcessIdentity | null = null;

  constructor(path: string) {
    this.path = path;
  }

  /** The holder that the last look found. */
  get holder(): string {
    return this.#holder === null ? 'unknown' : String(this.#holder.pid);
  }

  /** Whether the process that made the file has ended, or never wrote its name. A file that is gone by now is not left behind. */
  isLeftBehind(): boolean {
    this.#holder = holderOf(this.path);
    if (this.#holder !== null) return !isRunning(this.#holder);
    const file = fileAt(this.path);
    const now = performance.now();
    if (file !== this.#unreadable.file) this.#unreadable = { file, since: now };
    return file !== '' && now - this.#unreadable.since > unreadableMs;
  }
}

/**
 * Removes a lock that was left behind. One process at a time looks and removes, under a second lock file: between the look and the removal of
 * one process, another would remove the file, too, and take the lock, which the first then removed.
 */
function removeLeft(left: HeldLock): void {
  const turn = `${left.path}.removal`;
  if (!claim(turn)) {
    // The process that had the turn may have been killed in it.
    const holder = holderOf(turn);
    if (holder !== null && !isRunning(holder)) rmSync(turn, { force: true });
    else Atomics.wait(clock, 0, 0, retryMs);
    return;
  }
  try {
    if (left.isLeftBehind()) rmSync(left.path, { force: true });
  } finally {
    rmSync(turn, { force: true });
  }
}

/** Identifies a file; empty when there is none. */
function fileAt(path: string): string {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.ino} ${stats.ctimeNs}`;
}

/** Nothing wakes it, so a wait on it is a pause. */
const clock = new Int32Array(new SharedArrayBuffer(4));

/** Creates the lock file with its content in one step. False when another process was first. */
function claim(path: string): boolean {
  const own = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  const text = JSON.stringify(identityOf(process.pid));
  try {
    // A new file: a link of this name, which another made, is not followed.
    writeFileSync(own, text, { mode: ownerOnly, flag: 'wx' });
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
