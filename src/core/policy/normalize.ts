/** Normalizes an allow-only policy and reports its bad values (gateway spec 2.7.2, 2.7.3). */
import { quoteGo, sortUtf8, toLower, toUpper, trimSpace } from '../go/goText.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { allowOnlyFields, type AllowOnlyField } from './fields.ts';
import type { AllowOnlyValues } from './policy.ts';
import { blankError, levelError, plain, repoFaults } from './values.ts';

/** A bad value: the gateway's text, the field, and the entry of its list or object; null when the fault concerns the whole field. */
export interface FieldFault {
  readonly message: string;
  readonly field: string;
  readonly entry: number | string | null;
}

/** The canonical form, which is incomplete when there are faults. The gateway stops at the first fault. */
export interface NormalizedAllowOnly {
  readonly normalized: JsonObject;
  readonly faults: readonly FieldFault[];
}

/** Normalizes the decoded values in the gateway's order: the fields as listed, `repos` last. Ignores the fields in `skip`. */
export function normalizeAllowOnly(
  values: AllowOnlyValues,
  skip: ReadonlySet<string> = new Set(),
): NormalizedAllowOnly {
  const faults: FieldFault[] = [];
  const members = new Map<string, JsonValue>();
  for (const field of allowOnlyFields) {
    if (field.kind === 'repos' || skip.has(field.name)) continue;
    const report = (message: string, entry: number | string | null = null): void => {
      faults.push({ message, field: field.name, entry });
    };
    const value = normalizeField(field, values.get(field.name) ?? null, report);
    if (value !== null) members.set(field.name, value);
  }
  const repos = values.get('repos') ?? null;
  if (!skip.has('repos')) {
    faults.push(...repoFaults(repos).map(({ message, entry }) => ({ message, field: 'repos', entry })));
  }
  return { normalized: { ...normalizeRepos(repos), ...Object.fromEntries(members) }, faults };
}

/** A copy with `scope_kind` trimmed and in lower case, as the gateway logs a guard's `normalized_policy`. */
export function normalizeScopeKind(policy: JsonObject): JsonObject {
  const kind = policy['scope_kind'];
  return typeof kind === 'string' ? { ...policy, scope_kind: plain(kind) } : { ...policy };
}

type Report = (message: string, entry?: number | string | null) => void;

function normalizeField(field: AllowOnlyField, value: JsonValue, report: Report): JsonValue {
  switch (field.kind) {
    case 'level':
      return normalizeLevel(field, value, report);
    case 'limits':
      return normalizeLimits(value, report);
    case 'list':
    case 'expression':
    case 'reactions':
      return normalizeList(field, value, report);
    case 'text':
      return typeof value === 'string' && trimSpace(value) !== '' ? trimSpace(value) : null;
    case 'repos':
      return value;
  }
}

function normalizeLevel({ name, required }: AllowOnlyField, value: JsonValue, report: Report): JsonValue {
  const text = typeof value === 'string' ? value : '';
  if (!required && plain(text) === '') return null;
  const error = levelError(`allow-only.${name}`, text);
  if (error !== null) report(error);
  return plain(text);
}

function normalizeLimits(value: JsonValue, report: Report): JsonValue {
  if (!isJsonObject(value) || Object.keys(value).length === 0) return null;
  const limits = new Map<string, JsonValue>();
  for (const key of sortUtf8(Object.keys(value))) {
    const tool = trimSpace(key);
    const limit = value[key] ?? 0;
    if (tool === '') report(blankError('allow-only.tool-call-limits', 'tool-call-limits key'), key);
    else if (Number(limit) < 0) report(`allow-only.tool-call-limits[${quoteGo(tool)}] must be >= 0`, key);
    limits.set(tool, limit);
  }
  return Object.fromEntries(limits);
}

function normalizeList({ name, kind }: AllowOnlyField, value: JsonValue, report: Report): JsonValue {
  if (!Array.isArray(value) || value.length === 0) return null;
  const fold = kind === 'reactions' ? toUpper : toLower;
  const byFold = new Map<string, string>();
  for (const [index, entry] of value.entries()) {
    const text = trimSpace(String(entry));
    if (text === '') report(blankError(`allow-only.${name}`, name), index);
    const key = fold(text);
    if (!byFold.has(key)) byFold.set(key, kind === 'reactions' ? key : text);
  }
  return [...byFold.values()];
}

function normalizeRepos(repos: JsonValue): JsonObject {
  if (typeof repos === 'string') return { scope_kind: plain(repos) };
  if (!Array.isArray(repos)) return {};
  const scopes = repos.filter((scope) => typeof scope === 'string').map(trimSpace);
  return { scope_kind: 'scoped', scope_values: sortUtf8(scopes) };
}
