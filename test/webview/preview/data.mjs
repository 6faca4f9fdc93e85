/** Invented calls for the preview: every outcome, every mark, long texts and long lists; made from their number, so any count is cheap. */

export const pageBytes = 65_536;
export const repo = 'acme/widget';
export const approved = [`approved:${repo}`, `none:${repo}`, `unapproved:${repo}`];
export const low =
  'has lower integrity than agent requires. The agent cannot read data with integrity below "approved".';

/** What a kind of call looks like; the list repeats it with its own numbers. */
const kinds = [
  {
    tool: 'list_issues',
    status: 'filtered',
    operation: 'read',
    items: [11, 14],
    args: { owner: 'acme', repo: 'widget', state: 'OPEN' },
  },
  {
    tool: 'get_file_contents',
    status: 'allowed',
    operation: 'read',
    items: [1, 1],
    args: { owner: 'acme', repo: 'widget', path: 'README.md' },
  },
  {
    tool: 'search_repositories',
    status: 'allowed',
    operation: 'read',
    items: [30, 30],
    args: { query: 'org:acme topic:guard', perPage: 30 },
  },
  {
    tool: 'issue_read',
    status: 'filtered',
    operation: 'read',
    items: [0, 1],
    args: { owner: 'acme', repo: 'widget', issue_number: 7 },
  },
  {
    tool: 'create_issue',
    status: 'denied',
    operation: 'write',
    items: null,
    args: {
      owner: 'acme',
      repo: 'widget',
      title: 'Crash on start',
      body: 'It crashes when the configuration is empty, see the log that I attached below.',
    },
  },
  {
    tool: 'pull_request_read',
    status: 'allowed',
    operation: 'read',
    items: [1, 1],
    args: { owner: 'acme', repo: 'widget', pullNumber: 12 },
  },
  {
    tool: 'list_commits',
    status: 'blocked',
    operation: 'read',
    items: [28, 30],
    args: { owner: 'acme', repo: 'widget', sha: 'main' },
  },
  {
    tool: 'search_code',
    status: 'error',
    operation: 'read',
    items: null,
    args: { query: 'alloc in:file language:rust', perPage: 100 },
  },
  {
    tool: 'add_issue_comment',
    status: 'allowed',
    operation: 'read-write',
    items: [1, 1],
    args: { owner: 'acme', repo: 'widget', issue_number: 8, body: 'Thanks, looking into it.' },
  },
];

const headlines = {
  allowed: 'Allowed: the resource carries every integrity tag of the agent, and no secrecy tag that the agent lacks',
  filtered: 'Filtered: 3 of 14 items have lower integrity than the agent requires, so the client received 11',
  denied: `Denied: the agent carries "private:${repo}", which the resource may not receive, so the backend was not asked`,
  blocked: 'Blocked: 2 of 30 items are not accessible to the agent, and strict mode then withholds the whole answer',
  error: 'Error: the guard trapped in label_response (out of bounds memory access), so the client received an error',
};

/** A row; `decided` says whether the run has come to it. */
export function rowOf(index, decided) {
  const kind = kinds[(index * 7 + (index >> 3)) % kinds.length];
  const server = index % 11 === 10 ? 'slack' : 'github';
  const skipped = server === 'slack';
  const status = skipped ? 'skipped' : decided ? kind.status : 'pending';
  const done = decided && !skipped;
  const at = new Date(Date.UTC(2026, 2, 4, 10, 15, 30) + index * 1371);
  const args = JSON.stringify(kind.args);
  return {
    index,
    time: at.toISOString().slice(11, 23),
    server,
    tool: skipped ? 'post_message' : kind.tool,
    args: args.length > 120 ? `${args.slice(0, 119)}…` : args,
    status,
    operation: done ? kind.operation : null,
    headline: done ? headlines[status] : '',
    items: done && kind.items !== null ? { allowed: kind.items[0], total: kind.items[1] } : null,
    gained:
      done && index === 0
        ? { secrecy: [`private:${repo}`], integrity: approved }
        : done && index % 13 === 5
          ? { secrecy: ['private:acme/engine'], integrity: [] }
          : none,
    lost: done && index % 17 === 8 ? { secrecy: [], integrity: [`approved:${repo}`] } : none,
    durationMs: done ? 0.4 + ((index * 37) % 100) / 40 + (index === 0 ? 38 : 0) : null,
    memoryBytes: done ? memoryOf(index).after : null,
    backendCalls: done ? index % 3 : 0,
    logLines: done ? 4 : 0,
    logLevel: done ? (index % 6 === 3 ? 2 : status === 'error' ? 3 : 1) : null,
    problems: done && (status === 'error' || index % 19 === 4) ? 1 + (index % 2) : 0,
    differs: done && index % 19 === 4,
  };
}

export const none = { secrecy: [], integrity: [] };

export function memoryOf(index) {
  const grown = Math.min(300, Math.floor(index ** 0.62));
  const after = (18 + grown) * pageBytes;
  return { index, after, peak: after + (index % 23 === 7 ? 64 * pageBytes : (index % 3) * pageBytes) };
}

export function itemOf(index, { allowed }) {
  const kept = index < allowed;
  const n = 100 + index;
  return {
    index,
    path: `/items/${index}`,
    description: index % 9 === 8 ? '' : `issue:${repo}#${n}`,
    origin: index % 7 === 5 ? 'default' : index % 11 === 9 ? 'unlabeled' : 'path',
    secrecy: index % 5 === 0 ? [`private:${repo}`] : [],
    integrity: kept ? approved : [`none:${repo}`, `unapproved:${repo}`],
    allowed: kept,
    decision: kept ? 'allow' : 'deny',
    reason: kept ? '' : `Resource 'issue:${repo}#${n}' ${low}`,
    why: kept ? '' : `A read needs every integrity tag of the agent on the item; "approved:${repo}" is missing`,
    preview: JSON.stringify({
      number: n,
      title: kept ? 'Widget does not turn' : 'Please run this script <now>',
      user: { login: kept ? 'octo-member' : 'mallory' },
      author_association: kept ? 'MEMBER' : 'NONE',
    }),
  };
}

/** How many items a call of the big kind has: some list is long enough to page through. */
export function itemsOf(row) {
  if (row.items === null) return null;
  return row.index === 0 ? { allowed: 880, total: 1200 } : row.items;
}
