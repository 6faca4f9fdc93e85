/** The gateway's log sanitiser, and the recovery of sanitised payloads (gateway `internal/sanitize`, spec 4.6). */
import { decodeGoJson, encodeGoJson } from '../../go/goJson.ts';
import { isJsonObject, type JsonValue } from '../../base/json.ts';

/** The replacement that the sanitiser writes for a secret. */
export const redactedMark = '[REDACTED]';

/** A payload of a gateway log, recovered as far as possible. */
export interface SanitizedPayload {
  /** The payload, its secrets replaced by `[REDACTED]`; null when the sanitiser destroyed its structure. */
  readonly value: JsonValue | null;
  /** Whether anything was replaced, so that a guard may decide differently than in production. */
  readonly redacted: boolean;
  /** The remaining text of a destroyed payload; null when `value` is available. */
  readonly remains: string | null;
}

/**
 * Undoes the wrapper `{"_error":"invalid JSON","_raw":…}` if the only damage is `"key"=[REDACTED]` in place of `"key":"[REDACTED]"`. A
 * wrapper around the empty string means "no payload": the call failed.
 */
export function readSanitized(payload: JsonValue): SanitizedPayload {
  const raw = wrappedText(payload);
  if (raw === null) return { value: payload, redacted: hasMark(payload), remains: null };
  if (raw === '') return { value: null, redacted: false, remains: '' };
  const repaired = decodeGoJson(raw.replaceAll(bareMark, '$1:"[REDACTED]"'));
  if (repaired.ok) return { value: repaired.value, redacted: true, remains: null };
  return { value: null, redacted: true, remains: raw };
}

/** Reads JSON from a log that is sanitised line by line, where the sanitiser adds no wrapper around destroyed payloads. */
export function readSanitizedText(text: string): SanitizedPayload {
  const plain = decodeGoJson(text);
  if (plain.ok) return { value: plain.value, redacted: text.includes(redactedMark), remains: null };
  return readSanitized({ _error: 'invalid JSON', _raw: text });
}

/** Finds the tool name in the remains of a request. Go sorts keys, so the name follows the arguments and often survives. */
export function toolNameInRemains(remains: string): string | null {
  const text = /"name":("(?:[^"\\]|\\.)*")\}\}$/.exec(remains)?.[1];
  if (text === undefined) return null;
  const decoded = decodeGoJson(text);
  return decoded.ok && typeof decoded.value === 'string' ? decoded.value : null;
}

/** Sanitises a string as the gateway does: ten patterns in order, each applied to the output of the previous one. */
export function sanitizeText(text: string): string {
  return patterns.reduce((current, pattern) => current.replace(pattern, redactMatch), text);
}

/** Sanitises a JSON payload as in the log: the sanitised text, or the wrapper around it when it is no longer JSON. */
export function sanitizeJsonText(json: string): string {
  const sanitized = sanitizeText(json);
  return isJson(sanitized) ? sanitized : encodeGoJson({ _error: 'invalid JSON', _raw: sanitized });
}

/** Matches `"key"=[REDACTED]` at the start of a member; inside a string the quotes would be escaped. */
const bareMark = /([{,]\s*"[^"\\]+"\s*)=\[REDACTED\]/g;

const jsonKeys =
  'token|password|passwd|pwd|apikey|api_key|api-key|secret|client_secret|api_secret|authorization|auth|key|private_key|' +
  'public_key|credentials|credential|access_token|refresh_token|bearer_token';

/** Go's `\s`, which matches fewer characters than JavaScript's. */
const space = '[\\t\\n\\f\\r ]';
const assigned = `[=:]${space}*[^\\t\\n\\f\\r ]{8,}`;

/** In the gateway's order. The flags `u` and `i` fold case as Go does, including the Kelvin sign and the long s. */
const patterns: readonly RegExp[] = [
  new RegExp(`(?:token|key|secret|password|auth)${assigned}`, 'giu'),
  /ghp_[a-zA-Z0-9]{36,}/gu,
  /github_pat_[a-zA-Z0-9]{22}_[a-zA-Z0-9]{59}/gu,
  new RegExp(`bearer${space}+[a-zA-Z0-9\\-._~+/]+=*`, 'giu'),
  new RegExp(`authorization:${space}*[a-zA-Z0-9\\-._~+/]+=*`, 'giu'),
  /[a-f0-9]{32,}/gu,
  new RegExp(`(?:apikey|api_key|access_key)${assigned}`, 'giu'),
  new RegExp(`(?:client_secret|client_id)${assigned}`, 'giu'),
  /[a-zA-Z0-9_-]{20,}\.eyJ[a-zA-Z0-9_-]+\.[a-zA-Z0-9_-]+/gu,
  new RegExp(`"(?:${jsonKeys})"${space}*:${space}*"[^"]+"`, 'giu'),
];

/** Keeps the text before the first separator, and always writes `=`. */
function redactMatch(match: string): string {
  const separator = /[=:]/.exec(match);
  return separator === null ? redactedMark : `${match.slice(0, separator.index)}=${redactedMark}`;
}

function wrappedText(payload: JsonValue): string | null {
  if (!isJsonObject(payload) || payload['_error'] !== 'invalid JSON') return null;
  const raw = payload['_raw'];
  return typeof raw === 'string' && Object.keys(payload).length === 2 ? raw : null;
}

/** Whether any string or key in the payload contains the mark. Iterative, so that any nesting depth is fine. */
function hasMark(payload: JsonValue): boolean {
  const work: JsonValue[] = [payload];
  for (let value = work.pop(); value !== undefined; value = work.pop()) {
    if (typeof value === 'string') {
      if (value.includes(redactedMark)) return true;
    } else if (typeof value === 'object' && value !== null) {
      for (const inner of Object.values<JsonValue>(value)) work.push(inner);
      if (!Array.isArray(value) && Object.keys(value).some((key) => key.includes(redactedMark))) return true;
    }
  }
  return false;
}

function isJson(text: string): boolean {
  const decoded = decodeGoJson(text);
  return decoded.ok || decoded.error.startsWith('json:');
}
