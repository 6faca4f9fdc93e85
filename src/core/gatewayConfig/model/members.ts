/** Reads members of JSON objects by type. A member that is missing or has another type counts as absent. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';

/** A string; empty when it is absent. */
export function stringMember(object: JsonObject, key: string): string {
  const value = ownMember(object, key);
  return typeof value === 'string' ? value : '';
}

/** A number; null when it is absent. */
export function numberMember(object: JsonObject, key: string): number | null {
  const value = ownMember(object, key);
  return typeof value === 'number' ? value : null;
}

/** A boolean; null when it is absent. */
export function booleanMember(object: JsonObject, key: string): boolean | null {
  const value = ownMember(object, key);
  return typeof value === 'boolean' ? value : null;
}

/** The strings of a list; null when the list is absent. */
export function stringListMember(object: JsonObject, key: string): readonly string[] | null {
  const value = ownMember(object, key);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : null;
}

/** An object; empty when it is absent. */
export function objectMember(object: JsonObject, key: string): JsonObject {
  const value = ownMember(object, key);
  return isJsonObject(value) ? value : {};
}

/** The strings of an object by their keys; empty when it is absent. */
export function stringsMember(object: JsonObject, key: string): ReadonlyMap<string, string> {
  const entries = Object.entries(objectMember(object, key));
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** An own member; inherited ones such as `constructor` do not count. */
export function ownMember(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
