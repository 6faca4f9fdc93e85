/** Keeps what is derived from guards' modules on disk, by the hash of their content, so that a new process does not derive it again. */
import { createHash, randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DerivedStore } from '../runtime/host/compileCache.ts';
import type { DerivedModule } from '../runtime/shared/moduleFacts.ts';
import { readRegular, readRegularSync } from '../files/regularFile.ts';
import { decodeDerived, encodeDerived } from './derivedModule.ts';

/** Most bytes of all files. */
const mostBytes = 64 * 1024 * 1024;

/** A file of a larger module is not worth its room. */
const mostFileBytes = 16 * 1024 * 1024;

const extension = '.module';

/** The store of one folder, which several processes may use at once. What goes wrong with the disk only costs the time to derive again. */
export class ModuleStore implements DerivedStore {
  readonly #folder: string;
  readonly #mostBytes: number;
  /** The hash of the program; empty when it cannot be read, so that nothing is kept. */
  readonly #program: Promise<string>;

  /**
   * `programFiles`: the bundles that derive; another build of them may derive something else, so it does not use what this one kept.
   * `mostBytes`: limit of all files; default 64 MiB.
   */
  constructor(folder: string, programFiles: readonly string[], options: { readonly mostBytes?: number } = {}) {
    this.#folder = folder;
    this.#program = hashOf(programFiles).catch(() => '');
    this.#mostBytes = options.mostBytes ?? mostBytes;
  }

  /** The module of a key that is made from content and options; null when there is none, or its file is not what was written. */
  async read(key: string): Promise<DerivedModule | null> {
    const path = this.#path(key);
    try {
      const derived = decodeDerived(ownFile(path), await this.#fullKey(key));
      // The time of use, for the limit.
      if (derived !== null) void utimes(path, new Date(), new Date()).catch(() => undefined);
      return derived;
    } catch {
      return null;
    }
  }

  /** Keeps a module. Never rejects. */
  async write(key: string, derived: DerivedModule): Promise<void> {
    try {
      const content = encodeDerived(derived, await this.#fullKey(key));
      if (content.length > Math.min(mostFileBytes, this.#mostBytes)) return;
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const draft = join(this.#folder, `${randomBytes(8).toString('hex')}.draft`);
      await writeFile(draft, content, { flag: 'wx', mode: 0o600 });
      await rename(draft, this.#path(key));
      await this.#trim();
    } catch {
      // The module is derived again next time.
    }
  }

  /** Removes the files that were used least recently, and drafts of processes that died. */
  async #trim(): Promise<void> {
    const names = await readdir(this.#folder);
    const files = await Promise.all(names.map((name) => measured(join(this.#folder, name))));
    const newestFirst = files.filter((file) => file !== null).sort((one, other) => other.usedAt - one.usedAt);
    let total = 0;
    for (const { path, size, usedAt } of newestFirst) {
      if (path.endsWith(extension)) total += size;
      const isOldDraft = path.endsWith('.draft') && Date.now() - usedAt > draftMs;
      if (isOldDraft || (path.endsWith(extension) && total > this.#mostBytes)) await rm(path, { force: true });
    }
  }

  #path(key: string): string {
    return join(this.#folder, `${key}${extension}`);
  }

  async #fullKey(key: string): Promise<string> {
    const program = await this.#program;
    if (program === '') throw new Error('the program cannot be read');
    return `${program} ${key}`;
  }
}

async function hashOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const content of await Promise.all(paths.map((path) => readRegular(path, mostFileBytes)))) hash.update(content);
  return hash.digest('hex');
}

/** A draft is renamed within moments. */
const draftMs = 60_000;

/**
 * The content of a file that belongs to this user and that nobody else may write; throws for another one. Synchronous, because it is a part of a
 * millisecond, and each asynchronous step of it would be as long.
 */
function ownFile(path: string): Uint8Array {
  const { uid, mode } = statSync(path);
  const isOwn = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
  if (!isOwn) throw new Error('not a file of this user alone');
  return readRegularSync(path, mostFileBytes);
}

async function measured(path: string): Promise<{ path: string; size: number; usedAt: number } | null> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { path, size, usedAt: mtimeMs };
  } catch {
    return null;
  }
}
