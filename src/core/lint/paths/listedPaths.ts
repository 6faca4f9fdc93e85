/** Names the entries of `labeled_paths` that a finding is about. */
import { listText } from '../../base/listText.ts';
import type { PathEntry } from './pathFacts.ts';

const shown = 3;

/** `The path "/9"`, or `The paths "/9", "/10", "/11" and 2 more`. */
export function listedPaths(entries: readonly PathEntry[]): string {
  const texts = entries.map(({ path }) => JSON.stringify(path));
  return `The ${entries.length === 1 ? 'path' : 'paths'} ${listText(texts, shown)}`;
}
