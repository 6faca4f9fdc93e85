/** Labelled values: a resource, an item of a response, and the collection of items (gateway `internal/difc/resource.go`). */
import type { JsonValue } from '../../base/json.ts';
import { uniqueTags } from './labels.ts';

/** A resource with its labels; the tags are verbatim, each at most once, in the order of the guard's answer. */
export interface Resource {
  readonly description: string;
  readonly secrecy: readonly string[];
  readonly integrity: readonly string[];
}

/** Source of an item's labels (gateway spec 2.6.1 and 2.6.2). */
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

/** Returns the JSON Pointer of an item, given the pointer to the array of items. */
export function itemPath(itemsPointer: string, index: number): string {
  return `${itemsPointer}/${index}`;
}

/** Makes a resource; removes duplicate tags. */
export function makeResource(description: string, secrecy: readonly string[], integrity: readonly string[]): Resource {
  return { description, secrecy: uniqueTags(secrecy), integrity: uniqueTags(integrity) };
}

/**
 * Returns the labels of the whole collection for phase 6: the union of secrecy and the union of integrity over all items with labels,
 * including withheld items (gateway `aggregateLabels`, spec 3.4). Empty without items.
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
