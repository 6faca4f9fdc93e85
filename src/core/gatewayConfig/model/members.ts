/** Reads members of JSON objects by type; what is missing or of another type is nothing. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';

/** Text of a member; empty when there is none. */
export function stringMember(object: JsonObject, key: string): string {
  const value = ownMember(object, key);
  return typeof value === 'string' ? value : '';
}

export function numberMember(object: JsonObject, key: string): number | null {
  const value = ownMember(object, key);
  return typeof value === 'number' ? value : null;
}

export function booleanMember(object: JsonObject, key: string): boolean | null {
  const value = ownMember(object, key);
  return typeof value === 'boolean' ? value : null;
}

/** Texts of a list, null without a list. */
export function stringListMember(object: JsonObject, key: string): readonly string[] | null {
  const value = ownMember(object, key);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : null;
}

/** An object; empty when there is none. */
export function objectMember(object: JsonObject, key: string): JsonObject {
  const value = ownMember(object, key);
  return isJsonObject(value) ? value : {};
}

/** The own member of that name. */
export function ownMember(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
