/** Reads a policy payload as far as tags depend on it: its level and its scopes. */
import { isJsonObject, type JsonValue } from '../../base/json.ts';

/** The words of a policy that a tag may begin with: its integrity levels, in lower case. */
export function policyWords(policy: JsonValue | undefined): readonly string[] {
  const allowOnly = allowOnlyOf(policy);
  const levels = ['min-integrity', 'integrity', 'disapproval-integrity', 'endorser-min-integrity'];
  return levels.flatMap((name) => {
    const level = allowOnly?.[name];
    return typeof level === 'string' && level !== '' ? [level.toLowerCase()] : [];
  });
}

/** The repository scopes of a policy, such as `owner/repo` and `owner/*`; empty for `all` and `public`. */
export function policyScopes(policy: JsonValue | undefined): readonly string[] {
  const repos = allowOnlyOf(policy)?.['repos'];
  if (!Array.isArray(repos)) return [];
  return (repos as readonly JsonValue[]).filter(
    (scope): scope is string => typeof scope === 'string' && scope.includes('/'),
  );
}

function allowOnlyOf(policy: JsonValue | undefined): Readonly<Record<string, JsonValue>> | null {
  if (!isJsonObject(policy)) return null;
  const inner = policy['allow-only'] ?? policy['allowonly'] ?? policy;
  return isJsonObject(inner) ? inner : null;
}
