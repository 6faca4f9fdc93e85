/** Labels as sets of tags: plain set arithmetic over lists of strings (gateway `internal/difc/labels.go`). */
import { formatList, sortUtf8, trimSpace } from '../../go/goText.ts';

/** The tag that stands for every tag, on the side that has to hold the others (gateway spec 3.1). */
export const WILDCARD = '*';

/** The tags, each once, in order of their first appearance. */
export function uniqueTags(tags: readonly string[]): readonly string[] {
  return [...new Set(tags)];
}

/** The tags, each once, sorted by their UTF-8 bytes: the order for display and for records (the gateway's order is random). */
export function sortedTags(tags: Iterable<string>): readonly string[] {
  return sortUtf8(new Set(tags));
}

/** Every tag that is in one of the two. The wildcard is a tag like any other here. */
export function unionTags(left: readonly string[], right: readonly string[]): readonly string[] {
  return uniqueTags([...left, ...right]);
}

/** The tags of the left that are also in the right. The wildcard is a tag like any other here. */
export function intersectTags(left: readonly string[], right: readonly string[]): readonly string[] {
  const kept = new Set(right);
  return uniqueTags(left.filter((tag) => kept.has(tag)));
}

/** The tags of the left that are not in the right. */
export function withoutTags(left: readonly string[], right: readonly string[]): readonly string[] {
  const removed = new Set(right);
  return uniqueTags(left.filter((tag) => !removed.has(tag)));
}

/** Tags from configuration and from label_agent: trimmed, blank ones dropped (gateway `StringsToTags`). */
export function trimmedTags(texts: readonly string[]): readonly string[] {
  return uniqueTags(texts.map((text) => trimSpace(text)).filter((tag) => tag !== ''));
}

/** A list as Go prints it with `%v`: `[a b]`, sorted so that the text is the same every time. */
export function formatTags(tags: readonly string[]): string {
  return formatList(sortedTags(tags));
}
