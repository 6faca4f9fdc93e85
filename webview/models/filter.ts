/** Parses the filter box: words, `is:denied` for outcomes and marks, `server:NAME`, `agent:NAME`, `clause:NAME`, and the selected chips. */
import type { ChipId, RowFilter } from '../../src/core/protocol/rows.ts';
import { chipLooks, chipOf, isChip } from './outcomes.ts';

/** What a call can be filtered by beside its outcome. `clause`: of the policy. */
export type NameKind = 'server' | 'agent' | 'clause';

/** A name may stand in quotes, because names of agents may have spaces and commas. */
const words = /(?:server|agent|clause):"[^"]*"|\S+/gi;

/**
 * The filter for a query and the selected chips. `is:denied` and `is:denied,error` select outcomes; an unknown outcome stays part of
 * the text, so that it matches nothing. `server:a,b`, `agent:"a name"` and `clause:min-integrity` select names, also those that no
 * call has.
 */
export function parseQuery(query: string, chips: readonly ChipId[]): RowFilter {
  const wanted = new Set<ChipId>(chips);
  const names: Record<NameKind, Set<string>> = { server: new Set(), agent: new Set(), clause: new Set() };
  const text: string[] = [];
  for (const word of query.match(words) ?? []) {
    const named = namesIn(word);
    const statuses = listOf(/^is:(.+)$/i.exec(word)?.[1]?.toLowerCase() ?? '').map(chipOf);
    if (named !== null) for (const name of named.names) names[named.kind].add(name);
    else if (statuses.length === 0 || !statuses.every(isChip)) text.push(word);
    else for (const status of statuses) wanted.add(status);
  }
  const statuses = chipLooks.map(({ id }) => id).filter((status) => wanted.has(status));
  return {
    text: text.join(' '),
    statuses,
    servers: [...names.server],
    agents: [...names.agent],
    clauses: [...names.clause],
  };
}

/** The query with one name of a kind in place of those that it has; null removes them. */
export function withName(query: string, kind: NameKind, name: string | null): string {
  const others = (query.match(words) ?? []).filter((word) => namesIn(word)?.kind !== kind);
  const quoted = name !== null && /[\s,]/.test(name) ? `"${name}"` : name;
  return [...others, ...(quoted === null ? [] : [`${kind}:${quoted}`])].join(' ');
}

/** The names of `server:a,b` or `agent:"a name"`; null for any other word. */
function namesIn(word: string): { readonly kind: NameKind; readonly names: readonly string[] } | null {
  const [, kind, quoted, plain] = /^(server|agent|clause):(?:"([^"]*)"|(.*))$/i.exec(word) ?? [];
  if (kind === undefined) return null;
  const names = quoted === undefined ? listOf(plain ?? '') : [quoted].filter((name) => name !== '');
  return names.length === 0 ? null : { kind: kind.toLowerCase() as NameKind, names };
}

function listOf(text: string): readonly string[] {
  return text.split(',').filter((part) => part !== '');
}

/** Whether a filter matches every call. */
export function isEmptyFilter({ text, statuses, servers, agents, clauses }: RowFilter): boolean {
  return text === '' && statuses.length + servers.length + agents.length + clauses.length === 0;
}

/** Whether two filters are equal. */
export function sameFilter(a: RowFilter, b: RowFilter): boolean {
  const isSame = (left: readonly string[], right: readonly string[]): boolean =>
    left.length === right.length && left.every((part, at) => part === right[at]);
  return (
    a.text === b.text &&
    isSame(a.statuses, b.statuses) &&
    isSame(a.servers, b.servers) &&
    isSame(a.agents, b.agents) &&
    isSame(a.clauses, b.clauses)
  );
}

/** The selected chips after toggling one. */
export function toggleStatus(chips: readonly ChipId[], status: ChipId): readonly ChipId[] {
  return chips.includes(status) ? chips.filter((chip) => chip !== status) : [...chips, status];
}
