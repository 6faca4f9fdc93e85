/** Makes the payload of `label_agent` from a policy (gateway `wasm_payload.go`, spec 2.3). */
import { decodeGoJson } from '../go/goJson.ts';
import { typeError } from '../go/goJsonTyped.ts';
import { quoteGo, sortUtf8, trimSpace } from '../go/goText.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { allowOnlyField, allowOnlyFields, policyKeys, trustedBots } from './fields.ts';
import { levelError, splitExpression, validRepos } from './values.ts';

/** A value, or the gateway's own error text. */
export type GatewayResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: string };

/** Parses a policy that may be a string; `undefined` and null both mean no policy (gateway spec 2.3.1). */
export function normalizePolicyPayload(policy: JsonValue | undefined): GatewayResult<JsonValue> {
  if (policy === undefined || policy === null) return refuse('policy is required');
  if (typeof policy !== 'string') return { ok: true, value: policy };
  const text = trimSpace(policy);
  if (text === '') return refuse('policy string is empty');
  const decoded = decodeGoJson(text);
  if (!decoded.ok) return refuse(`policy string is not valid JSON object: ${decoded.error}`);
  return isJsonObject(decoded.value) ? decoded : refuse('policy JSON must decode to an object');
}

/**
 * The payload for the guard, or the error with which the gateway does not call it (gateway spec 2.3.2). Only `refusal-labels` changes. Of
 * several bad keys the gateway reports a random one; here it is the first in sorted order.
 */
export function buildStrictLabelAgentPayload(policy: JsonValue): GatewayResult<JsonObject> {
  if (policy === null) return refuse(expectedShape);
  if (!isJsonObject(policy)) {
    const kind = Array.isArray(policy) ? 'array' : typeof policy === 'boolean' ? 'bool' : typeof policy;
    const inner = typeError(kind, 'map[string]interface {}');
    return refuse(`failed to decode label_agent policy payload: policy must decode to a JSON object: ${inner}`);
  }
  if (Object.hasOwn(policy, 'policy')) return refuse(outdatedAdapter);
  const key = policyKeys['allow-only'].find((spelling) => Object.hasOwn(policy, spelling));
  if (key === undefined) {
    return refuse('label_agent policy must use top-level allow-only object (received policy.allow-only)');
  }
  const badKey = firstKey(policy, (name) => name !== trustedBots && !isAllowOnlyKey(name));
  if (badKey !== undefined) return refuse(`${shape}unexpected key ${quoteGo(badKey)}`);
  const allowOnly = policy[key];
  if (!isJsonObject(allowOnly)) return refuse(expectedShape);
  const error = requiredFieldsError(allowOnly) ?? optionalFieldsError(policy, allowOnly);
  if (error !== null) return refuse(error);
  const refusals = allowOnly['refusal-labels'];
  if (refusals === undefined) return { ok: true, value: policy };
  return { ok: true, value: { ...policy, [key]: { ...allowOnly, 'refusal-labels': labelList(refusals) } } };
}

/**
 * Adds the trusted bots and users of the gateway's configuration to a policy (gateway spec 2.3.3). Returns the policy unchanged when both
 * lists are empty or it is not an object. Users are added only to an `allow-only` object.
 */
export function buildLabelAgentPayload(
  policy: JsonValue | undefined,
  bots: readonly string[],
  users: readonly string[],
): JsonValue | undefined {
  if ((bots.length === 0 && users.length === 0) || !isJsonObject(policy)) return policy;
  const allowOnly = policy['allow-only'];
  return {
    ...policy,
    ...(bots.length > 0 ? { [trustedBots]: bots } : {}),
    ...(users.length > 0 && isJsonObject(allowOnly) ? { 'allow-only': { ...allowOnly, 'trusted-users': users } } : {}),
  };
}

const shape = 'invalid guard policy transport shape: ';
const expectedShape = `${shape}expected {"allow-only":{"repos":...,"min-integrity":...}}`;
const outdatedAdapter =
  'gateway policy adapter is outdated: remove legacy envelope key policy before calling label_agent';

function refuse(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error };
}

function isAllowOnlyKey(name: string): boolean {
  return policyKeys['allow-only'].some((spelling) => spelling === name);
}

function firstKey(object: JsonObject, is: (key: string) => boolean): string | undefined {
  return sortUtf8(Object.keys(object)).find(is);
}

function requiredFieldsError(allowOnly: JsonObject): string | null {
  const levelField = 'min-integrity' in allowOnly ? 'min-integrity' : 'integrity';
  const { repos } = allowOnly;
  const level = allowOnly[levelField];
  if (repos === undefined || level === undefined) {
    return `${shape}missing required fields repos and/or min-integrity in allow-only object`;
  }
  const badKey = firstKey(allowOnly, (name) => allowOnlyField(name)?.reachesGuard !== true);
  if (badKey !== undefined) return `${shape}unexpected allow-only key ${quoteGo(badKey)}`;
  if (!validRepos(repos)) {
    return 'invalid repos value: expected all, public, or non-empty array of scoped strings';
  }
  return levelFieldError(levelField, level);
}

function optionalFieldsError(policy: JsonObject, allowOnly: JsonObject): string | null {
  const errors = allowOnlyFields
    .filter(({ reachesGuard, required }) => reachesGuard && !required)
    .flatMap(({ name, kind }) => {
      const value = allowOnly[name];
      const own = value === undefined ? null : fieldError(name, kind, value);
      return name === 'trusted-users' ? [trustedBotsError(policy[trustedBots]), own] : [own];
    });
  return errors.find((error) => error !== null) ?? null;
}

function fieldError(name: string, kind: string, value: JsonValue): string | null {
  if (kind === 'level') return levelFieldError(name, value);
  if (kind !== 'expression' || Array.isArray(value)) return listError(name, value);
  if (typeof value !== 'string') {
    return `invalid ${name} value: expected array of strings or comma/newline-delimited string`;
  }
  return splitExpression(value).length === 0
    ? `invalid ${name} value: must include at least one non-empty label`
    : null;
}

function trustedBotsError(value: JsonValue | undefined): string | null {
  if (value === undefined) return null;
  if (!Array.isArray(value)) return `invalid ${trustedBots} value: expected non-empty array of strings`;
  if (value.length === 0) return `invalid ${trustedBots} value: must be a non-empty array when present`;
  return listError(trustedBots, value);
}

function listError(name: string, value: JsonValue): string | null {
  if (!Array.isArray(value)) return `invalid ${name} value: expected array of strings`;
  const fine = value.every((entry) => typeof entry === 'string' && trimSpace(entry) !== '');
  return fine ? null : `invalid ${name} value: each entry must be a non-empty string`;
}

/** Unlike in the configuration, an empty level is an error; a value that is not a string counts as empty. */
function levelFieldError(name: string, value: JsonValue): string | null {
  return levelError(name, typeof value === 'string' ? value : '');
}

function labelList(value: JsonValue): readonly JsonValue[] {
  if (typeof value === 'string') return splitExpression(value);
  return Array.isArray(value) ? value.map((entry) => trimSpace(String(entry))) : [];
}
