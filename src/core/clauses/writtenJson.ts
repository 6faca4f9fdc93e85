/** Reads where the values of a JSON text are written. */
import { type Node, parseTree } from 'jsonc-parser';
import type { JsonValue } from '../base/json.ts';
import type { TextSpan } from '../base/textPlaces.ts';
import { spanWithComma, type Written } from './written.ts';

/** The root of the text; null when it is not JSON, or nests deeper than the stack of the recursive parser. */
export function writtenJson(text: string): Written | null {
  try {
    const errors: unknown[] = [];
    const root = parseTree(text, errors as never[], { allowTrailingComma: true });
    return root === undefined || errors.length > 0 ? null : writtenOf(root, spanOf(root), null);
  } catch {
    return null;
  }
}

function writtenOf(node: Node, place: TextSpan, without: TextSpan | null): Written {
  const children = node.children ?? [];
  const spans = children.map(spanOf);
  const members = node.type === 'object' ? children.map((property, at) => memberOf(property, spans, at)) : [];
  return {
    scalar: node.type === 'object' || node.type === 'array' ? undefined : (node.value as JsonValue),
    members: new Map(members),
    items:
      node.type === 'array'
        ? children.map((item, at) => writtenOf(item, spanOf(item), spanWithComma(spans, at)))
        : null,
    place,
    span: spanOf(node),
    leaveOut: without === null ? null : { ...without, text: '' },
  };
}

function memberOf(property: Node, spans: readonly TextSpan[], at: number): readonly [string, Written] {
  const [key = property, value = property] = property.children ?? [];
  return [String(key.value), writtenOf(value, spanOf(key), spanWithComma(spans, at))];
}

function spanOf({ offset, length }: Node): TextSpan {
  return { start: offset, end: offset + length };
}
