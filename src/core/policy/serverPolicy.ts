/** Finds the policy of a server in its `guard-policies` (gateway `ParseServerGuardPolicy`, spec 2.7.5). */
import { encodeGoJson } from '../go/goJson.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { policyKeys } from './fields.ts';
import { normalizeAllowOnly } from './normalize.ts';
import type { GatewayResult } from './payload.ts';
import { allowOnlyPayload, type Policy } from './policy.ts';
import { type CheckedPolicy, parseGuardPolicyJson, type PolicyFault } from './validate.ts';

/** The current form of a policy, or the older one with `repos` at the top level. */
export type PolicyForm = 'current' | 'legacy';

/** A policy in a map: the keys from the root, and its form. */
export interface PolicyPlace {
  readonly path: readonly string[];
  readonly form: PolicyForm;
  readonly object: JsonObject;
}

/** The place of the policy; `none`; or `not-an-object` for an entry of the server that is not an object. */
export type FoundPolicy = PolicyPlace | 'none' | 'not-an-object';

/**
 * The policy of a server; null for none, also when a key is misspelt, in which case the gateway runs the server without a guard. Errors have
 * the gateway's prefixes.
 */
export function parseServerGuardPolicy(serverId: string, raw: JsonObject): GatewayResult<Policy | null> {
  const found = findPolicy(raw, serverId);
  if (found === 'none') return { ok: true, value: null };
  if (found === 'not-an-object') {
    return { ok: false, error: `invalid guard policy for server '${serverId}': expected object` };
  }
  const parsed =
    found.form === 'current' ? parseGuardPolicyJson(encodeGoJson(found.object)) : parseLegacyPolicy(found.object);
  return parsed.ok ? parsed : { ok: false, error: `invalid server guard policy: ${parsed.error}` };
}

/** Searches for a policy in the map itself, under the server's id, and under the only key, in this order. */
export function findPolicy(raw: JsonObject, serverId: string | null): FoundPolicy {
  const here = formOf(raw);
  if (here !== null) return { path: [], form: here, object: raw };
  if (serverId !== null && Object.hasOwn(raw, serverId)) {
    const entry = raw[serverId];
    if (!isJsonObject(entry)) return 'not-an-object';
    const form = formOf(entry);
    if (form !== null) return { path: [serverId], form, object: entry };
  }
  const [only, ...others] = Object.keys(raw);
  if (only === undefined || others.length > 0) return 'none';
  const entry = raw[only];
  const form = isJsonObject(entry) ? formOf(entry) : null;
  return isJsonObject(entry) && form !== null ? { path: [only], form, object: entry } : 'none';
}

/** Parses the older form. Errors have no prefix. */
function parseLegacyPolicy(raw: JsonObject): GatewayResult<Policy> {
  const { policy, faults } = checkLegacyPolicy(raw);
  const [first] = faults;
  return policy === null ? { ok: false, error: first?.message ?? noLevel } : { ok: true, value: policy };
}

/** Checks the older form: `repos` with `min-integrity` or `integrity`; other keys are ignored. */
export function checkLegacyPolicy(raw: JsonObject): CheckedPolicy {
  const key = Object.hasOwn(raw, 'min-integrity') || !Object.hasOwn(raw, 'integrity') ? 'min-integrity' : 'integrity';
  const level = raw[key];
  if (level === undefined) {
    return { policy: null, faults: [{ kind: 'value', message: noLevel, path: [], decoding: false }] };
  }
  const values = new Map<string, JsonValue>([
    ['repos', raw['repos'] ?? null],
    ['min-integrity', typeof level === 'string' ? level : encodeGoJson(level)],
  ]);
  const { normalized, faults } = normalizeAllowOnly(values);
  const found = faults.map(({ message, field, entry }): PolicyFault => {
    const path = [field === 'min-integrity' ? key : field, ...(entry === null ? [] : [entry])];
    return { kind: 'value', message, path, decoding: false };
  });
  return {
    policy: found.length > 0 ? null : { kind: 'allow-only', payload: allowOnlyPayload(values), normalized },
    faults: found,
  };
}

const noLevel = 'repos specified without min-integrity';

function formOf(raw: JsonObject): PolicyForm | null {
  const spellings = [...policyKeys['allow-only'], ...policyKeys['write-sink']];
  if (spellings.some((key) => Object.hasOwn(raw, key))) return 'current';
  return Object.hasOwn(raw, 'repos') ? 'legacy' : null;
}
