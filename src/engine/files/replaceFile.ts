/** Replaces a file in one step. */
import { randomBytes } from 'node:crypto';
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

/**
 * Writes a new file beside the old one and renames it over it, so that readers see either the old text or the new one. Links stay. A file that is not
 * there is made. Throws the system's error; the old file is then unchanged.
 */
export function replaceFile(path: string, text: string): void {
  const before = statSync(path, { throwIfNoEntry: false });
  const real = before === undefined ? path : realpathSync(path);
  const next = `${real}.${randomBytes(4).toString('hex')}.new`;
  try {
    writeFileSync(next, text, { flag: 'wx', ...(before === undefined ? {} : { mode: before.mode & 0o777 }) });
    renameSync(next, real);
  } catch (thrown) {
    rmSync(next, { force: true });
    throw thrown;
  }
}
