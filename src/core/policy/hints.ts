/** Hints for policy problems, and warnings about values that the gateway silently accepts with a surprising effect. */
import { toLower, trimSpace } from '../go/goText.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import {
  allowOnlyField,
  allowOnlyFields,
  integrityLevels,
  policyKeys,
  policyKindOf,
  repoWords,
  trustedBots,
  writeSinkFields,
} from './fields.ts';
import { isJsonWithComments } from './locate.ts';
import { isRepoScope } from './scopes.ts';
import type { PolicyPlace } from './serverPolicy.ts';
import { closest } from './suggest.ts';
import type { PolicyFault } from './validate.ts';

/** A warning about a value with a surprising effect. */
export interface Advice {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly path: readonly (string | number)[];
  readonly at: 'key' | 'value';
}

/** An optional member `hint`. */
export type Hint = { readonly hint: string } | { readonly hint?: never };

/** The hint for a text that the gateway cannot parse as JSON. */
export function hintForSyntax(text: string): Hint {
  if (text.startsWith('\ufeff')) return { hint: 'Save the file without a byte order mark' };
  if (isJsonWithComments(text)) return { hint: 'The gateway reads plain JSON: remove comments and trailing commas' };
  return {};
}

/** The hint for a fault; `value` is the value at its path. */
export function hintFor(fault: PolicyFault, value: JsonValue | undefined): Hint {
  const name = fault.path.findLast((part) => typeof part === 'string') ?? '';
  if (fault.kind === 'unsupported-field') return { hint: unsupportedHint(name, fault.path.length === 1) };
  if (fault.kind === 'missing') return missingHint(fault.message);
  if (fault.message.startsWith('allow-only.repos scope ') && typeof value === 'string')
    return scopeHint(trimSpace(value));
  if (fault.message.includes('must be one of: none') && typeof value === 'string') {
    const level = closest(value, integrityLevels);
    return level === null ? {} : { hint: `Did you mean "${level}"?` };
  }
  return {};
}

/** For a map without a policy: the key that is similar to a policy key, with its path; null when no key is similar. */
export function misspeltPolicyKey(
  root: JsonObject,
): { readonly path: readonly string[]; readonly meant: string } | null {
  const known = [policyKeys['allow-only'][0], policyKeys['write-sink'][0], 'repos'];
  for (const key of Object.keys(root)) {
    const meant = closest(key, known);
    if (meant !== null) return { path: [key], meant };
  }
  for (const [key, value] of Object.entries(root)) {
    const inner = isJsonObject(value) ? Object.keys(value) : [];
    for (const innerKey of inner) {
      const meant = closest(innerKey, known);
      if (meant !== null) return { path: [key, innerKey], meant };
    }
  }
  return null;
}

/** The warning about a policy under a key that is similar to a policy key and that the gateway treats as the name of a server. */
export function takenForServer({ path, form }: PolicyPlace): Advice | null {
  const [key] = path;
  const meant = key === undefined || form === 'current' ? null : closest(key, Object.keys(policyKeys));
  if (key === undefined || meant === null) return null;
  const message = `The gateway treats "${key}" as the name of a server and reads only repos and min-integrity under it`;
  return { code: 'policy/spelling', message, hint: `Did you mean "${meant}"?`, path: [], at: 'key' };
}

/** Warnings about a policy. */
export function adviceFor({ object, form }: PolicyPlace): readonly Advice[] {
  if (form === 'legacy') return legacyAdvice(object);
  return Object.entries(object).flatMap(([key, value]) => {
    const own = isJsonObject(value) ? value : {};
    const inner = policyKindOf(key) === 'write-sink' ? writeSinkAdvice(own) : allowOnlyAdvice(own);
    return [...spellingAdvice(key), ...inner.map((advice) => ({ ...advice, path: [key, ...advice.path] }))];
  });
}

function unsupportedHint(name: string, top: boolean): string {
  if (top && name === trustedBots) {
    return 'Trusted bots are not part of a policy: the gateway adds them from its own configuration (trusted_bots)';
  }
  const known = top ? Object.keys(policyKeys) : allowOnlyFields.map((field) => field.name);
  const meant = closest(name, known);
  return meant === null ? `Known here: ${known.join(', ')}` : `Did you mean "${meant}"?`;
}

function missingHint(message: string): Hint {
  if (message === 'allow-only must include repos') {
    return { hint: 'Add "repos": "all", "public", or a list such as ["owner/repo", "owner/*"]' };
  }
  if (message.includes('allow-only or write-sink')) {
    return { hint: 'Write {"allow-only": {"repos": …, "min-integrity": …}} or {"write-sink": {"accept": […]}}' };
  }
  return {};
}

function scopeHint(scope: string): Hint {
  const lower = scope.toLowerCase();
  if (lower !== scope && isRepoScope(lower)) return { hint: `Write "${lower}": the gateway accepts lower case only` };
  if (scope.includes('.')) {
    const prefix = lower.slice(0, lower.indexOf('.'));
    return { hint: `A scope cannot contain a dot; use a prefix such as "${prefix}*"` };
  }
  return scope.includes('/') ? {} : { hint: `Write "${scope}/*" for all repositories of an owner` };
}

function spellingAdvice(key: string): readonly Advice[] {
  const kind = policyKindOf(key);
  const lower = toLower(key);
  if (kind === null || lower === key) return [];
  const message = `Only the command line accepts the key "${key}" for "${lower}"; in a server's guard-policies the gateway does not find this policy`;
  return [{ code: 'policy/spelling', message, hint: `Write "${lower}"`, path: [key], at: 'key' }];
}

function allowOnlyAdvice(object: JsonObject): readonly Advice[] {
  return Object.entries(object).flatMap(([key, value]): Advice[] => {
    const field = allowOnlyField(toLower(key));
    if (field === null) return [];
    if (!field.reachesGuard) return [notForGuards(key, field.name)];
    if (field.name === 'repos' && typeof value === 'string' && !repoWords.some((word) => word === value)) {
      return [asWritten(key, value)];
    }
    return field.alias === toLower(key) && hasField(object, field.name) ? [bothNames(key, field.name)] : [];
  });
}

function notForGuards(key: string, name: string): Advice {
  const refusal = `invalid guard policy transport shape: unexpected allow-only key "${name}"`;
  const message = `With "${name}" every call through a WASM guard fails: ${refusal}`;
  return {
    code: 'policy/not-for-wasm-guards',
    message,
    hint: 'Remove it from the policy of a server with a WASM guard',
    path: [key],
    at: 'key',
  };
}

function asWritten(key: string, value: string): Advice {
  const message = `The gateway accepts "${value}" but passes it to the guard as written, and a guard may refuse it`;
  return {
    code: 'policy/as-written',
    message,
    hint: `Write "${value.trim().toLowerCase()}"`,
    path: [key],
    at: 'value',
  };
}

function bothNames(key: string, name: string): Advice {
  const message = `"${key}" and "${name}" are two names of one field; which of them counts is left to chance`;
  return { code: 'policy/twice', message, hint: `Keep "${name}"`, path: [key], at: 'key' };
}

function hasField(object: JsonObject, name: string): boolean {
  return Object.keys(object).some((key) => toLower(key) === name);
}

function writeSinkAdvice(object: JsonObject): readonly Advice[] {
  const known = writeSinkFields.map(({ name }) => name);
  const ignored = Object.keys(object)
    .filter((key) => !known.some((name) => name === toLower(key)))
    .map((key): Advice => {
      const meant = closest(key, known);
      const hint = meant === null ? `Known here: ${known.join(', ')}` : `Did you mean "${meant}"?`;
      return {
        code: 'policy/ignored-field',
        message: `The gateway ignores "${key}" in write-sink`,
        hint,
        path: [key],
        at: 'key',
      };
    });
  const { accept } = object;
  const padded = (Array.isArray(accept) ? accept : []).flatMap((entry: JsonValue, index): Advice[] => {
    if (typeof entry !== 'string' || trimSpace(entry) === entry || trimSpace(entry) === '') return [];
    const message = `The gateway accepts ${JSON.stringify(entry)} but compares it including the spaces: no agent's tag will match`;
    const hint = `Write ${JSON.stringify(trimSpace(entry))}`;
    return [{ code: 'policy/as-written', message, hint, path: ['accept', index], at: 'value' }];
  });
  return [...ignored, ...padded];
}

function legacyAdvice(object: JsonObject): readonly Advice[] {
  const read = new Set(['repos', Object.hasOwn(object, 'min-integrity') ? 'min-integrity' : 'integrity']);
  return Object.keys(object)
    .filter((key) => !read.has(key))
    .map((key) => ({
      code: 'policy/ignored-field',
      message: `The gateway ignores "${key}" when repos is at the top level`,
      hint: 'Put the fields into {"allow-only": {…}}',
      path: [key],
      at: 'key',
    }));
}
