/** What the gateway makes of the paths of an answer: which entries have labelled an item, and why the others have not. */
import { splitPointer } from '../../difc/monitor/pathLabels.ts';
import { atoi } from '../../go/goText.ts';
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import type { Fix } from '../../base/parsed.ts';
import { type Answer, itemsPathOf, pathEntries, pathOfEntry } from '../answer.ts';
import { unwrapText } from '../../mcp/textContent.ts';

/** One entry of `labeled_paths`. */
export interface PathEntry {
  readonly path: string;
  /** Whether the path starts with `items_path`, as the gateway compares them. */
  readonly isInside: boolean;
  /** The index that the gateway reads; null when there is none. */
  readonly index: number | null;
  /** The part of the path behind the index; empty without one. */
  readonly below: string;
  /** The correction that replaces the path. */
  fixedBy(path: string): Fix;
}

/** The paths of one answer and the items of the response. */
export interface PathFacts {
  readonly entries: readonly PathEntry[];
  readonly itemsPath: string;
  /** Number of items; null when the data is not an array and `items_path` is empty, so that the whole result is one item. */
  readonly items: number | null;
  /** The value that paths apply to: the JSON in the text of the result, or the result. */
  readonly data: JsonValue;
  /** Whether the result has text that is JSON, so that paths do not apply to the result itself. */
  readonly isUnwrapped: boolean;
}

/** The facts of an answer in the path format whose labels the gateway applied; null for other answers. */
export function pathFactsOf(answer: Answer): PathFacts | null {
  const { items, backendResult } = answer.record;
  if (items === null || !Object.hasOwn(answer.document, 'labeled_paths')) return null;
  const itemsPath = itemsPathOf(answer);
  const isWhole = itemsPath === '' && items.length === 1 && items[0]?.path === '';
  const data = unwrapText(backendResult);
  return {
    entries: pathEntries(answer).map((entry, at) => pathEntry(pathOfEntry(entry) ?? '', at, itemsPath)),
    itemsPath,
    items: isWhole ? null : items.length,
    data,
    isUnwrapped: data !== backendResult,
  };
}

/** Whether each entry of an answer labels an item of its own and has labels, so that no rule about entries applies. */
export function areEntriesPlain(answer: Answer): boolean {
  const { items } = answer.record;
  const entries = pathEntries(answer);
  if (items === null) return false;
  let labelled = 0;
  for (const { origin } of items) if (origin === 'path') labelled++;
  if (labelled !== entries.length) return false;
  const start = itemsPathOf(answer).length + 1;
  return entries.every((entry) => {
    if (!isJsonObject(entry) || !isJsonObject(entry['labels'])) return false;
    return typeof entry['path'] === 'string' && !entry['path'].includes('/', start);
  });
}

function pathEntry(path: string, at: number, itemsPath: string): PathEntry {
  const full = rooted(path);
  const prefix = itemsPath === '' ? '' : rooted(itemsPath);
  const isInside = prefix === '' || full.startsWith(`${prefix}/`);
  const [first] = isInside ? splitPointer(full.slice(prefix.length)) : [];
  const index = first === undefined ? null : atoi(first);
  const below = index === null ? '' : behindFirst(full.slice(prefix.length));
  const pointer = `/labeled_paths/${at}/path`;
  const fixedBy = (by: string): Fix => ({
    kind: 'value',
    at: pointer,
    replace: JSON.stringify(path),
    by: JSON.stringify(by),
  });
  return { path, isInside, index, below, fixedBy };
}

/** A pointer without its first segment, as it is written. */
function behindFirst(pointer: string): string {
  const next = pointer.indexOf('/', 1);
  return next < 0 ? '' : pointer.slice(next);
}

/** The path below `items_path` with the last index of another path, also of one in another notation such as `$.items[0]`; null without an index. */
export function withPrefix(itemsPath: string, path: string): string | null {
  const index = /(\d+)\]?\/?$/.exec(path)?.[1] ?? /[/[.](\d+)(?=[\]/.]|$)/.exec(path)?.[1];
  return index === undefined ? null : `${itemsPath.replace(/\/$/, '')}/${index}`;
}

function rooted(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}
