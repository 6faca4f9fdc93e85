/** Decides which recorded calls the agent made and which the guard made through `call_backend`; the log does not record this (gateway spec 4.3). */
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import type { CallDraft } from '../model/draft.ts';
import { matchClientCalls, type MatchSources } from './clientCalls.ts';
import type { ClientCall, ClientCalls } from './clientCall.ts';
import { inOrderOfRequests, namedCalls } from './destroyed.ts';

/** What is known of the calls of a log besides its lines. */
export interface OriginSources extends MatchSources {
  /** null without a text log. */
  readonly clientCalls: ClientCalls | null;
  /** Calls whose tool the sanitiser destroyed. */
  readonly nameless: readonly CallDraft[];
}

/**
 * Decides every draft for which there is evidence, strongest first: agent labels, the text log, the shape of the GitHub guard's look-ups,
 * filter records. The others stay undecided. Returns the drafts, with the nameless ones whose tool was found, and the client's calls that
 * match none of them.
 */
export function decideOrigins(
  readable: readonly CallDraft[],
  { clientCalls, nameless, ...sources }: OriginSources,
): { readonly drafts: readonly CallDraft[]; readonly unmatched: readonly ClientCall[] } {
  const all = inOrderOfRequests(readable, nameless);
  for (const draft of all)
    if (draft.origin === null && draft.start.agentLabels !== null) draft.decide('agent', 'labels');
  const unmatched = clientCalls === null ? [] : matchClientCalls(all, clientCalls, sources);
  decideUnlabelled(all);
  const drafts = inOrderOfRequests(readable, namedCalls(nameless));
  for (const draft of drafts) {
    if (draft.origin === null && isGithubLookup(draft.start.tool, draft.start.args)) draft.decide('guard', 'shape');
  }
  moveFilterRecords(drafts);
  for (const draft of drafts) {
    if (draft.origin === null && draft.filtered.length > 0) draft.decide('agent', 'filtered');
  }
  return { drafts, unmatched };
}

/**
 * Whether a call looks like a look-up of the gateway's own GitHub guard (gateway spec 6.4). The guard passes numbers as strings, whereas
 * the tools' schemas require agents to pass numbers.
 */
export function isGithubLookup(tool: string, args: JsonValue): boolean {
  if (!lookupTools.has(tool) || !isJsonObject(args)) return false;
  const keys = Object.keys(args).sort().join(',');
  if (tool === 'search_repositories') {
    const { perPage, query } = args;
    return (
      keys === 'perPage,query' && perPage === 10 && typeof query === 'string' && /^repo:[^\s/]+\/[^\s/]+$/.test(query)
    );
  }
  if (args['method'] !== 'get') return false;
  if (tool === 'issue_read')
    return keys === 'issue_number,method,owner,repo' && typeof args['issue_number'] === 'string';
  return (
    tool === 'pull_request_read' && keys === 'method,owner,pullNumber,repo' && typeof args['pullNumber'] === 'string'
  );
}

const lookupTools: ReadonlySet<string> = new Set(['search_repositories', 'issue_read', 'pull_request_read']);

/**
 * The gateway attaches labels to agents' calls of servers listed as sinks, never to look-ups. The list is fixed during a run of the
 * gateway, so one labelled pair decides all calls of its server, except those of an agent without labels: it leaves empty ones out
 * (gateway spec 4.2), so the text log decides first.
 */
function decideUnlabelled(drafts: readonly CallDraft[]): void {
  const runKey = ({ start }: CallDraft): string => `${start.run} ${start.server}`;
  const labelled = new Set(drafts.filter(({ start }) => start.agentLabels !== null).map(runKey));
  if (labelled.size === 0) return;
  for (const draft of drafts) if (draft.origin === null && labelled.has(runKey(draft))) draft.decide('guard', 'labels');
}

/** Moves filter records from look-ups to the agent's call before them: a record follows the look-ups of phase 4, which may use the same tool. */
function moveFilterRecords(drafts: readonly CallDraft[]): void {
  if (!drafts.some(({ origin, filtered }) => filtered.length > 0 && origin === 'guard')) return;
  const latest = new Map<string, CallDraft>();
  for (const draft of drafts) {
    const key = `${draft.start.server}\u0000${draft.start.tool}`;
    if (draft.origin !== 'guard') {
      latest.set(key, draft);
      continue;
    }
    const owner = latest.get(key);
    if (owner === undefined || draft.filtered.length === 0) continue;
    owner.filtered = [...owner.filtered, ...draft.filtered];
    draft.filtered = [];
  }
}
