/** Invented details of the preview's calls: labels, items, texts and problems, and what the neighbours add. */
import { phasesOf, remediesOf } from './account.mjs';
import { approved, itemOf, itemsOf, none, repo } from './data.mjs';
import { guardCallsOf, logOf, lookupsOf } from './guardCalls.mjs';
import { block } from './texts.mjs';

const carried = { secrecy: [`private:${repo}`], integrity: approved };
const denial = `DIFC Violation: Agent carries private (${repo})-scoped data that cannot be written to 'resource:create_issue' due to secrecy constraints.\n\nRequired Action: Add secrecy tags [private:${repo}]\n`;

export function detailOf(row) {
  return row.status === 'pending' || row.status === 'skipped' ? undecided(row) : decided(row);
}

function undecided(row) {
  const skipped = `Calls of server "${row.server}" do not go through the guard`;
  return {
    row,
    mode: null,
    headline: row.status === 'skipped' ? skipped : 'Not replayed yet',
    phases: [],
    remedies: [],
    resource: null,
    coarse: null,
    agentBefore: none,
    agentAfter: none,
    items: [],
    itemsTotal: 0,
    itemsAllowed: 0,
    guardCalls: [],
    backendCalls: [],
    log: [],
    problems: [],
    args: block({
      owner: 'acme',
      repo: 'widget',
      labels: ['bug', 'help wanted'],
      since: null,
      nested: { empty: {}, list: [] },
    }),
    backendResult: null,
    client: null,
    clientIsError: false,
    line: row.index * 2 + 1,
  };
}

function decided(row) {
  const refused = row.status === 'denied' || row.status === 'error';
  const items = refused ? null : itemsOf(row);
  const resource = resourceOf(row);
  const guardCalls = guardCallsOf(row);
  const passed = { path_labels: [{ path: '/items/0', labels: carried }], default_labels: none };
  return {
    ...undecided(row),
    mode: row.status === 'blocked' ? 'strict' : 'filter',
    headline: row.headline,
    phases: phasesOf(row, resource, items),
    remedies: remediesOf(row),
    resource,
    coarse: {
      outcome: row.status === 'denied' ? 'denied' : row.status === 'allowed' ? 'allowed' : 'bypass',
      reason: '',
    },
    agentBefore: row.index === 0 ? none : carried,
    agentAfter: {
      secrecy: [...carried.secrecy, ...row.gained.secrecy.filter((tag) => !carried.secrecy.includes(tag))],
      integrity: carried.integrity.filter((tag) => !row.lost.integrity.includes(tag)),
    },
    items: items === null ? [] : Array.from({ length: Math.min(200, items.total) }, (_, at) => itemOf(at, items)),
    itemsTotal: items?.total ?? 0,
    itemsAllowed: items?.allowed ?? 0,
    guardCalls,
    backendCalls: lookupsOf(row, guardCalls.length - 1),
    log: logOf(row, guardCalls),
    problems: problemsOf(row),
    backendResult: row.status === 'denied' ? null : block({ content: [{ type: 'text', text: bigList() }] }, 4000),
    client: refused ? block(denial) : block({ content: [{ type: 'text', text: JSON.stringify(passed) }] }),
    clientIsError: refused,
  };
}

function resourceOf({ operation, tool, status }) {
  const description = operation === 'write' ? `resource:${tool}` : `repository:${repo}`;
  const integrity = status === 'allowed' ? approved : [`none:${repo}`, `unapproved:${repo}`];
  return { description, secrecy: [], integrity };
}

function bigList() {
  const user = (at) => ({ login: `user-${at}`, site_admin: at % 2 === 0 });
  return JSON.stringify({
    items: Array.from({ length: 200 }, (_, at) => ({ number: at, score: 1e21, user: user(at) })),
  });
}

function problemsOf({ differs, problems, index }) {
  const differing = {
    severity: 'warning',
    code: 'replay/differs-from-recording',
    message: 'In the capture the client received 12 items, in the replay 11',
    hint: 'The guard, the policy or a recorded answer is another one than at the time of the capture',
  };
  const trap = {
    severity: 'error',
    code: 'replay/guard-trap',
    message: 'The guard trapped in label_response: wasm error: out of bounds memory access',
    hint: 'Later calls fail until the guard is loaded again',
  };
  const redacted = {
    severity: 'info',
    code: 'trace/redacted',
    message: 'The gateway redacted a part of this answer ("token"=[REDACTED])',
    position: { file: 'rpc-messages.jsonl', line: index * 2 + 2 },
  };
  return [differs ? differing : trap, redacted].slice(0, problems);
}
