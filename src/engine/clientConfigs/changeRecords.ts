/** Remembers what wrapped servers looked like before, so that unwrapping gives back the very same bytes. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** One wrapped server. */
export interface WrapRecord {
  /** The configuration file, and where the entry lies in it. */
  readonly file: string;
  readonly path: readonly string[];
  /** The text of the entry before and after. */
  readonly original: string;
  readonly wrapped: string;
  /** Copy of the whole file as it was. */
  readonly backup: string;
  readonly time: string;
  /** The address that a tap's stands for; absent for a command. */
  readonly url?: string;
  /** Names of the variables that were added. */
  readonly env?: readonly string[];
}

/** A folder of Guardscope's own, for its owner alone: records and backups hold what configurations hold, secrets among them. */
export class RecordFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** What is remembered; a file that cannot be read counts as empty, since unwrapping works without. */
  read(): readonly WrapRecord[] {
    try {
      const value = JSON.parse(readFileSync(this.#file, 'utf8')) as unknown;
      return Array.isArray(value) ? value.filter(isRecord) : [];
    } catch {
      return [];
    }
  }

  /** Replaces the record of the same entry. */
  remember(record: WrapRecord): void {
    this.#write([...this.read().filter((each) => !isOf(each, record.file, record.path)), record]);
  }

  forget(file: string, path: readonly string[]): void {
    this.#write(this.read().filter((each) => !isOf(each, file, path)));
  }

  /** Keeps a copy of a file; gives its path. */
  backUp(file: string, text: string, time: string): string {
    const folder = join(this.path, 'backups');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const hash = createHash('sha256').update(file).digest('hex').slice(0, 8);
    // To the millisecond, and never over another: the next copy of the same file is one of a changed one.
    const name = `${time.slice(0, 23).replaceAll(':', '-')}Z-${hash}-${basename(file)}`;
    for (let count = 0; ; count++) {
      const path = join(folder, count === 0 ? name : `${count}-${name}`);
      if (tryWriteNew(path, text)) return path;
    }
  }

  get #file(): string {
    return join(this.path, 'wrapped.json');
  }

  #write(records: readonly WrapRecord[]): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    writeFileSync(`${this.#file}.new`, `${JSON.stringify(records, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}

/** False when the file is there already. */
function tryWriteNew(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw thrown;
  }
}

export function findRecord(records: readonly WrapRecord[], file: string, path: readonly string[]): WrapRecord | null {
  return records.find((each) => isOf(each, file, path)) ?? null;
}

function isOf(record: WrapRecord, file: string, path: readonly string[]): boolean {
  return record.file === file && record.path.length === path.length && record.path.every((key, at) => key === path[at]);
}

function isRecord(value: unknown): value is WrapRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { file, path, original, wrapped } = value as Readonly<Record<string, unknown>>;
  return [file, original, wrapped].every((each) => typeof each === 'string') && Array.isArray(path);
}
