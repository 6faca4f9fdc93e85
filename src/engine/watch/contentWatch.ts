/**
 * Watches files by the hash of their content: a file that is saved without a change is no change, and one that is written in steps is read when
 * it rests.
 */
import { createHash } from 'node:crypto';
import { type FSWatcher, type Stats, statSync, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { readRegular } from '../files/regularFile.ts';

/** How files are watched; times in milliseconds. */
export interface ContentWatchOptions {
  /** Between two looks at the files, for changes that the system does not report, such as those behind a link; default 1,000. */
  readonly pollMs?: number;
  /** How long a file must rest before it is read; default 60. */
  readonly restMs?: number;
}

/** A larger file is none of those that a replay reads. */
const mostBytes = 256 * 1024 * 1024;

/** A watched file. */
interface Watched {
  /** Hash of the content that is known; null while it has not been read, or cannot be. */
  known: string | null;
  /** Time, size and identity as they were seen last. */
  seen: string;
  timer: NodeJS.Timeout | undefined;
}

/** Watches a set of files. `onChange` gets the path of a file whose content is another one. A file that is missing has not changed. */
export class ContentWatch implements Disposable {
  readonly #onChange: (path: string) => void;
  readonly #restMs: number;
  readonly #files = new Map<string, Watched>();
  readonly #folders = new Map<string, FSWatcher>();
  readonly #poll: NodeJS.Timeout;
  #isDisposed = false;

  constructor(onChange: (path: string) => void, { pollMs = 1_000, restMs = 60 }: ContentWatchOptions = {}) {
    this.#onChange = onChange;
    this.#restMs = restMs;
    this.#poll = setInterval(() => this.#lookAtAll(), pollMs).unref();
  }

  /**
   * Watches exactly these files from now on. A new one is read later: what it has then counts as known, unless it looks different from now. Then it
   * is reported, because a caller that reads it now has other content.
   */
  watch(paths: readonly string[]): void {
    if (this.#isDisposed) return;
    const wanted = new Set(paths);
    for (const [path, file] of this.#files) {
      if (wanted.has(path)) continue;
      clearTimeout(file.timer);
      this.#files.delete(path);
    }
    for (const path of wanted) {
      if (this.#files.has(path)) continue;
      const file: Watched = { known: null, seen: looksNow(path), timer: undefined };
      this.#files.set(path, file);
      void this.#readFirst(path, file);
    }
    this.#watchFolders(new Set([...wanted].map((path) => dirname(path))));
  }

  dispose(): void {
    this.#isDisposed = true;
    clearInterval(this.#poll);
    for (const { timer } of this.#files.values()) clearTimeout(timer);
    this.#files.clear();
    this.#watchFolders(new Set());
  }

  /** Folders are watched, because most programs put a new file in the place of the old one. */
  #watchFolders(wanted: ReadonlySet<string>): void {
    for (const [folder, watcher] of this.#folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const folder of wanted) {
      if (this.#folders.has(folder)) continue;
      try {
        const watcher = watch(folder, { persistent: false }, () => this.#lookAtAll(folder));
        // A folder that is removed is looked at again when it is back.
        watcher.on('error', () => {
          watcher.close();
          this.#folders.delete(folder);
        });
        this.#folders.set(folder, watcher);
      } catch {
        // It may come later; until then the files are polled.
      }
    }
  }

  #lookAtAll(folder?: string): void {
    for (const [path, file] of this.#files) {
      if (folder === undefined || dirname(path) === folder) void this.#look(path, file);
    }
  }

  /** Waits until a file that looks different rests, and reads it. */
  async #look(path: string, file: Watched): Promise<void> {
    const now = await looks(path);
    if (now === file.seen || this.#files.get(path) !== file) return;
    file.seen = now;
    clearTimeout(file.timer);
    if (now === missing) return;
    file.timer = setTimeout(() => void this.#readRested(path, file, now), this.#restMs);
  }

  async #readRested(path: string, file: Watched, seen: string): Promise<void> {
    if ((await looks(path)) !== seen) return this.#look(path, file);
    const before = file.known;
    await this.#read(path, file);
    if (this.#files.get(path) !== file || file.known === null || file.known === before) return;
    this.#onChange(path);
  }

  async #readFirst(path: string, file: Watched): Promise<void> {
    const { seen } = file;
    await this.#read(path, file);
    const isOther = (await looks(path)) !== seen;
    if (isOther && this.#files.get(path) === file && file.known !== null) this.#onChange(path);
  }

  /** A file that cannot be read keeps what is known of it. */
  async #read(path: string, file: Watched): Promise<void> {
    const seen = await looks(path);
    try {
      file.known = createHash('sha256')
        .update(await readRegular(path, mostBytes))
        .digest('hex');
    } catch {
      // It is missing, or being replaced; another look finds it.
    }
    file.seen = seen;
  }
}

const missing = 'missing';

/** What a look shows of a file without reading it. */
async function looks(path: string): Promise<string> {
  try {
    return look(await stat(path));
  } catch {
    return missing;
  }
}

function looksNow(path: string): string {
  try {
    return look(statSync(path));
  } catch {
    return missing;
  }
}

function look({ mtimeMs, size, ino }: Stats): string {
  return `${mtimeMs} ${size} ${ino}`;
}
