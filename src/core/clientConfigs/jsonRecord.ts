/** Tests for objects in values that a JSON or TOML parser returned. */

/** True for an object that is not an array. */
export function isJsonRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
