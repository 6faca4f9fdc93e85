/** Compares the kinds of tags, the part before the first colon: only kinds that look like one word with a slip of the pen are similar. */

/** The part of a tag before its first colon; the whole tag without one. */
export function kindOfTag(tag: string): string {
  const colon = tag.indexOf(':');
  return colon < 0 ? tag : tag.slice(0, colon);
}

/**
 * Whether one kind is probably a misspelt other one: they differ in case or separators only, or by one letter (two from eight letters on).
 * Kinds with different digits, short kinds, and a kind with a prefix such as `unapproved` are different words.
 */
export function similarKinds(one: string, other: string): boolean {
  if (one === other) return false;
  const [a, b] = [lettersOf(one), lettersOf(other)];
  if (a === '' || b === '') return false;
  if (a === b) return true;
  const least = Math.min(a.length, b.length);
  if (least < 4 || a.replaceAll(/\D/g, '') !== b.replaceAll(/\D/g, '')) return false;
  const allowed = least < 8 ? 1 : 2;
  if (Math.abs(a.length - b.length) > allowed) return false;
  if (allowed === 2 && (a.endsWith(b) || b.endsWith(a))) return false;
  return a[0] === b[0] && swapDistance(a, b) <= allowed;
}

/** Whether two tags have the same kind, and scopes of which one is probably a misspelt other one. */
export function similarScopes(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 3 || one === other) return false;
  const kind = kindOfTag(one);
  if (kind === one || kindOfTag(other) !== kind) return false;
  return similarKinds(one.slice(kind.length + 1), other.slice(kind.length + 1));
}

function lettersOf(kind: string): string {
  return kind.toLowerCase().replaceAll(/[\s_.-]/g, '');
}

/** Number of letters to insert, delete or replace, or of neighbours to swap. */
function swapDistance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let line = 1; line <= a.length; line++) {
    const next = [line];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (a[line - 1] === b[column - 1] ? 0 : 1);
      let least = Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1);
      if (a[line - 1] === b[column - 2] && a[line - 2] === b[column - 1]) {
        least = Math.min(least, (before[column - 2] ?? Infinity) + 1);
      }
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
