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
import { acceptHint, reposHint, scopeHint } from './scopeHints.ts';
import { visibilities } from './scopes.ts';
import type { PolicyPlace } from './serverPolicy.ts';
import { closest } from './suggest.ts';
import type { PolicyFault } from './validate.ts';
import { plain } from './values.ts';
import { writeSinkFaults } from './writeSink.ts';

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

/** The hint for a fault of a policy; `object` is the policy object that the fault's path begins at. */
export function hintFor(fault: PolicyFault, object: JsonObject): Hint {
  const { kind, message, path } = fault;
  const name = path.findLast((part) => typeof part === 'string') ?? '';
  const value = valueAt(object, path);
  const parent = valueAt(object, path.slice(0, -1));
  if (kind === 'unsupported-field') {
    return { hint: unsupportedHint(name, path.length === 1, isJsonObject(parent) ? parent : {}) };
  }
  if (kind === 'missing' || path.length === 0) return missingHint(message);
  const entry = path.at(-1);
  const list = Array.isArray(parent) && typeof entry === 'number' ? (parent as readonly JsonValue[]) : null;
  if (list !== null && name === 'repos') return { hint: scopeHint(list, Number(entry)) };
  if (list !== null && name === 'accept') return { hint: acceptHint(list.map(String), Number(entry)) };
  if (name === 'repos' && kind === 'value') return { hint: reposHint(value ?? null) };
  if (name === 'accept' && kind === 'value') return { hint: 'Write a list such as ["private:owner/repo"]' };
  if (message.includes('must be one of: ') && typeof value === 'string') {
    return wordHint(value, name === 'sink-visibility' ? visibilities : integrityLevels);
  }
  return {};
}

function valueAt(object: JsonObject, path: PolicyFault['path']): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((value, part) => {
    if (typeof part === 'number') return Array.isArray(value) ? (value as readonly JsonValue[])[part] : undefined;
    return isJsonObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  }, object);
}

function wordHint(value: string, words: readonly string[]): Hint {
  const meant = closest(value, words);
  if (meant === null) return {};
  const note = meant === 'none' ? ' It is the lowest level, and wider than all others' : '';
  return { hint: `Did you mean "${meant}"?${note}` };
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
    return [...spellingAdvice(key, object), ...inner.map((advice) => ({ ...advice, path: [key, ...advice.path] }))];
  });
}

function unsupportedHint(name: string, top: boolean, parent: JsonObject): string {
  if (top && name === trustedBots) {
    return 'Trusted bots are not part of a policy: the gateway adds them from its own configuration (trusted_bots)';
  }
  const known = top ? Object.keys(policyKeys) : allowOnlyFields.map((field) => field.name);
  return keyHint(name, known, (meant) => isTaken(meant, top, parent));
}

/** The hint for an unknown key: the known one that is similar, unless `isTaken` says that there is one already, which a second one would disturb. */
export function keyHint(name: string, known: readonly string[], isTaken: (meant: string) => boolean): string {
  const meant = closest(name, known);
  if (meant === null) return known.length === 0 ? 'Remove it' : `Known here: ${known.join(', ')}`;
  return isTaken(meant) ? `Remove it: "${meant}" is here already` : `Did you mean "${meant}"?`;
}

/** Whether a policy has the key already in one of its spellings; of the two kinds of policy it may have one. */
function isTaken(meant: string, top: boolean, parent: JsonObject): boolean {
  return Object.keys(parent).some((key) => {
    return top ? policyKindOf(key) !== null : allowOnlyField(toLower(key))?.name === meant;
  });
}

function missingHint(message: string): Hint {
  if (message === 'allow-only must include repos') {
    return { hint: 'Add "repos": a list such as ["owner/repo"], "public", or "all" (the widest: every repository)' };
  }
  if (message.includes('allow-only or write-sink')) {
    return { hint: 'Write {"allow-only": {"repos": …, "min-integrity": …}} or {"write-sink": {"accept": […]}}' };
  }
  if (message.endsWith('without min-integrity')) {
    return { hint: `Add "min-integrity": one of ${integrityLevels.toReversed().join(', ')}` };
  }
  return {};
}

function spellingAdvice(key: string, object: JsonObject): readonly Advice[] {
  const kind = policyKindOf(key);
  const lower = toLower(key);
  if (kind === null || lower === key) return [];
  const message = `Only the command line accepts the key "${key}" for "${lower}"; in a server's guard-policies the gateway does not find this policy`;
  const hint = Object.hasOwn(object, lower) ? `Remove it: "${lower}" is here already` : `Write "${lower}"`;
  return [{ code: 'policy/spelling', message, hint, path: [key], at: 'key' }];
}

function allowOnlyAdvice(object: JsonObject): readonly Advice[] {
  return Object.entries(object).flatMap(([key, value]): Advice[] => {
    const field = allowOnlyField(toLower(key));
    if (field === null) return [];
    if (!field.reachesGuard) return [notForGuards(key, field.name)];
    if (field.name === 'repos' && typeof value === 'string') {
      const word = repoWords.find((known) => known === plain(value));
      if (word !== undefined && word !== value) return [asWritten(key, value, word)];
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

function asWritten(key: string, value: string, word: string): Advice {
  const message = `The gateway accepts "${value}" but passes it to the guard as written, and a guard may refuse it`;
  return {
    code: 'policy/as-written',
    message,
    hint: `Write "${word}"`,
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
    .map((key): Advice => ({
      code: 'policy/ignored-field',
      message: `The gateway ignores "${key}" in write-sink`,
      hint: keyHint(key, known, (meant) => hasField(object, meant)),
      path: [key],
      at: 'key',
    }));
  return [...ignored, ...paddedAdvice(object)];
}

/** Entries of `accept` that the gateway accepts, but with spaces around them. */
function paddedAdvice(object: JsonObject): readonly Advice[] {
  const key = Object.keys(object).findLast((name) => toLower(name) === 'accept');
  const value = key === undefined ? undefined : object[key];
  if (key === undefined || !Array.isArray(value)) return [];
  const accept = (value as readonly JsonValue[]).map((entry) => (typeof entry === 'string' ? entry : ''));
  const refused = new Set(writeSinkFaults(accept, '').map(({ path }) => path[1]));
  return accept.flatMap((entry, index): Advice[] => {
    if (trimSpace(entry) === entry || refused.has(index)) return [];
    const message = `The gateway accepts ${JSON.stringify(entry)} but compares it including the spaces: no agent's tag will match`;
    const hint = `Write ${JSON.stringify(trimSpace(entry))}`;
    return [{ code: 'policy/as-written', message, hint, path: [key, index], at: 'value' }];
  });
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
