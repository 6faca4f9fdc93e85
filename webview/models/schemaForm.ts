/** A form made of a JSON schema: what kind of field a schema wants, what it begins with, and what is wrong with a value. The value is JSON itself, so nothing of it is ever lost. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/base/json.ts';

/** What a field is drawn as. `json`: whatever no field of its own is made for. */
export type FieldKind = 'text' | 'number' | 'boolean' | 'choice' | 'list' | 'group' | 'json';

/** A schema with its references followed, and of alternatives the one that fits. */
export interface Field {
  readonly kind: FieldKind;
  readonly schema: JsonObject;
  /** The values of a `choice`. */
  readonly options: readonly JsonValue[];
  /** Alternatives (`oneOf`, `anyOf`), of which `schema` is one. */
  readonly variants: readonly JsonObject[];
}

/** One thing that is wrong, at a JSON Pointer. It may be sent all the same: guards must be tried with bad input, too. */
export interface FormProblem {
  readonly path: string;
  readonly message: string;
}

/** The field for a schema. `value` picks the alternative that fits it. */
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

/** What an empty form holds: defaults, constants, the first example, and for required members something of their kind. */
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
      // A schema that demands itself has no smallest value.
      if (depth < deepest) {
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

/** A member that the value itself has; what every object has is none. */
export function memberOf(value: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Members of a value that the schema does not name. */
export function otherMembers(value: JsonObject, schema: JsonObject): readonly string[] {
  const known = new Set(membersOf(schema).map(({ name }) => name));
  return Object.keys(value).filter((name) => !known.has(name));
}

/** A copy with one member set, or left out for `undefined`. */
export function withMember(value: JsonObject, name: string, member: JsonValue | undefined): JsonObject {
  const { [name]: _, ...rest } = value;
  if (member === undefined) return rest;
  return Object.hasOwn(value, name)
    ? Object.fromEntries(Object.entries(value).map(([key, old]) => [key, key === name ? member : old]))
    : { ...rest, [name]: member };
}

/** What is wrong with a value, in plain words; empty when nothing is, as far as this looks. */
export function problemsOf(
  value: JsonValue,
  schema: JsonObject,
  root: JsonObject = schema,
  path = '',
): readonly FormProblem[] {
  const own = follow(schema, root);
  const variants = variantsOf(own, root);
  if (variants.length > 1) {
    const each = variants.map((variant) => problemsOf(value, variant, root, path));
    return each.some((problems) => problems.length === 0) ? [] : (each[0] ?? []);
  }
  const say = (message: string): FormProblem => ({ path, message });
  const options = optionsOf(own);
  const isOption = (option: JsonValue): boolean => JSON.stringify(option) === JSON.stringify(value);
  if (options.length > 0 && !options.some(isOption))
    return [say(`must be one of ${options.map((option) => JSON.stringify(option)).join(', ')}`)];
  const types = typesOf(own);
  if (types.length > 0 && !types.some((type) => isOfType(value, type)))
    return [say(`must be ${types.map(article).join(' or ')}`)];
  if (typeof value === 'string') return textProblems(value, own).map(say);
  if (typeof value === 'number') return numberProblems(value, own).map(say);
  if (Array.isArray(value)) return listProblems(value as readonly JsonValue[], own, root, path);
  return isJsonObject(value) ? groupProblems(value, own, root, path) : [];
}

/** What a number field's text means: a number where it is one, else the text itself. */
export function numberOf(text: string): JsonValue {
  const trimmed = text.trim();
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(trimmed) ? Number(trimmed) : text;
}

const deepest = 8;

/** A local reference, followed a few times; what leads elsewhere is taken for a schema without demands. */
function follow(schema: JsonObject, root: JsonObject): JsonObject {
  let current = schema;
  for (let steps = 0; steps < deepest && typeof current['$ref'] === 'string'; steps++) {
    const { $ref: reference, ...beside } = current;
    if (typeof reference !== 'string' || !reference.startsWith('#')) return beside;
    const parts = reference.slice(1).split('/').slice(1);
    const found = parts.reduce<JsonValue | undefined>((at, part) => {
      const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      return isJsonObject(at) ? at[key] : undefined;
    }, root);
    current = { ...(isJsonObject(found) ? found : {}), ...beside };
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

function isOfType(value: JsonValue, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isJsonObject(value);
  if (type === 'integer') return typeof value === 'number' && Number.isInteger(value);
  return typeof value === type;
}

function article(type: string): string {
  if (type === 'null') return 'null';
  return type === 'object' || type === 'array' || type === 'integer' ? `an ${type}` : `a ${type}`;
}

function textProblems(value: string, { minLength, maxLength, pattern }: JsonObject): readonly string[] {
  const length = Array.from(value).length;
  const problems: string[] = [];
  if (typeof minLength === 'number' && length < minLength) problems.push(`must have at least ${minLength} characters`);
  if (typeof maxLength === 'number' && length > maxLength) problems.push(`must have at most ${maxLength} characters`);
  if (typeof pattern === 'string' && !matches(value, pattern)) problems.push(`must match ${pattern}`);
  return problems;
}

/** A pattern that is none of JavaScript's demands nothing. */
function matches(value: string, pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}

function numberProblems(value: number, schema: JsonObject): readonly string[] {
  const problems: string[] = [];
  const limit = (name: string, holds: (bound: number) => boolean, words: string): void => {
    const bound = schema[name];
    if (typeof bound === 'number' && !holds(bound)) problems.push(`must be ${words} ${bound}`);
  };
  limit('minimum', (bound) => value >= bound, 'at least');
  limit('maximum', (bound) => value <= bound, 'at most');
  limit('exclusiveMinimum', (bound) => value > bound, 'more than');
  limit('exclusiveMaximum', (bound) => value < bound, 'less than');
  return problems;
}

function listProblems(
  value: readonly JsonValue[],
  schema: JsonObject,
  root: JsonObject,
  path: string,
): readonly FormProblem[] {
  const { minItems, maxItems, items } = schema;
  const own: FormProblem[] = [];
  if (typeof minItems === 'number' && value.length < minItems)
    own.push({ path, message: `must have at least ${minItems} items` });
  if (typeof maxItems === 'number' && value.length > maxItems)
    own.push({ path, message: `must have at most ${maxItems} items` });
  if (!isJsonObject(items)) return own;
  return [...own, ...value.flatMap((item, at) => problemsOf(item, items, root, `${path}/${at}`))];
}

function groupProblems(value: JsonObject, schema: JsonObject, root: JsonObject, path: string): readonly FormProblem[] {
  const members = membersOf(schema).flatMap(({ name, schema: member, required }): readonly FormProblem[] => {
    const at = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const own = memberOf(value, name);
    if (own !== undefined) return problemsOf(own, member, root, at);
    return required ? [{ path: at, message: 'is required' }] : [];
  });
  if (schema['additionalProperties'] !== false) return members;
  return [
    ...members,
    ...otherMembers(value, schema).map((name) => ({ path: `${path}/${name}`, message: 'is not known to the tool' })),
  ];
}
