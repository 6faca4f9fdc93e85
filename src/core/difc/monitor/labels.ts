/** Set operations on tag lists (gateway `internal/difc/labels.go`). */
import { compareUtf8, formatList, sortUtf8, trimSpace } from '../../go/goText.ts';

/** The tag that matches every tag when it is in the superset of a check (gateway spec 3.1). */
export const WILDCARD = '*';

/** Removes duplicates; keeps the order of first appearance. Most lists have one tag or none and stay as they are. */
export function uniqueTags(tags: readonly string[]): readonly string[] {
  return tags.length < 2 ? tags : [...new Set(tags)];
}

/** Removes duplicates and sorts by UTF-8 bytes: the order for display and records (the gateway's own order is random). */
export function sortedTags(tags: readonly string[]): readonly string[] {
  return isAscending(tags) ? tags : sortUtf8(new Set(tags));
}

/** Whether a list is sorted and without duplicates, as most lists are that were sorted before. */
function isAscending(tags: readonly string[]): boolean {
  for (let at = 1; at < tags.length; at++) if (compareUtf8(tags[at - 1] ?? '', tags[at] ?? '') >= 0) return false;
  return true;
}

/** Returns the tags of either list. The wildcard is an ordinary tag here. */
export function unionTags(left: readonly string[], right: readonly string[]): readonly string[] {
  if (right.length === 0) return uniqueTags(left);
  return uniqueTags([...left, ...right]);
}

/** Returns the tags of `left` that are also in `right`. The wildcard is an ordinary tag here. */
export function intersectTags(left: readonly string[], right: readonly string[]): readonly string[] {
  if (left.length === 0 || right.length === 0) return noTags;
  const common = new Set(right);
  return uniqueTags(left.filter((tag) => common.has(tag)));
}

/** Returns the tags of `left` that are not in `right`. */
export function withoutTags(left: readonly string[], right: readonly string[]): readonly string[] {
  if (left.length === 0) return noTags;
  const removed = right.length > fewTags ? new Set(right) : null;
  return uniqueTags(left.filter((tag) => !(removed?.has(tag) ?? right.includes(tag))));
}

const noTags: readonly string[] = [];

/** Up to this length, a search through a list is faster than making a set of it. */
const fewTags = 8;

/** Trims tags from configuration and label_agent, and drops empty ones (gateway `StringsToTags`). */
export function trimmedTags(texts: readonly string[]): readonly string[] {
  return uniqueTags(texts.map((text) => trimSpace(text)).filter((tag) => tag !== ''));
}

/** Formats a list like Go's `%v`, as `[a b]`; sorted, so that the text is stable. */
export function formatTags(tags: readonly string[]): string {
  return formatList(sortedTags(tags));
}
