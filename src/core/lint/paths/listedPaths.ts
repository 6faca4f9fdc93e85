/** Names the entries of `labeled_paths` that a finding is about. */
import type { PathEntry } from './pathFacts.ts';

const shown = 3;

/** `The path "/9"`, or `The paths "/9", "/10", "/11" and 2 more`. */
export function listedPaths(entries: readonly PathEntry[]): string {
  const texts = entries.slice(0, shown).map(({ path }) => JSON.stringify(path));
  const rest = entries.length - texts.length;
  return `The ${entries.length === 1 ? 'path' : 'paths'} ${texts.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
