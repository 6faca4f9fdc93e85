/** The grammar of repository scopes and of what a write-sink accepts (gateway `internal/config/guard_policy_validation.go`, spec 2.7.3). */
import { quoteGo } from '../go/goText.ts';

/** `owner/*`, `owner/repo` or `owner/re*`: lower-case letters, digits, `_` and `-` only; 39 and 100 characters at most. */
export function isRepoScope(scope: string): boolean {
  return /^[a-z0-9_-]{1,39}\/(?:\*|[a-z0-9_-]{1,100}\*?)$/.test(scope);
}

/** An owner as it may stand in a scope. */
export function isOwner(owner: string): boolean {
  return /^[a-z0-9_-]{1,39}$/.test(owner);
}

/** The prefixes that tell the visibility of what a write-sink accepts. */
export const visibilities = ['public', 'private', 'internal'] as const;

/** Why the gateway refuses an entry of `accept` (already trimmed), in its own words; null when it takes it. */
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
