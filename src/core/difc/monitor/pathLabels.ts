/** Applies a guard's path labels to a response, giving labelled items (gateway `internal/difc/path_labels.go`). */
import { pointerSegment } from '../../base/jsonPointer.ts';
import { atoi, quoteGo } from '../../go/goText.ts';
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import { unwrapText } from '../../mcp/textContent.ts';
import {
  type LabeledCollection,
  type LabeledItem,
  type LabelOrigin,
  type Resource,
  itemPath,
  makeResource,
} from './resource.ts';

/** The answer of `label_response` in the path format, decoded (gateway spec 2.6.1). */
export interface PathLabels {
  readonly labeledPaths: readonly { readonly path: string; readonly labels: Resource }[];
  /** For items without an entry in `labeledPaths`; null when the guard returned none. */
  readonly defaultLabels: Resource | null;
  /** JSON Pointer to the array of items; empty for the root. */
  readonly itemsPath: string;
}

/** The labelled items, or the gateway's error text (without the caller's prefixes). */
export type ResolvedPathLabels =
  | { readonly ok: true; readonly collection: LabeledCollection }
  | { readonly ok: false; readonly error: string };

/**
 * Applies path labels to a backend result. Text content that is JSON is unwrapped first. Without `itemsPath`, a root that is not an
 * array becomes one item: its data is the result as the backend sent it, and its labels are the default labels; `labeledPaths` apply
 * only to arrays. Fails only when `itemsPath` does not point to an array.
 */
export function resolvePathLabels(data: JsonValue, labels: PathLabels): ResolvedPathLabels {
  const found = findItems(unwrapText(data), labels.itemsPath);
  if ('error' in found) return { ok: false, error: found.error };
  if (found.items === null) {
    return { ok: true, collection: { items: [labelItem(data, '', undefined, labels.defaultLabels)] } };
  }
  const byIndex = new Map<number, Resource>();
  for (const { path, labels: entry } of labels.labeledPaths) {
    const index = labeledIndex(path, labels.itemsPath);
    if (index !== null) byIndex.set(index, entry);
  }
  const items = found.items.map((item, index) =>
    labelItem(item, itemPath(found.pointer, index), byIndex.get(index), labels.defaultLabels),
  );
  return { ok: true, collection: { items } };
}

/**
 * Returns the item index that a labelled path names, or null: the path must start with exactly the items path, followed by a number;
 * deeper segments are ignored. The index may be outside the array.
 */
export function labeledIndex(path: string, itemsPath: string): number | null {
  const full = rooted(path);
  const prefix = itemsPath === '' ? '' : rooted(itemsPath);
  if (prefix !== '' && !full.startsWith(`${prefix}/`)) return null;
  if (full.length === prefix.length + 1) return null;
  // No number has an escape in it, so the segment is read as it is written.
  const start = full.startsWith('/', prefix.length) ? prefix.length + 1 : prefix.length;
  const end = full.indexOf('/', start);
  return atoi(end < 0 ? full.slice(start) : full.slice(start, end));
}

/** Splits a JSON Pointer like the gateway: the leading slash is optional; `""` and `"/"` are the root. */
export function splitPointer(pointer: string): readonly string[] {
  if (pointer === '' || pointer === '/') return [];
  const body = pointer.startsWith('/') ? pointer.slice(1) : pointer;
  const segments = body.split('/');
  return body.includes('~') ? segments.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~')) : segments;
}

type FoundItems =
  | {
      /** null: the root is not an array, so the whole result is one item. */
      readonly items: readonly JsonValue[] | null;
      readonly pointer: string;
    }
  | { readonly error: string };

function findItems(root: JsonValue, itemsPath: string): FoundItems {
  if (itemsPath === '') return { items: isJsonArray(root) ? root : null, pointer: '' };
  let current = root;
  let pointer = '';
  for (const segment of splitPointer(itemsPath)) {
    if (segment === '') continue;
    const step = descend(current, segment, itemsPath);
    if ('error' in step) return step;
    current = step.value;
    pointer += `/${pointerSegment(segment)}`;
  }
  if (isJsonArray(current)) return { items: current, pointer };
  return { error: `items_path ${quoteGo(itemsPath)} does not point to an array` };
}

function descend(
  value: JsonValue,
  segment: string,
  itemsPath: string,
): { readonly value: JsonValue } | { readonly error: string } {
  if (isJsonArray(value)) {
    const index = atoi(segment);
    if (index === null) return { error: `expected array index at ${quoteGo(itemsPath)}, got ${quoteGo(segment)}` };
    const item = value[index];
    return item === undefined
      ? { error: `array index ${BigInt(segment.replace('+', ''))} out of bounds` }
      : { value: item };
  }
  if (!isJsonObject(value)) {
    return { error: `cannot navigate path ${quoteGo(itemsPath)}: unexpected type at ${quoteGo(segment)}` };
  }
  const member = Object.hasOwn(value, segment) ? value[segment] : undefined;
  return member === undefined ? { error: `path ${quoteGo(itemsPath)} not found in response` } : { value: member };
}

function labelItem(
  data: JsonValue,
  path: string,
  explicit: Resource | undefined,
  defaultLabels: Resource | null,
): LabeledItem {
  const origin: LabelOrigin = explicit !== undefined ? 'path' : defaultLabels !== null ? 'default' : 'unlabeled';
  return { data, labels: explicit ?? defaultLabels ?? makeResource('unlabeled', [], []), origin, path };
}

function rooted(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

function isJsonArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
