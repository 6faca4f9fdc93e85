/** Reads recorded test cases, one JSON object per line. */
import { readFileSync } from 'node:fs';
import { repoPath } from '../paths.ts';

/** The lines of a file of the repository. */
export function jsonLines(path: string): readonly unknown[] {
  const text = readFileSync(repoPath(path), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}
