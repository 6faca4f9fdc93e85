/** Single policy values as the gateway judges them: levels, repositories, label expressions (gateway spec 2.7.2, 2.7.3). */
import { quoteGo, toLower, trimSpace } from '../go/goText.ts';
import type { JsonValue } from '../base/json.ts';
import { integrityLevels, repoWords } from './fields.ts';
import { isRepoScope } from './scopes.ts';

/** A fault in a list: the gateway's text, and which entry it is about (null: the whole). */
export interface ValueFault {
  readonly message: string;
  readonly entry: number | null;
}

/** Trimmed and in lower case, as the gateway compares words. */
export function plain(text: string): string {
  return toLower(trimSpace(text));
}

/** The gateway's text for a value that is no integrity level; null when it is one in any case and spacing. */
export function levelError(field: string, value: string): string | null {
  const level = plain(value);
  if (integrityLevels.some((known) => known === level)) return null;
  return `${field} must be one of: ${integrityLevels.join(', ')}`;
}

/** Labels of a text split at commas and line ends; blank ones are dropped. */
export function splitExpression(text: string): string[] {
  return text
    .split(/[,\n]/)
    .map(trimSpace)
    .filter((label) => label !== '');
}

/** Whether a `repos` value is `all`, `public` (in any case and spacing) or a list of scopes without fault. */
export function validRepos(repos: JsonValue): boolean {
  return repoFaults(repos).length === 0;
}

/** Everything that the gateway holds against a `repos` value, in its order; it stops at the first. */
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

/** The gateway's two lines for a required text that is blank. */
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
