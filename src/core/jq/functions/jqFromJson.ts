/** `fromjson` of jq: decodes a JSON text and keeps its numbers as they are written (gojq `funcFromJSON`). */
import { decodeGoJsonTree, type GoJsonNode } from '../../go/goJsonTree.ts';
import { JqError, type JqValue, makeObject, NumberLiteral } from '../jqValue.ts';
import { applied, wrapped } from './jqPaths.ts';

export function fromJson(text: string): JqValue {
  const decoded = decodeGoJsonTree(text);
  if (decoded.ok) return valueOf(decoded.value);
  // Go reads a stream of values: a first one that is whole, then something else.
  if (decoded.error.endsWith('after top-level value')) throw applied('fromjson', text);
  const isEmpty = /^[ \t\r\n]*$/.test(text);
  const error = decoded.error.replace('unexpected end of JSON input', 'unexpected EOF');
  throw wrapped('fromjson', text, [], new JqError(isEmpty ? 'EOF' : error));
}

function valueOf(node: GoJsonNode): JqValue {
  switch (node.kind) {
    case 'array':
      return node.items.map(valueOf);
    case 'object':
      return makeObject(node.entries.map(([key, inner]) => [key, valueOf(inner)] as const));
    case 'number':
      return new NumberLiteral(node.literal);
    default:
      return node.value;
  }
}
