/** What a guard labelled: a resource, the items of a response, and the collection they form (gateway `internal/difc/resource.go`). */
import type { JsonValue } from '../../base/json.ts';
import { uniqueTags } from './labels.ts';

/** A resource with its labels; the tags are verbatim, each at most once, in the order of the guard's answer. */
export interface Resource {
  readonly description: string;
  readonly secrecy: readonly string[];
  readonly integrity: readonly string[];
}

/** Where the labels of an item came from (gateway spec 2.6.1 and 2.6.2). */
export type LabelOrigin = 'path' | 'default' | 'unlabeled' | 'legacy';

/** One item of a response. */
export interface LabeledItem {
  readonly data: JsonValue;
  /** null only for an item of the legacy format that has no labels; the gateway panics when it evaluates one. */
  readonly labels: Resource | null;
  readonly origin: LabelOrigin;
  /** JSON Pointer of the item in the unwrapped response; empty when the whole result is the item. */
  readonly path: string;
}

/** The items of a response, in the order of the response. */
export interface LabeledCollection {
  readonly items: readonly LabeledItem[];
}

/** The JSON Pointer of the k-th item of a response whose items lie under a pointer. */
export function itemPath(itemsPointer: string, index: number): string {
  return `${itemsPointer}/${index}`;
}

/** Makes a resource; a tag that is named twice counts once. */
export function makeResource(description: string, secrecy: readonly string[], integrity: readonly string[]): Resource {
  return { description, secrecy: uniqueTags(secrecy), integrity: uniqueTags(integrity) };
}

/**
 * The labels of the collection as a whole, as phase 6 takes them on: the union of secrecy and the union of integrity over all
 * items with labels, also over those that were withheld (gateway `aggregateLabels`, spec 3.4). Empty for no items.
 */
export function overallLabels(collection: LabeledCollection): Resource {
  if (collection.items.length === 0) return makeResource('empty collection', [], []);
  const labels = collection.items.flatMap((item) => (item.labels === null ? [] : [item.labels]));
  return makeResource(
    'collection',
    labels.flatMap(({ secrecy }) => secrecy),
    labels.flatMap(({ integrity }) => integrity),
  );
}
