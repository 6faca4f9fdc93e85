/** Set operations on tag lists (gateway `internal/difc/labels.go`). */
import { formatList, sortUtf8, trimSpace } from '../../go/goText.ts';

/** The tag that matches every tag when it is in the superset of a check (gateway spec 3.1). */
export const WILDCARD = '*';

/** Removes duplicates; keeps the order of first appearance. */
export function uniqueTags(tags: readonly string[]): readonly string[] {
  return [...new Set(tags)];
}

/** Removes duplicates and sorts by UTF-8 bytes: the order for display and records (the gateway's own order is random). */
export function sortedTags(tags: Iterable<string>): readonly string[] {
  return sortUtf8(new Set(tags));
}

/** Returns the tags of either list. The wildcard is an ordinary tag here. */
export function unionTags(left: readonly string[], right: readonly string[]): readonly string[] {
  return uniqueTags([...left, ...right]);
}

/** Returns the tags of `left` that are also in `right`. The wildcard is an ordinary tag here. */
export function intersectTags(left: readonly string[], right: readonly string[]): readonly string[] {
  const common = new Set(right);
  return uniqueTags(left.filter((tag) => common.has(tag)));
}

/** Returns the tags of `left` that are not in `right`. */
export function withoutTags(left: readonly string[], right: readonly string[]): readonly string[] {
  const removed = new Set(right);
  return uniqueTags(left.filter((tag) => !removed.has(tag)));
}

/** Trims tags from configuration and label_agent, and drops empty ones (gateway `StringsToTags`). */
export function trimmedTags(texts: readonly string[]): readonly string[] {
  return uniqueTags(texts.map((text) => trimSpace(text)).filter((tag) => tag !== ''));
}

/** Formats a list like Go's `%v`, as `[a b]`; sorted, so that the text is stable. */
export function formatTags(tags: readonly string[]): string {
  return formatList(sortedTags(tags));
}
