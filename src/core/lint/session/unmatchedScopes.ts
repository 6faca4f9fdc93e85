/** Rule `lint/scope-unmatched`: a scope of the policy that no call of the session is about. */
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import { jsonText } from '../../base/jsonText.ts';
import type { Problem } from '../../base/parsed.ts';
import type { DecisionRecord } from '../../difc/record/decision.ts';
import { policyScopes } from './policyWords.ts';

/** The scopes that no call has matched yet. */
export class ScopeUse {
  readonly #open: Set<string>;

  constructor(policy: JsonValue | undefined) {
    this.#open = new Set(policyScopes(policy));
  }

  add(record: DecisionRecord): void {
    if (this.#open.size === 0) return;
    const text = textOf(record);
    for (const scope of this.#open) if (isAbout(scope, text, record.args)) this.#open.delete(scope);
  }

  findings(calls: number): readonly Problem[] {
    if (this.#open.size === 0 || calls === 0) return [];
    const scopes = [...this.#open].map((scope) => JSON.stringify(scope)).join(', ');
    return [
      {
        severity: 'info',
        code: 'lint/scope-unmatched',
        message: `No call of the session names ${this.#open.size === 1 ? 'the policy scope' : 'the policy scopes'} ${scopes}`,
        hint: 'Check the spelling of the scope if the session was meant to use it',
      },
    ];
  }
}

/** Arguments, descriptions and tags of a call; not those of the agent, which follow from the policy. */
function textOf({ args, resource, items }: DecisionRecord): string {
  const labelled = [...(resource === null ? [] : [resource]), ...(items ?? [])];
  const parts = labelled.map(
    ({ description, secrecy, integrity }) => `${description} ${secrecy.join(' ')} ${integrity.join(' ')}`,
  );
  return `${jsonText(args)} ${parts.join(' ')}`.toLowerCase();
}

/** `scope` is `owner/repo`, `owner/*` or `owner/prefix*`. */
function isAbout(scope: string, text: string, args: JsonValue): boolean {
  const lower = scope.toLowerCase();
  const isPrefix = lower.endsWith('*');
  const start = isPrefix ? lower.slice(0, -1) : lower;
  if (hasScope(text, start, isPrefix)) return true;
  const [, name = ''] = start.split('/');
  // Guards may leave the owner out of their tags.
  if (!isPrefix && hasScope(text, `:${name}`, false)) return true;
  if (!isJsonObject(args)) return false;
  const [owner = '', repo = ''] = start.split('/');
  const given = (name: string): string => (typeof args[name] === 'string' ? args[name].toLowerCase() : '');
  if (given('owner') !== owner) return false;
  return isPrefix ? given('repo').startsWith(repo) : given('repo') === repo;
}

/** Whether the text names the scope as a whole, not as the beginning of a longer name. */
function hasScope(text: string, start: string, isPrefix: boolean): boolean {
  for (let at = text.indexOf(start); at >= 0; at = text.indexOf(start, at + 1)) {
    if (at > 0 && !start.startsWith(':') && nameChar.test(text[at - 1] ?? '')) continue;
    if (isPrefix || !nameChar.test(text[at + start.length] ?? '')) return true;
  }
  return false;
}

const nameChar = /[a-z0-9_-]/;
