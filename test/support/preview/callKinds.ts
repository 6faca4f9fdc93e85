/** The kinds of calls that the preview repeats, each with a different outcome. */
import type { JsonObject } from '../../../src/core/base/json.ts';
import type { Operation, Outcome } from '../../../src/core/difc/record/decision.ts';

/** The repository that all labels of the preview name. */
export const repo = 'acme/widget';

/** What a kind of call looks like; `items` is the number of accessible items and of all items. */
export interface CallKind {
  readonly tool: string;
  readonly outcome: Outcome;
  readonly operation: Operation;
  readonly items: readonly [allowed: number, total: number] | null;
  readonly args: JsonObject;
}

const target = { owner: 'acme', repo: 'widget' };
const body = 'It crashes when the configuration is empty, see the log that I attached below.';

const kinds: readonly CallKind[] = [
  kind('list_issues', 'filtered', 'read', [11, 14], { ...target, state: 'OPEN' }),
  kind('get_file_contents', 'allowed', 'read', [1, 1], { ...target, path: 'README.md' }),
  kind('search_repositories', 'allowed', 'read', [30, 30], { query: 'org:acme topic:guard', perPage: 30 }),
  kind('issue_read', 'filtered', 'read', [0, 1], { ...target, issue_number: 7 }),
  kind('create_issue', 'denied', 'write', null, { ...target, title: 'Crash on start', body }),
  kind('pull_request_read', 'allowed', 'read', [1, 1], { ...target, pullNumber: 12 }),
  kind('list_commits', 'blocked', 'read', [28, 30], { ...target, sha: 'main' }),
  kind('search_code', 'error', 'read', null, { query: 'alloc in:file language:rust', perPage: 100 }),
  kind('add_issue_comment', 'allowed', 'read-write', [1, 1], { ...target, issue_number: 8, body: 'Thanks.' }),
];

const [firstKind] = kinds;

/** The kind of a call by its position in the trace. */
export function kindOf(index: number): CallKind {
  const found = kinds[(index * 7 + (index >> 3)) % kinds.length] ?? firstKind;
  if (found === undefined) throw new Error('The preview has no kinds of calls');
  return found;
}

/** The server of a call that the replay skips; null for the server that is replayed. */
export function skippedServer(index: number): string | null {
  return index % 11 === 10 ? 'slack' : null;
}

function kind(
  tool: string,
  outcome: Outcome,
  operation: Operation,
  items: CallKind['items'],
  args: JsonObject,
): CallKind {
  return { tool, outcome, operation, items, args };
}
