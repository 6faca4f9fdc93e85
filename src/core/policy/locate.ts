/** Finds lines and columns of the keys and values of a JSON text. */
import { parseTree, type Node } from 'jsonc-parser';
import { utf8Length } from '../go/goText.ts';
import type { Position } from '../base/parsed.ts';
import { linePositions } from '../base/textPlaces.ts';

/** Finds positions by path. A path that does not exist has the position of its nearest ancestor. */
export interface Locator {
  /** `offset` counts UTF-8 bytes. */
  byte(offset: number): Position;
  /** `index` counts UTF-16 units. */
  index(index: number): Position;
  value(path: readonly (string | number)[]): Position;
  /** The position of the last key of the path, or of the value when the path ends with an index. */
  key(path: readonly (string | number)[]): Position;
}

/** Makes a locator for a text, which may be invalid JSON. */
export function makeLocator(text: string, file: string | undefined): Locator {
  const root = treeOf(text);
  const place = linePositions(text);
  const at = (index: number): Position => ({ ...(file === undefined ? {} : { file }), ...place(index) });
  return {
    byte: (offset) => at(indexOfByte(text, offset)),
    index: at,
    value: (path) => at(find(root, path)?.value.offset ?? 0),
    key(path) {
      const found = find(root, path);
      return at((found?.key ?? found?.value)?.offset ?? 0);
    },
  };
}

/** Whether a text is JSON apart from comments and trailing commas. */
export function isJsonWithComments(text: string): boolean {
  const errors: unknown[] = [];
  try {
    return parseTree(text, errors as never[], { allowTrailingComma: true }) !== undefined && errors.length === 0;
  } catch {
    return false;
  }
}

/** undefined when the text nests deeper than the stack of the recursive parser; all positions are then the start of the text. */
function treeOf(text: string): Node | undefined {
  try {
    return parseTree(text, [], { allowTrailingComma: true });
  } catch {
    return undefined;
  }
}

interface Found {
  readonly key: Node | undefined;
  readonly value: Node;
}

/** Of duplicate keys the last one counts. */
function find(root: Node | undefined, path: readonly (string | number)[]): Found | undefined {
  if (root === undefined) return undefined;
  let found: Found = { key: undefined, value: root };
  for (const part of path) {
    const next = typeof part === 'number' ? itemAt(found.value, part) : memberAt(found.value, part);
    if (next === undefined) return found;
    found = next;
  }
  return found;
}

function itemAt(parent: Node, index: number): Found | undefined {
  const value = parent.type === 'array' ? parent.children?.[index] : undefined;
  return value === undefined ? undefined : { key: undefined, value };
}

function memberAt(parent: Node, name: string): Found | undefined {
  if (parent.type !== 'object') return undefined;
  const property = parent.children?.findLast((child) => child.children?.[0]?.value === name);
  const [key, value] = property?.children ?? [];
  return key === undefined ? undefined : { key, value: value ?? key };
}

function indexOfByte(text: string, offset: number): number {
  let bytes = 0;
  let index = 0;
  for (const rune of text) {
    if (bytes >= offset) return index;
    bytes += utf8Length(rune);
    index += rune.length;
  }
  return index;
}
