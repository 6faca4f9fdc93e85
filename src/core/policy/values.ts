/** Checks single policy values as the gateway does: levels, repositories, label expressions (gateway spec 2.7.2, 2.7.3). */
import { quoteGo, toLower, trimSpace } from '../go/goText.ts';
import type { JsonValue } from '../base/json.ts';
import { integrityLevels, repoWords } from './fields.ts';
import { isRepoScope } from './scopes.ts';

/** A fault in a list: the gateway's text, and the index of the entry; null when it concerns the whole value. */
export interface ValueFault {
  readonly message: string;
  readonly entry: number | null;
}

/** The form in which the gateway compares words: trimmed and in lower case. */
export function plain(text: string): string {
  return toLower(trimSpace(text));
}

/** The gateway's error for a value that is not an integrity level; null for a level in any case and spacing. */
export function levelError(field: string, value: string): string | null {
  const level = plain(value);
  if (integrityLevels.some((known) => known === level)) return null;
  return `${field} must be one of: ${integrityLevels.join(', ')}`;
}

/** Splits a string at commas and line ends; blank labels are omitted. */
export function splitExpression(text: string): string[] {
  return text
    .split(/[,\n]/)
    .map(trimSpace)
    .filter((label) => label !== '');
}

/** Whether a `repos` value is `all`, `public` (in any case and spacing) or a valid list of scopes. */
export function validRepos(repos: JsonValue): boolean {
  return repoFaults(repos).length === 0;
}

/** All faults of a `repos` value in the gateway's order. The gateway stops at the first one. */
export function repoFaults(repos: JsonValue): readonly ValueFault[] {
  if (typeof repos === 'string') {
    const known = repoWords.some((word) => word === plain(repos));
    return known ? [] : [{ message: "allow-only.repos string must be 'all' or 'public'", entry: null }];
  }
  if (!Array.isArray(repos)) {
    const message = "allow-only.repos must be 'all', 'public', or a non-empty array of repo scope strings";
    return [{ message, entry: null }];
  }
  if (repos.length === 0) return [{ message: 'allow-only.repos array must contain at least one scope', entry: null }];
  const seen = new Set<string>();
  return repos.flatMap((value: JsonValue, entry) => {
    const message =
      typeof value === 'string' ? scopeFault(trimSpace(value), seen) : 'allow-only.repos array values must be strings';
    return message === null ? [] : [{ message, entry }];
  });
}

/** The gateway's two lines for a required value that is blank. */
export function configurationError(path: string, field: string, suggestion: string): string {
  return `Configuration error at ${path}: ${field} is required\nSuggestion: ${suggestion}`;
}

/** The gateway's two lines for a blank entry. */
export function blankError(path: string, field: string): string {
  return configurationError(path, field, `Provide a non-empty value for ${field}`);
}

function scopeFault(scope: string, seen: Set<string>): string | null {
  if (scope === '') return blankError('allow-only.repos', 'repos');
  if (!isRepoScope(scope)) {
    return `allow-only.repos scope ${quoteGo(scope)} is invalid; expected owner/*, owner/repo, or owner/re*`;
  }
  if (seen.has(scope)) return 'allow-only.repos must not contain duplicates';
  seen.add(scope);
  return null;
}
