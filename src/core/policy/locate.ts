/** Where the parts of a policy text lie: lines and columns of keys and values. */
import { parseTree, type Node } from 'jsonc-parser';
import { utf8Length } from '../go/goText.ts';
import type { Position } from '../base/parsed.ts';

/** Finds positions by path; what does not exist has the position of what is nearest around it. */
export interface Locator {
  /** Of a byte of the text. */
  byte(offset: number): Position;
  /** Of a UTF-16 index of the text. */
  index(index: number): Position;
  value(path: readonly (string | number)[]): Position;
  /** Of the key that the path ends with, or of the value where it ends with an index. */
  key(path: readonly (string | number)[]): Position;
}

/** A locator for a text, which need not be valid JSON. */
export function makeLocator(text: string, file: string | undefined): Locator {
  const root = treeOf(text);
  const at = (index: number): Position => ({ ...(file === undefined ? {} : { file }), ...lineAndColumn(text, index) });
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

/** The text that comments and trailing commas make invalid for the gateway, and nothing else. */
export function isJsonWithComments(text: string): boolean {
  const errors: unknown[] = [];
  try {
    return parseTree(text, errors as never[], { allowTrailingComma: true }) !== undefined && errors.length === 0;
  } catch {
    return false;
  }
}

/** The parser is recursive: a text nested deeper than its stack has no tree, and all positions are the beginning. */
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

/** The last of duplicate keys is the one that counts. */
function find(root: Node | undefined, path: readonly (string | number)[]): Found | undefined {
  if (root === undefined) return undefined;
  let found: Found = { key: undefined, value: root };
  for (const part of path) {
    const next = typeof part === 'number' ? item(found.value, part) : member(found.value, part);
    if (next === undefined) return found;
    found = next;
  }
  return found;
}

function item(parent: Node, index: number): Found | undefined {
  const value = parent.type === 'array' ? parent.children?.[index] : undefined;
  return value === undefined ? undefined : { key: undefined, value };
}

function member(parent: Node, name: string): Found | undefined {
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

function lineAndColumn(text: string, index: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, index);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: index - lineStart + 1 };
}
