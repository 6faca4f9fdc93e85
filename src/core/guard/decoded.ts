/** Result type of the decoders of a guard's output, and the check that all of them begin with. */
import { decodeGoObject } from '../go/goJson.ts';
import { decodeRecentGoJson } from '../go/goJsonRecent.ts';
import type { JsonObject } from '../base/json.ts';

/** The decoded value, or the gateway's error text. */
export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

/** The output as an object with case-sensitive keys; null for the JSON text `null`. `what` names it in the error. */
export function decodeOutput(output: string, what: string): Decoded<JsonObject | null> {
  const decoded = decodeGoObject(output, decodeRecentGoJson);
  return decoded.ok ? decoded : refused(`failed to unmarshal ${what}: ${decoded.error}`);
}

export function refused(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error };
}
