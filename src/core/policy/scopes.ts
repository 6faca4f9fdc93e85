/** The grammar of repository scopes and of the entries of `accept` (gateway `internal/config/guard_policy_validation.go`, spec 2.7.3). */
import { quoteGo } from '../go/goText.ts';

/** Whether a string is `owner/*`, `owner/repo` or `owner/re*`. Names have lower-case letters, digits, `_` and `-`, at most 39 and 100. */
export function isRepoScope(scope: string): boolean {
  return /^[a-z0-9_-]{1,39}\/(?:\*|[a-z0-9_-]{1,100}\*?)$/.test(scope);
}

/** Whether a string is an owner that a scope may have. */
export function isOwner(owner: string): boolean {
  return /^[a-z0-9_-]{1,39}$/.test(owner);
}

/** Visibilities, which are also the prefixes of `accept` entries. */
export const visibilities = ['public', 'private', 'internal'] as const;

/** The gateway's error for a trimmed entry of `accept`; null when the entry is valid. */
export function acceptEntryError(entry: string): string | null {
  const colon = entry.indexOf(':');
  const prefix = colon > 0 ? entry.slice(0, colon) : null;
  if (prefix !== null && !visibilities.some((visibility) => visibility === prefix)) {
    return `visibility prefix must be private, public, or internal; got ${quoteGo(prefix)}`;
  }
  const scope = prefix === null ? entry : entry.slice(colon + 1);
  if (isRepoScope(scope) || isOwner(scope)) return null;
  return `scope ${quoteGo(scope)} is invalid; expected owner, owner/*, owner/repo, or owner/re*`;
}
