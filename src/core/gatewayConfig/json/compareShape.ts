/**
 * Compares JSON with a shape and reports faults in the words of the gateway's schema library (santhosh-tekuri/jsonschema). A general JSON
 * schema library does not replace this: its output has the order of the schema, while here the first fault in the order of the document is
 * the text with which the gateway refuses the file, and it names missing and unknown members only inside English sentences. Sorting and
 * translating that output takes as much code as the comparison.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { JsonObjectShape, JsonShape } from './jsonShapes.ts';

/** A fault: the library's message and the path of the value. */
export interface ShapeFault {
  readonly message: string;
  readonly path: readonly (string | number)[];
  /** The name of an additional member; null for every other fault. */
  readonly unknown: string | null;
}

/** All faults in document order; those of a value precede those of its members. */
export function compareWithShape(
  value: JsonValue,
  shape: JsonShape,
  path: ShapeFault['path'] = [],
): readonly ShapeFault[] {
  if (shape.kind === 'any') return [];
  const wanted = shape.kind === 'map' ? 'object' : shape.kind;
  const also = 'also' in shape ? (shape.also ?? []) : [];
  if (also.includes(value)) return [];
  const is = typeOf(value);
  if (is !== wanted && !(wanted === 'integer' && Number.isInteger(value)))
    return [fault(path, `got ${is}, want ${wanted}`)];
  switch (shape.kind) {
    case 'boolean':
      return [];
    case 'string':
      return typeof value === 'string' ? textFaults(value, shape, path) : [];
    case 'integer':
      return numberFaults(Number(value), shape, path);
    case 'array': {
      const items = value as readonly JsonValue[];
      const { minItems = 0 } = shape;
      if (items.length < minItems) return [fault(path, `minItems: got ${items.length}, want ${minItems}`)];
      return items.flatMap((item, index) => compareWithShape(item, shape.of, [...path, index]));
    }
    case 'map':
      return members(value).flatMap(([key, child]) => compareWithShape(child, shape.of, [...path, key]));
    case 'object':
      return objectFaults(value as JsonObject, shape, path);
  }
}

function objectFaults(value: JsonObject, shape: JsonObjectShape, path: ShapeFault['path']): readonly ShapeFault[] {
  const { fields, required = [], eitherOf = [], open = false } = shape;
  const faults: ShapeFault[] = [];
  const missing = required.filter((name) => !Object.hasOwn(value, name)).map(quote);
  const [one] = missing;
  if (one !== undefined) {
    faults.push(
      fault(path, missing.length === 1 ? `missing property ${one}` : `missing properties ${missing.join(', ')}`),
    );
  }
  const [first] = eitherOf;
  if (first !== undefined && !eitherOf.some((name) => Object.hasOwn(value, name))) {
    faults.push(fault(path, `missing property ${quote(first)}`));
  }
  for (const [key, child] of members(value)) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field !== undefined) faults.push(...compareWithShape(child, field, [...path, key]));
    else if (!open) {
      faults.push({ message: `additional properties ${quote(key)} not allowed`, path: [...path, key], unknown: key });
    }
  }
  return faults;
}

function textFaults(
  value: string,
  { filled = false, pattern, words }: Extract<JsonShape, { readonly kind: 'string' }>,
  path: ShapeFault['path'],
): readonly ShapeFault[] {
  if (filled && value === '') return [fault(path, 'minLength: got 0, want 1')];
  if (words !== undefined && !words.includes(value)) {
    const listed = words.map(quote).join(', ');
    return [fault(path, words.length === 1 ? `value must be ${listed}` : `value must be one of ${listed}`)];
  }
  if (pattern === undefined || new RegExp(pattern).test(value)) return [];
  return [fault(path, `${quote(value)} does not match pattern ${quote(pattern)}`)];
}

function numberFaults(
  value: number,
  { minimum, maximum }: Extract<JsonShape, { readonly kind: 'integer' }>,
  path: ShapeFault['path'],
): readonly ShapeFault[] {
  if (minimum !== undefined && value < minimum) return [fault(path, `minimum: got ${value}, want ${minimum}`)];
  if (maximum !== undefined && value > maximum) return [fault(path, `maximum: got ${value}, want ${maximum}`)];
  return [];
}

function fault(path: ShapeFault['path'], message: string): ShapeFault {
  return { message, path, unknown: null };
}

function members(value: JsonValue): [string, JsonValue][] {
  return isJsonObject(value) ? Object.entries(value) : [];
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** A string in single quotes, with backslashes and quotes escaped. */
function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
