/** The outline of a TOML text: its tables, keys and values with their places, which the parser does not report. */
import type { TextSpan } from '../base/textPlaces.ts';
import { TomlNode } from './tomlNode.ts';
import { TomlScanner } from './tomlScanner.ts';

/** A table header, `[a.b]` or `[[a.b]]`. */
export interface TomlHeader {
  readonly kind: 'header';
  readonly node: TomlNode;
  /** Of its first name. */
  readonly start: number;
  /** From the bracket to the end of the line, with the line feed. */
  readonly line: TextSpan;
}

/** `key = value`, under a header or in an inline table. */
export interface TomlPair {
  readonly kind: 'pair';
  readonly node: TomlNode;
  /** The table in which the pair is written. The key has several names when `node.parent` is another one. */
  readonly table: TomlNode;
  /** Of its first name. */
  readonly start: number;
  readonly value: TomlValueSpan;
}

/** The position of a value. `items` is null unless the value is an array. */
export interface TomlValueSpan extends TextSpan {
  readonly items: readonly TextSpan[] | null;
}

/** Headers and pairs in the order of the text. */
export interface TomlOutline {
  readonly root: TomlNode;
  readonly keys: readonly (TomlHeader | TomlPair)[];
  /** The most deeply nested name. */
  readonly deepest: TomlNode;
}

/**
 * Reads the outline of a text that a TOML parser accepts, in linear time and without recursion. Of any other text it has what precedes the
 * first piece that is not a key, a header or a value.
 */
export function outlineToml(text: string): TomlOutline {
  const root = new TomlNode('', null, 0);
  const keys: (TomlHeader | TomlPair)[] = [];
  const scanner = new TomlScanner(text);
  let deepest = root;
  let table = root;

  const readKey = (base: TomlNode): { readonly node: TomlNode; readonly start: number } => {
    const start = scanner.at;
    const node = scanner.names().reduce((parent, name) => parent.childAt(name, start), base);
    node.start = start;
    if (node.depth > deepest.depth) deepest = node;
    return { node, start };
  };

  const readHeader = (): void => {
    const bracket = scanner.at;
    scanner.skip('[');
    scanner.skip('[');
    scanner.spaces();
    const { node, start } = readKey(root);
    table = node;
    const header = { kind: 'header', node, start, line: { start: bracket, end: scanner.endOfLine() } } as const;
    keys.push(header);
    scanner.skip(']');
    scanner.skip(']');
  };

  /** Reads `key =`; null when no `=` follows. */
  const readPair = (base: TomlNode): OpenPair | null => {
    const { node, start } = readKey(base);
    const pair: OpenPair = { kind: 'pair', node, table: base, start, value: { start, end: scanner.at, items: null } };
    keys.push(pair);
    if (!scanner.skip('=')) return null;
    scanner.spaces();
    return pair;
  };

  for (scanner.blank(); !scanner.isDone; scanner.blank()) {
    const before = scanner.at;
    if (scanner.peek() === '[') readHeader();
    else {
      const pair = readPair(table);
      if (pair !== null) readValue(scanner, pair, readPair);
    }
    if (scanner.at === before) break;
  }
  return { root, keys, deepest };
}

/** A pair whose value is still being read. */
interface OpenPair extends TomlPair {
  value: TomlValueSpan;
}

/** An array or an inline table that has no closing bracket so far. */
interface Container {
  readonly closing: ']' | '}';
  readonly pair: OpenPair;
  readonly start: number;
  readonly items: TextSpan[];
}

/** Reads the value of a pair with all that is nested in it, and sets the spans. Containers are on a stack of our own: depth costs no recursion. */
function readValue(scanner: TomlScanner, first: OpenPair, readPair: (base: TomlNode) => OpenPair | null): void {
  const open: Container[] = [];
  const finish = (pair: OpenPair, span: TomlValueSpan): void => {
    const container = open.at(-1);
    if (container?.closing === ']') container.items.push({ start: span.start, end: span.end });
    else pair.value = span;
  };
  let pair: OpenPair | null = first;
  do {
    const { at: start } = scanner;
    const closing = scanner.skip('[') ? ']' : scanner.skip('{') ? '}' : null;
    if (closing !== null) open.push({ closing, pair, start, items: [] });
    else {
      scanner.scalar();
      finish(pair, { start, end: scanner.at, items: null });
      // Neither a value nor a bracket: the text is not TOML.
      if (scanner.at === start) return;
    }
    pair = nextItem(scanner, open, finish, readPair);
  } while (pair !== null);
}

/** Closes what ends here. The pair that the next value belongs to; null when the outermost value is complete or the text is not TOML. */
function nextItem(
  scanner: TomlScanner,
  open: Container[],
  finish: (pair: OpenPair, span: TomlValueSpan) => void,
  readPair: (base: TomlNode) => OpenPair | null,
): OpenPair | null {
  for (let container = open.at(-1); container !== undefined; container = open.at(-1)) {
    scanner.blank();
    if (scanner.skip(',')) continue;
    const { closing, pair, start, items } = container;
    if (scanner.isDone || scanner.skip(closing)) {
      open.pop();
      finish(pair, { start, end: scanner.at, items: closing === ']' ? items : null });
      continue;
    }
    return closing === ']' ? pair : readPair(pair.node);
  }
  return null;
}
