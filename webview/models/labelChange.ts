/** Compares two tag lists: tags kept, added and removed. */

/** A tag with its change between two lists. */
export interface TagChange {
  readonly tag: string;
  readonly change: 'kept' | 'added' | 'removed';
}

/** The tags of both lists: kept, then added, then removed tags, each group in its original order. */
export function tagChanges(before: readonly string[], after: readonly string[]): readonly TagChange[] {
  const had = new Set(before);
  const has = new Set(after);
  return [
    ...after.filter((tag) => had.has(tag)).map((tag): TagChange => ({ tag, change: 'kept' })),
    ...after.filter((tag) => !had.has(tag)).map((tag): TagChange => ({ tag, change: 'added' })),
    ...before.filter((tag) => !has.has(tag)).map((tag): TagChange => ({ tag, change: 'removed' })),
  ];
}

/** Whether two lists contain the same tags, in any order. */
export function sameTags(before: readonly string[], after: readonly string[]): boolean {
  return tagChanges(before, after).every(({ change }) => change === 'kept');
}
