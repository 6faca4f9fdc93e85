/** The model of a form for a JSON schema: kinds of fields, initial values and members. The value is JSON, so a form never loses parts of it. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/base/json.ts';
import { problemsOf } from './formProblems.ts';

/** The kind of control for a field. `json` is a text box for values that have no control of their own. */
export type FieldKind = 'text' | 'number' | 'boolean' | 'choice' | 'list' | 'group' | 'json';

/** A field of a form: a schema with resolved references, reduced to the alternative that matches the value. */
export interface Field {
  readonly kind: FieldKind;
  readonly schema: JsonObject;
  /** The values of a `choice`. */
  readonly options: readonly JsonValue[];
  /** Alternatives (`oneOf`, `anyOf`), of which `schema` is one. */
  readonly variants: readonly JsonObject[];
}

/** The field for a schema, with the first alternative that `value` matches, or else the first alternative. */
export function fieldOf(schema: JsonObject, root: JsonObject, value?: JsonValue): Field {
  const followed = follow(schema, root);
  const variants = variantsOf(followed, root);
  const chosen =
    variants.find((each) => value !== undefined && problemsOf(value, each, root).length === 0) ??
    variants[0] ??
    followed;
  const options = optionsOf(chosen);
  return { kind: kindOf(chosen, options), schema: chosen, options, variants: variants.length > 1 ? variants : [] };
}

/** The value of an empty form: the default, the constant or the first example, otherwise an empty value of the kind with the required members. */
export function initialValue(schema: JsonObject, root: JsonObject = schema, depth = 0): JsonValue {
  const { kind, schema: own, options } = fieldOf(schema, root);
  const given =
    own['default'] ??
    own['const'] ??
    (Array.isArray(own['examples']) ? (own['examples'] as readonly JsonValue[])[0] : undefined);
  if (given !== undefined) return given;
  switch (kind) {
    case 'text':
      return '';
    case 'number':
      return typeof own['minimum'] === 'number' ? own['minimum'] : 0;
    case 'boolean':
      return false;
    case 'choice':
      return options[0] ?? null;
    case 'list':
      return [];
    case 'group': {
      const members: Record<string, JsonValue> = {};
      // A schema that requires itself has no finite value.
      if (depth < maxDepth) {
        for (const { name, schema: member, required } of membersOf(own)) {
          const hasDefault = follow(member, root)['default'] !== undefined;
          if (required || hasDefault) members[name] = initialValue(member, root, depth + 1);
        }
      }
      return members;
    }
    case 'json':
      return null;
  }
}

/** The members of a group in the order of the schema. */
export function membersOf(
  schema: JsonObject,
): readonly { readonly name: string; readonly schema: JsonObject; readonly required: boolean }[] {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? (schema['required'] as readonly JsonValue[]) : [];
  return Object.entries(properties).map(([name, member]) => ({
    name,
    schema: isJsonObject(member) ? member : {},
    required: required.includes(name),
  }));
}

/** An own member of the value; inherited ones such as `constructor` do not count. */
export function memberOf(value: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Names of members that the schema does not list. */
export function otherMembers(value: JsonObject, schema: JsonObject): readonly string[] {
  const known = new Set(membersOf(schema).map(({ name }) => name));
  return Object.keys(value).filter((name) => !known.has(name));
}

/** A copy with one member set, or without it for `undefined`. */
export function withMember(value: JsonObject, name: string, member: JsonValue | undefined): JsonObject {
  const { [name]: _, ...rest } = value;
  if (member === undefined) return rest;
  return Object.hasOwn(value, name)
    ? Object.fromEntries(Object.entries(value).map(([key, old]) => [key, key === name ? member : old]))
    : { ...rest, [name]: member };
}

/** The number in a text field, or the text itself when it is not a JSON number. */
export function parseNumberField(text: string): JsonValue {
  const trimmed = text.trim();
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(trimmed) ? Number(trimmed) : text;
}

/** Maximum depth of nested groups in an initial value, and of chained references. */
const maxDepth = 8;

/** Resolves local references. A reference to another document yields a schema without constraints. */
function follow(schema: JsonObject, root: JsonObject): JsonObject {
  let current = schema;
  for (let steps = 0; steps < maxDepth && typeof current['$ref'] === 'string'; steps++) {
    const { $ref: reference, ...siblings } = current;
    if (typeof reference !== 'string' || !reference.startsWith('#')) return siblings;
    const parts = reference.slice(1).split('/').slice(1);
    const found = parts.reduce<JsonValue | undefined>((at, part) => {
      const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      return isJsonObject(at) ? at[key] : undefined;
    }, root);
    current = { ...(isJsonObject(found) ? found : {}), ...siblings };
  }
  return current;
}

function variantsOf(schema: JsonObject, root: JsonObject): readonly JsonObject[] {
  const list = schema['oneOf'] ?? schema['anyOf'];
  if (!Array.isArray(list)) return [];
  const { oneOf: _, anyOf: __, ...shared } = schema;
  return (list as readonly JsonValue[])
    .filter(isJsonObject)
    .map((variant) => ({ ...shared, ...follow(variant, root) }));
}

function optionsOf(schema: JsonObject): readonly JsonValue[] {
  if (Array.isArray(schema['enum'])) return schema['enum'] as readonly JsonValue[];
  return schema['const'] === undefined ? [] : [schema['const']];
}

function kindOf(schema: JsonObject, options: readonly JsonValue[]): FieldKind {
  if (options.length > 0) return 'choice';
  const types = typesOf(schema).filter((type) => type !== 'null');
  const [type] = types;
  if (types.length > 1) return 'json';
  if (type === 'string') return 'text';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'boolean') return 'boolean';
  if (type === 'array') return 'list';
  return type === 'object' || isJsonObject(schema['properties']) ? 'group' : 'json';
}

function typesOf(schema: JsonObject): readonly string[] {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  return Array.isArray(type) ? (type as readonly JsonValue[]).filter((each) => typeof each === 'string') : [];
}
