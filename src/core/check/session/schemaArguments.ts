/** Makes arguments of a tool from the schema of its inputs, with values that the captured session has under the same names. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';

/** Values by the names of arguments. */
export type KnownValues = ReadonlyMap<string, JsonValue>;

/** Schemas may refer to themselves. */
const deepest = 6;

/** The first value of each argument of the session. */
export function knownValues(calls: readonly JsonValue[]): KnownValues {
  const values = new Map<string, JsonValue>();
  for (const args of calls) {
    if (!isJsonObject(args)) continue;
    for (const [name, value] of Object.entries(args)) if (!values.has(name)) values.set(name, value);
  }
  return values;
}

/** Arguments with every required member; without required members, with all of them. */
export function schemaArguments(schema: JsonValue, known: KnownValues): JsonObject {
  const made = isJsonObject(schema) ? objectOf(schema, known, 0) : {};
  return isJsonObject(made) ? made : {};
}

function valueOf(schema: JsonValue, known: KnownValues, depth: number): JsonValue {
  if (!isJsonObject(schema) || depth > deepest) return null;
  const { enum: choices, anyOf, oneOf, examples } = schema;
  if (schema['const'] !== undefined) return schema['const'];
  if (schema['default'] !== undefined) return schema['default'];
  if (Array.isArray(choices) && choices[0] !== undefined) return choices[0] as JsonValue;
  if (Array.isArray(examples) && examples[0] !== undefined) return examples[0] as JsonValue;
  const options = Array.isArray(anyOf) ? anyOf : oneOf;
  if (Array.isArray(options)) return valueOf((options[0] as JsonValue | undefined) ?? null, known, depth + 1);
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  if (type === 'object' || schema['properties'] !== undefined) return objectOf(schema, known, depth);
  if (type === 'array') return [valueOf(schema['items'] ?? { type: 'string' }, known, depth + 1)];
  if (type === 'number' || type === 'integer') return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1;
  if (type === 'boolean') return false;
  return type === 'null' ? null : 'text';
}

function objectOf(schema: JsonObject, known: KnownValues, depth: number): JsonValue {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? (schema['required'] as readonly JsonValue[]) : [];
  const names = Object.keys(properties).filter((name) => required.length === 0 || required.includes(name));
  return Object.fromEntries(
    names.map((name) => [name, known.get(name) ?? valueOf(properties[name] ?? null, known, depth + 1)]),
  );
}
