/** Tag lists beside each other: what was added and what was taken away. */

/** A tag with what happened to it. */
export interface TagChange {
  readonly tag: string;
  readonly change: 'kept' | 'added' | 'removed';
}

/** Every tag of both lists: what stayed first, then what came, then what went; each group in its given order. */
export function tagChanges(before: readonly string[], after: readonly string[]): readonly TagChange[] {
  const had = new Set(before);
  const has = new Set(after);
  return [
    ...after.filter((tag) => had.has(tag)).map((tag): TagChange => ({ tag, change: 'kept' })),
    ...after.filter((tag) => !had.has(tag)).map((tag): TagChange => ({ tag, change: 'added' })),
    ...before.filter((tag) => !has.has(tag)).map((tag): TagChange => ({ tag, change: 'removed' })),
  ];
}

/** Whether two lists hold the same tags. */
export function sameTags(before: readonly string[], after: readonly string[]): boolean {
  return tagChanges(before, after).every(({ change }) => change === 'kept');
}
