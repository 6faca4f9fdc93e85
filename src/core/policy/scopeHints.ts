/** Hints for `repos` and `accept` values that the gateway refuses; every value that a hint proposes is one that the gateway accepts there. */
import { toLower, trimSpace } from '../go/goText.ts';
import type { JsonValue } from '../base/json.ts';
import { repoWords } from './fields.ts';
import { acceptEntryError, isOwner, isRepoScope, visibilities } from './scopes.ts';
import { closest } from './suggest.ts';
import { repoFaults } from './values.ts';

/** The hint for the entry of a `repos` list that the gateway refuses. */
export function scopeHint(list: readonly JsonValue[], index: number): string {
  const value = list[index];
  if (typeof value !== 'string') return 'Write each scope as a string such as "owner/repo"';
  const written = trimSpace(value);
  if (written === '') return 'Remove the empty entry, or write a scope such as "owner/repo"';
  if (isRepoScope(written)) return 'Remove it: the list contains it already';
  const proposal = proposeScope(written);
  if (typeof proposal === 'string') return proposal;
  return sentence(proposal, list);
}

/** The hint for a `repos` value that is neither a known word nor a list with entries. */
export function reposHint(repos: JsonValue): string {
  const form = 'Write a list of scopes: ["owner/repo"]';
  if (typeof repos !== 'string') return form;
  const text = trimSpace(repos);
  const inner = listInString(text);
  if (inner !== null) return `Write the list without quotes around it: ${JSON.stringify(inner)}`;
  if (visibilities.some((known) => known === toLower(text))) return form;
  if (text === '*' || text === '*/*') return `${form}. The word "all" is wider: it allows every repository`;
  const scopes = text.split(/[\s,;]+/).filter((scope) => scope !== '');
  const proposals = scopes.map((scope) => (isRepoScope(scope) ? plainProposal(scope) : proposeScope(scope)));
  const found = proposals.filter((proposal) => typeof proposal !== 'string');
  const word = scopes.length > 1 || /[/@]/.test(text) ? null : closest(text, repoWords);
  if (word !== null) {
    return `Did you mean "${word}"?${word === 'all' ? ' It is the widest value: it allows every repository' : ''}`;
  }
  if (found.length < proposals.length || found.length === 0) return form;
  const list = [...new Set(found.map(({ scope }) => scope))];
  const wider = found.find(({ allows }) => allows !== '');
  const note = wider === undefined ? '' : `. "${wider.scope}" is wider: it allows ${wider.allows}`;
  return repoFaults(list).length === 0 ? `Write a list: ${JSON.stringify(list)}${note}` : form;
}

/** The hint for an entry of `accept` that the gateway refuses. */
export function acceptHint(list: readonly string[], index: number): string {
  const written = trimSpace(list[index] ?? '');
  if (written === '') return 'Remove the empty entry';
  if (written === '*') return 'Remove "*". As the only entry it is wider: the sink then accepts every secrecy tag';
  if (acceptEntryError(written) === null) return 'Remove it: the list contains it already';
  const proposal = proposeEntry(written);
  if (typeof proposal === 'string') return proposal;
  return sentence(proposal, list);
}

/** A scope that the gateway accepts in place of another text. `allows` says what it allows when that is more than the text; else it is empty. */
interface Proposal {
  readonly scope: string;
  readonly reason: string;
  readonly allows: string;
}

function plainProposal(scope: string): Proposal {
  return { scope, reason: '', allows: '' };
}

function sentence({ scope, reason, allows }: Proposal, list: readonly JsonValue[]): string {
  if (list.some((entry) => typeof entry === 'string' && trimSpace(entry) === scope)) {
    return `Remove it: the list contains "${scope}" already`;
  }
  const because = reason === '' ? '' : `: ${reason}`;
  return allows === '' ? `Write "${scope}"${because}` : `Write "${scope}", which is wider: it allows ${allows}`;
}

const ownerRule = 'The name of an owner has a-z, 0-9, "_" and "-" only, and at most 39 characters';
const asciiLower = 'the gateway accepts lower case only';

/** A scope for a text that is not one, or a sentence when no scope has its meaning. */
function proposeScope(written: string): Proposal | string {
  if (written.includes('${') || written.startsWith('$')) return 'Write the name itself in place of the variable';
  const named = withoutAddress(written);
  const bare = (named ?? written).replace(/^@/, '').replace(/\/+$/, '');
  const lower = toLower(bare);
  const reason =
    named !== null ? 'a scope has no address around it' : lower === bare ? 'a scope has these parts only' : asciiLower;
  if (isRepoScope(lower)) return { scope: lower, reason, allows: '' };
  if (isOwner(lower)) return { scope: `${lower}/*`, reason, allows: `all repositories of "${lower}"` };
  const slash = lower.indexOf('/');
  const owner = slash < 0 ? lower : lower.slice(0, slash);
  if (owner === '*') return 'Name the owner: a scope cannot cover all owners. "repos": "all" is wider than any scope';
  if (!isOwner(owner)) return ownerRule;
  return proposeInside(owner, lower.slice(slash + 1));
}

/** A scope for `owner/rest`, where `rest` is not the name of a repository: the repository that it begins with, or all with its first letters. */
function proposeInside(owner: string, rest: string): Proposal {
  const [repo = ''] = rest.split('/');
  if (repo !== rest && isRepoScope(`${owner}/${repo}`)) {
    const allows = repo.endsWith('*') ? 'these whole repositories' : 'the whole repository';
    return { scope: `${owner}/${repo}`, reason: '', allows };
  }
  const prefix = /^[a-z0-9_-]{0,100}/.exec(repo)?.[0] ?? '';
  const which = prefix === '' ? '' : ` whose names begin with "${prefix}"`;
  return { scope: `${owner}/${prefix}*`, reason: '', allows: `all repositories of "${owner}"${which}` };
}

/** The part of an address that names an owner and a repository; null for a text that is not an address. */
function withoutAddress(text: string): string | null {
  const [, url, ssh] =
    /^(?:[a-z][a-z0-9+.-]*:\/\/[^/\s]+\/|(?:www\.)?github\.com\/)(.+)$|^[^\s/@]+@[^\s/:]+:(.+)$/i.exec(text) ?? [];
  const path = (url ?? ssh)
    ?.replace(/[?#].*$/, '')
    .split('/')
    .filter((part) => part !== '')
    .slice(0, 2);
  if (path !== undefined && path.length > 0) return path.join('/').replace(/\.git$/i, '');
  const [, unprefixed] = /^(?:public|private|internal):(.+)$/i.exec(text) ?? [];
  return unprefixed ?? null;
}

function proposeEntry(written: string): Proposal | string {
  const colon = written.indexOf(':');
  const prefix = colon > 0 ? toLower(written.slice(0, colon)) : '';
  const visibility = colon > 0 && !written.startsWith('//', colon + 1) ? closest(prefix, visibilities) : null;
  if (colon > 0 && visibility === null && withoutAddress(written) === null) {
    return `The part before ":" is one of ${visibilities.join(', ')}`;
  }
  const scope = toLower(visibility === null ? written : written.slice(colon + 1));
  const begin = visibility === null ? '' : `${visibility}:`;
  if (isRepoScope(scope) || isOwner(scope)) {
    const why =
      prefix !== '' && prefix !== visibility ? `the part before ":" is one of ${visibilities.join(', ')}` : asciiLower;
    return { scope: `${begin}${scope}`, reason: why, allows: '' };
  }
  const proposal = proposeScope(scope);
  return typeof proposal === 'string' ? proposal : { ...proposal, scope: `${begin}${proposal.scope}` };
}

/** The list that a string contains as JSON, when the gateway accepts it; else null. */
function listInString(text: string): JsonValue | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && repoFaults(value as JsonValue).length === 0 ? (value as JsonValue) : null;
  } catch {
    return null;
  }
}
