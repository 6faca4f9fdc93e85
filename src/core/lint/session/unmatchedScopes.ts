/** Rule `lint/scope-unmatched`: a scope of the policy that no call of the session is about. */
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import { jsonText } from '../../base/jsonText.ts';
import type { Problem } from '../../base/parsed.ts';
import type { Resource } from '../../difc/monitor/resource.ts';
import type { DecisionRecord } from '../../difc/record/decision.ts';
import { policyScopes } from './policyWords.ts';

/** The scopes that no call has matched yet. */
export class ScopeUse {
  readonly #open: Map<string, Scope>;

  constructor(policy: JsonValue | undefined) {
    this.#open = new Map(policyScopes(policy).map((scope) => [scope, readScope(scope)]));
  }

  add(record: DecisionRecord): void {
    if (this.#open.size === 0) return;
    const text = textOf(record);
    for (const [name, scope] of this.#open) if (isAbout(scope, text, record.args)) this.#open.delete(name);
  }

  findings(calls: number): readonly Problem[] {
    if (this.#open.size === 0 || calls === 0) return [];
    const scopes = [...this.#open.keys()].map((scope) => JSON.stringify(scope)).join(', ');
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
  let text = jsonText(args);
  if (resource !== null) text += labelledText(resource);
  for (const item of items ?? []) text += labelledText(item);
  return text.toLowerCase();
}

function labelledText({ description, secrecy, integrity }: Resource): string {
  return ` ${description} ${secrecy.join(' ')} ${integrity.join(' ')}`;
}

/** A scope in lower case. */
interface Scope {
  /** The scope without the asterisk at its end. */
  readonly start: string;
  readonly isPrefix: boolean;
  readonly owner: string;
  readonly repo: string;
}

/** `scope` is `owner/repo`, `owner/*` or `owner/prefix*`. */
function readScope(scope: string): Scope {
  const lower = scope.toLowerCase();
  const isPrefix = lower.endsWith('*');
  const start = isPrefix ? lower.slice(0, -1) : lower;
  const [owner = '', repo = ''] = start.split('/');
  return { start, isPrefix, owner, repo };
}

function isAbout({ start, isPrefix, owner, repo }: Scope, text: string, args: JsonValue): boolean {
  if (hasScope(text, start, isPrefix)) return true;
  // Guards may leave the owner out of their tags.
  if (!isPrefix && hasScope(text, `:${repo}`, false)) return true;
  if (!isJsonObject(args)) return false;
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
