/** Says whether a file may have changed, without reading it. */
import { statSync } from 'node:fs';

/** Identity of a file's content; empty when there is no file. Throws the system's error when the file cannot be looked at. */
export function fileStamp(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
}
