/** The folder with records of wrapped servers and backups of their files. */
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readRegularSync } from '../files/regularFile.ts';
import { isRecordOf, type WrapRecord } from '../../core/clientConfigs/wrapRecords.ts';

/** A record holds two copies of an entry. */
const maxRecordBytes = 64 * 1024 * 1024;

/** Guardscope's own folder. Only its owner can read it: records and backups hold what configurations hold, including secrets. */
export class RecordFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** All records. A file that cannot be read counts as empty, because unwrapping also works without a record. */
  read(): readonly WrapRecord[] {
    try {
      const value = JSON.parse(readRegularSync(this.#file, maxRecordBytes).toString()) as unknown;
      return Array.isArray(value) ? value.filter(isWrapRecord) : [];
    } catch {
      return [];
    }
  }

  /** Adds a record in place of the one of the same entry. */
  remember(record: WrapRecord): void {
    this.#write([...this.read().filter((each) => !isRecordOf(each, record.file, record.path)), record]);
  }

  forget(file: string, path: readonly string[]): void {
    this.#write(this.read().filter((each) => !isRecordOf(each, file, path)));
  }

  /** Writes a copy of a file and returns its path. `time` is ISO 8601. */
  backUp(file: string, text: string, time: string): string {
    const folder = join(this.path, 'backups');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const hash = createHash('sha256').update(file).digest('hex').slice(0, 8);
    // Two backups in one millisecond get different names: the second one may be of a changed file.
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

/** False when the file exists already. */
function tryWriteNew(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw thrown;
  }
}

function isWrapRecord(value: unknown): value is WrapRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { file, path, original, wrapped } = value as Readonly<Record<string, unknown>>;
  return [file, original, wrapped].every((each) => typeof each === 'string') && Array.isArray(path);
}
