/** Validates the value of a form against its JSON schema and reports problems as sentences. */
import { type OutputUnit, type SchemaDraft, Validator } from '@cfworker/json-schema';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/base/json.ts';

/** A problem at a JSON Pointer. A value with problems can still be sent, because guards are also tested with invalid input. */
export interface FormProblem {
  readonly path: string;
  readonly message: string;
}

/**
 * The problems of a value; references in `schema` are resolved against `root`. Schemas come from servers and may be invalid: references
 * that cannot be resolved and patterns that JavaScript cannot compile are ignored. A schema that the library cannot evaluate (for example
 * because of infinite recursion) reports no problems.
 */
export function problemsOf(value: JsonValue, schema: JsonObject, root: JsonObject = schema): readonly FormProblem[] {
  const whole = { $defs: { root: usable(root, root), value: usable(schema, root) }, $ref: '#/$defs/value' };
  let units: readonly OutputUnit[];
  try {
    units = new Validator(structuredClone(whole), draftOf(root), false).validate(value).errors.map(withPlace);
  } catch {
    return [];
  }
  const skipped = otherAlternatives(units);
  const problems = units
    .filter(({ keywordLocation }) => !skipped.some((branch) => keywordLocation.startsWith(branch)))
    .flatMap((unit) => toProblems(unit, whole, value));
  // The library reports one unit per missing member, and each unit yields all missing members.
  return [...new Map(problems.map((problem) => [`${problem.path} ${problem.message}`, problem])).values()];
}

/** Adds the keyword location to the unit of a `false` schema, which the library omits; the unit before it has the location. */
function withPlace(unit: OutputUnit, index: number, units: readonly OutputUnit[]): OutputUnit {
  if (unit.keyword !== 'false') return unit;
  return { ...unit, keywordLocation: units[index - 1]?.keywordLocation ?? unit.keywordLocation };
}

/** Locations whose problems are not reported: when all alternatives fail, only the first one is reported. */
function otherAlternatives(units: readonly OutputUnit[]): readonly string[] {
  const alternatives = units.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  return alternatives.flatMap(({ keywordLocation: place }) =>
    units
      .map(({ keywordLocation }) => keywordLocation.slice(0, keywordLocation.indexOf('/', place.length + 1) + 1))
      .filter((branch) => branch.startsWith(`${place}/`) && branch !== `${place}/0/`),
  );
}

function toProblems(unit: OutputUnit, whole: JsonObject, value: JsonValue): readonly FormProblem[] {
  const path = pointer(unit.instanceLocation);
  const wanted = follow(whole, unit.keywordLocation);
  if (unit.keyword === 'required') {
    const present = at(value, partsOf(unit.instanceLocation));
    return (Array.isArray(wanted) ? (wanted as readonly JsonValue[]) : [])
      .filter((name) => typeof name === 'string')
      .filter((name) => isJsonObject(present) && !Object.hasOwn(present, name))
      .map((name) => ({ path: `${path}/${escape(name)}`, message: 'is required' }));
  }
  const message = messageOf(unit, wanted);
  return message === null ? [] : [{ path, message }];
}

/** The message of a unit; null for a unit that only contains other units. */
function messageOf({ keyword, error }: OutputUnit, wanted: JsonValue | undefined): string | null {
  const text = typeof wanted === 'string' ? wanted : JSON.stringify(wanted);
  switch (keyword) {
    case 'type':
      return `must be ${(Array.isArray(wanted) ? wanted : [wanted]).map((type) => withArticle(String(type))).join(' or ')}`;
    case 'enum':
    case 'const': {
      const options = keyword === 'enum' && Array.isArray(wanted) ? (wanted as readonly JsonValue[]) : [wanted];
      return `must be one of ${options.map((option) => JSON.stringify(option)).join(', ')}`;
    }
    case 'minLength':
      return `must have at least ${text} characters`;
    case 'maxLength':
      return `must have at most ${text} characters`;
    case 'pattern':
      return `must match ${text}`;
    case 'format':
      return `must have the format ${text}`;
    case 'minimum':
      return `must be at least ${text}`;
    case 'maximum':
      return `must be at most ${text}`;
    case 'exclusiveMinimum':
      return `must be more than ${text}`;
    case 'exclusiveMaximum':
      return `must be less than ${text}`;
    case 'multipleOf':
      return `must be a multiple of ${text}`;
    case 'minItems':
      return `must have at least ${text} items`;
    case 'maxItems':
      return `must have at most ${text} items`;
    case 'uniqueItems':
      return 'must not contain duplicate items';
    case 'false':
      return 'is not defined in the schema';
    case 'oneOf':
      return /\((?!0 )\d+ matches\)/.test(error) ? 'must match exactly one of the alternatives' : null;
    default:
      return containers.has(keyword) ? null : `does not match "${keyword}": ${error}`;
  }
}

const containers = new Set([
  '$ref',
  'additionalProperties',
  'allOf',
  'anyOf',
  'dependentSchemas',
  'if',
  'items',
  'patternProperties',
  'prefixItems',
  'properties',
  'propertyNames',
]);

function withArticle(type: string): string {
  if (type === 'null') return 'null';
  return type === 'object' || type === 'array' || type === 'integer' ? `an ${type}` : `a ${type}`;
}

/** The draft named by `$schema`; MCP's default is 2020-12. */
function draftOf({ $schema }: JsonObject): SchemaDraft {
  const [draft] = /draft-0?[47]\b|2019-09/.exec(typeof $schema === 'string' ? $schema : '') ?? [];
  if (draft === undefined) return '2020-12';
  return draft === '2019-09' ? draft : draft.endsWith('4') ? '4' : '7';
}

/** Keywords whose values are data instead of schemas. */
const dataKeywords = new Set(['const', 'enum', 'default', 'examples']);

/** A copy with references rewritten to `#/$defs/root` and without the parts that make the library throw. */
function usable(schema: JsonValue, root: JsonObject): JsonValue {
  if (Array.isArray(schema)) return (schema as readonly JsonValue[]).map((item) => usable(item, root));
  if (!isJsonObject(schema)) return schema;
  const members = Object.entries(schema).flatMap(([name, member]): [string, JsonValue][] => {
    if (name === '$id' || name === 'id') return typeof member === 'string' ? [] : [[name, usable(member, root)]];
    if (name === '$ref' && typeof member === 'string') {
      const isLocal = /^#(?:\/|$)/.test(member) && at(root, partsOf(member)) !== undefined;
      return isLocal ? [[name, `#/$defs/root${member.slice(1)}`]] : [];
    }
    if (name === 'pattern' && typeof member === 'string') return isPattern(member) ? [[name, member]] : [];
    return [[name, dataKeywords.has(name) ? member : usable(member, root)]];
  });
  return Object.fromEntries(members);
}

function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').test('') || true;
  } catch {
    return false;
  }
}

/** The value at a keyword location of the library, resolving references on the way. */
function follow(whole: JsonObject, location: string): JsonValue | undefined {
  let current: JsonValue | undefined = whole;
  for (const part of partsOf(location)) {
    const next: JsonValue | undefined = at(current, [part]);
    current = part === '$ref' && typeof next === 'string' ? at(whole, partsOf(next)) : next;
  }
  return current;
}

function at(value: JsonValue | undefined, parts: readonly string[]): JsonValue | undefined {
  return parts.reduce<JsonValue | undefined>((current, part) => {
    if (Array.isArray(current)) return (current as readonly JsonValue[])[Number(part)];
    return isJsonObject(current) && Object.hasOwn(current, part) ? current[part] : undefined;
  }, value);
}

/** Converts a location of the library, a URI fragment, to a JSON Pointer. */
function pointer(location: string): string {
  return partsOf(location)
    .map((part) => `/${escape(part)}`)
    .join('');
}

function partsOf(fragment: string): readonly string[] {
  return fragment
    .slice(1)
    .split('/')
    .slice(1)
    .map((part) => decode(part).replaceAll('~1', '/').replaceAll('~0', '~'));
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function escape(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
