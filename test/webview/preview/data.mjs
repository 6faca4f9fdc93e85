/** Invented calls for the preview: every outcome, every mark, long texts and long lists; made from their number, so any count is cheap. */

const pageBytes = 65_536;
const repo = 'acme/widget';
const approved = [`approved:${repo}`, `none:${repo}`, `unapproved:${repo}`];
const low = 'has lower integrity than agent requires. The agent cannot read data with integrity below "approved".';

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

const none = { secrecy: [], integrity: [] };

export function memoryOf(index) {
  const grown = Math.min(300, Math.floor(index ** 0.62));
  const after = (18 + grown) * pageBytes;
  return { index, after, peak: after + (index % 23 === 7 ? 64 * pageBytes : (index % 3) * pageBytes) };
}

function block(value, truncatedTo) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  const cut = truncatedTo !== undefined && text.length > truncatedTo;
  return {
    text: cut ? text.slice(0, truncatedTo) : text,
    bytes: new TextEncoder().encode(text).length,
    truncated: cut,
    json: typeof value !== 'string',
  };
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

export function detailOf(row) {
  const pending = row.status === 'pending' || row.status === 'skipped';
  const items = itemsOf(row);
  const carried = { secrecy: [`private:${repo}`], integrity: approved };
  const resource = {
    description: row.operation === 'write' ? `resource:${row.tool}` : `repository:${repo}`,
    secrecy: [],
    integrity: row.status === 'allowed' ? approved : [`none:${repo}`, `unapproved:${repo}`],
  };
  const denied = row.status === 'denied';
  const failed = row.status === 'error';
  const big = {
    items: Array.from({ length: 200 }, (_, at) => ({
      number: at,
      title: `Title ${at}`,
      score: 1e21,
      big: '\u00e9\ud83d\ude00',
      user: { login: `user-${at}`, site_admin: at % 2 === 0 },
    })),
  };
  const base = {
    row,
    mode: pending ? null : row.status === 'blocked' ? 'strict' : 'filter',
    headline: pending
      ? row.status === 'skipped'
        ? `Calls of server "${row.server}" do not go through the guard`
        : 'Not replayed yet'
      : row.headline,
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
      state: 'OPEN',
      labels: ['bug', 'help wanted'],
      perPage: 14,
      since: null,
      nested: { empty: {}, list: [] },
    }),
    backendResult: pending ? null : block({ content: [{ type: 'text', text: JSON.stringify(big) }] }, 4000),
    client: null,
    clientIsError: false,
    line: row.index * 2 + 1,
  };
  if (pending) return base;
  const phases = [
    {
      id: 'init',
      title: 'Agent labels',
      status: 'done',
      sentences: [
        'The guard labelled the agent when this session first used the server (label_agent); the guard chose filter mode, which wins over the configured mode.',
      ],
    },
    { id: '0', title: 'Agent', status: 'done', sentences: ['The agent carries 1 secrecy tag and 3 integrity tags.'] },
    {
      id: '1',
      title: 'Label resource',
      status: 'done',
      sentences: [`The guard calls this a ${row.operation} of "${resource.description}".`],
    },
    denied
      ? {
          id: '2',
          title: 'Coarse check',
          status: 'stopped',
          sentences: [
            `A write needs every secrecy tag of the agent on the resource; "private:${repo}" is missing.`,
            `Agent carries private (${repo})-scoped data that cannot be written to 'resource:create_issue' due to secrecy constraints. The target resource is not authorized to receive this sensitive data.`,
          ],
        }
      : {
          id: '2',
          title: 'Coarse check',
          status: row.status === 'allowed' ? 'done' : 'warning',
          sentences:
            row.status === 'allowed'
              ? ['Every rule holds.']
              : [
                  `Resource '${resource.description}' ${low}`,
                  'A read goes on all the same: its items are checked one by one.',
                ],
        },
    {
      id: '3',
      title: 'Backend call',
      status: denied ? 'skipped' : 'done',
      sentences: denied ? ['Not reached.'] : ['The recorded answer was used (5,231 bytes).'],
    },
    {
      id: '4',
      title: 'Label response',
      status: denied ? 'skipped' : failed ? 'stopped' : 'done',
      sentences: denied
        ? ['Not reached.']
        : failed
          ? ['The guard trapped: wasm error: out of bounds memory access.']
          : ['The guard labelled 12 of 14 items by path; 2 fall under the default labels.'],
    },
    {
      id: '5',
      title: 'Items',
      status:
        denied || failed
          ? 'skipped'
          : row.status === 'blocked'
            ? 'stopped'
            : row.status === 'filtered'
              ? 'warning'
              : 'done',
      sentences:
        denied || failed
          ? ['Not reached.']
          : items === null
            ? ['Nothing to filter.']
            : [`${items.allowed} of ${items.total} items are accessible.`],
    },
    {
      id: '6',
      title: 'Labels accumulate',
      status: denied || failed || row.status === 'blocked' ? 'skipped' : 'done',
      sentences: ['Only propagate mode changes the agent’s labels; they stay as they are.'],
    },
  ];
  const frames = [
    'github_guard::labels::response_items(i32,i32,i32) i32',
    'github_guard::label_response::h1f2e3d4c5b6a7988(i32,i32,i32,i32) i32',
    'label_response(i32,i32,i32,i32) i32',
  ];
  const guardCalls = [
    ...(row.index === 0 ? [guardCall('label_agent', 31.2, 18, 20)] : []),
    guardCall('label_resource', 0.42, 20, 20),
    ...(denied
      ? []
      : [
          {
            ...guardCall('label_response', 1.83, 20, row.index === 0 ? 182 : 22),
            ...(row.index === 0
              ? {
                  attempts: [
                    { bufferSize: 4194304, code: -2, hint: 5_452_595 },
                    { bufferSize: 5_452_595, code: 5_452_100, hint: null },
                  ],
                  grows: [
                    { from: 20 * pageBytes, to: 100 * pageBytes, by: 'host', atMs: 0.2 },
                    { from: 100 * pageBytes, to: 182 * pageBytes, by: 'guest', atMs: 1.1 },
                  ],
                }
              : {}),
            ...(failed
              ? {
                  error: 'WASM guard trap: wasm error: out of bounds memory access',
                  trace: frames,
                  poisoned: true,
                  output: null,
                  attempts: [{ bufferSize: 4194304, code: null, hint: null }],
                  stderr:
                    "thread '<unnamed>' panicked at src/labels.rs:214:31:\nindex out of bounds: the len is 14 but the index is 14\n",
                }
              : {}),
          },
        ]),
  ];
  const last = guardCalls.length - 1;
  const labelled = {
    path_labels: [{ path: '/items/0', labels: { secrecy: [], integrity: approved } }],
    default_labels: { secrecy: [], integrity: [] },
  };
  return {
    ...base,
    phases,
    remedies: denied
      ? [
          `Let the policy leave "private:${repo}" off the agent: a scoped policy taints the agent from the start, so writes to a public repository are denied`,
          `Or let label_resource add "private:${repo}" to the resource when the repository is private`,
        ]
      : row.status === 'filtered' || row.status === 'blocked'
        ? [`Let the guard put "approved:${repo}" on the items, or lower min-integrity in the policy`]
        : [],
    resource,
    coarse: { outcome: denied ? 'denied' : row.status === 'allowed' ? 'allowed' : 'bypass', reason: '' },
    agentBefore:
      row.lost.integrity.length > 0 ? carried : row.gained.secrecy.includes('private:acme/engine') ? carried : carried,
    agentAfter: {
      secrecy: [
        ...carried.secrecy,
        ...(row.gained.secrecy.includes('private:acme/engine') ? ['private:acme/engine'] : []),
      ],
      integrity: carried.integrity.filter((tag) => !row.lost.integrity.includes(tag)),
    },
    items:
      items === null || denied ? [] : Array.from({ length: Math.min(200, items.total) }, (_, at) => itemOf(at, items)),
    itemsTotal: items === null || denied ? 0 : items.total,
    itemsAllowed: items === null || denied ? 0 : items.allowed,
    guardCalls,
    backendCalls: [
      {
        guardCall: 0,
        tool: 'search_repositories',
        args: '{"perPage":10,"query":"repo:acme/widget"}',
        end: 'answered',
        code: 412,
        result: block({
          content: [{ type: 'text', text: '{"total_count":1,"items":[{"full_name":"acme/widget","private":false}]}' }],
        }),
        error: null,
        atMs: 0.11,
        durationMs: 0.04,
        attempt: 0,
      },
      {
        guardCall: last,
        tool: 'get_collaborator_permission',
        args: '{"owner":"acme","repo":"widget","username":"mallory"}',
        end: 'no-recorded-answer',
        code: -1,
        result: null,
        error:
          'The capture holds no answer for get_collaborator_permission {"owner":"acme","repo":"widget","username":"mallory"}',
        atMs: 0.61,
        durationMs: 0.01,
        attempt: 0,
      },
      {
        guardCall: last,
        tool: 'issue_read',
        args: '{"issue_number":7,"method":"get","owner":"acme","repo":"widget"}',
        end: 'too-small',
        code: -2,
        result: null,
        error: null,
        atMs: 0.7,
        durationMs: 0.02,
        attempt: 0,
      },
      ...(row.index === 0
        ? [
            {
              guardCall: last,
              tool: 'issue_read',
              args: '{"issue_number":7,"method":"get","owner":"acme","repo":"widget"}',
              end: 'answered',
              code: 2048,
              result: block({ number: 7 }),
              error: null,
              atMs: 1.2,
              durationMs: 0.02,
              attempt: 1,
            },
          ]
        : []),
    ].slice(0, row.index === 0 ? 4 : row.backendCalls + 1),
    log: [
      {
        guardCall: 0,
        function: guardCalls[0].function,
        level: 0,
        message: 'policy: allow-only repos=["acme/widget"] min-integrity=approved',
        atMs: 0.05,
        attempt: 0,
      },
      { guardCall: 0, function: guardCalls[0].function, level: 1, message: 'agent labelled', atMs: 0.2, attempt: 0 },
      {
        guardCall: last,
        function: guardCalls[last].function,
        level: 2,
        message: 'no permission known for mallory, falling back to author_association\n  (NONE)',
        atMs: 0.64,
        attempt: 0,
      },
      ...(failed
        ? [
            {
              guardCall: last,
              function: guardCalls[last].function,
              level: 3,
              message: 'panic: index out of bounds: the len is 14 but the index is 14',
              atMs: 0.9,
              attempt: 0,
            },
          ]
        : []),
      {
        guardCall: last,
        function: guardCalls[last].function,
        level: 9,
        message: 'a level that the gateway does not name',
        atMs: 0.95,
        attempt: 0,
      },
    ],
    problems: row.problems === 0 ? [] : problemsOf(row),
    client:
      denied || failed
        ? block(
            `DIFC Violation: Agent carries private (${repo})-scoped data that cannot be written to 'resource:create_issue' due to secrecy constraints.\n\nRequired Action: Add secrecy tags [private:${repo}]\n`,
          )
        : block({ content: [{ type: 'text', text: JSON.stringify(labelled) }] }),
    clientIsError: denied || failed,
  };
}

function problemsOf(row) {
  const all = [
    row.differs
      ? {
          severity: 'warning',
          code: 'replay/differs-from-recording',
          message: 'In the capture the client received 12 items, in the replay 11',
          hint: 'The guard, the policy or a recorded answer is another one than at the time of the capture',
        }
      : {
          severity: 'error',
          code: 'replay/guard-trap',
          message: 'The guard trapped in label_response: wasm error: out of bounds memory access',
          hint: 'Later calls fail until the guard is loaded again',
        },
    {
      severity: 'info',
      code: 'trace/redacted',
      message: 'The gateway redacted a part of this answer ("token"=[REDACTED])',
      position: { file: 'rpc-messages.jsonl', line: row.index * 2 + 2 },
    },
  ];
  return all.slice(0, row.problems);
}

function guardCall(name, durationMs, before, after) {
  return {
    function: name,
    durationMs,
    attempts: [{ bufferSize: 4194304, code: 812, hint: null }],
    memory: { before: before * pageBytes, after: after * pageBytes, peak: Math.max(before, after) * pageBytes },
    grows: [],
    error: null,
    trace: null,
    poisoned: false,
    input: block({ tool: name, args: { owner: 'acme' } }),
    output: block({
      resource: { description: 'repository:acme/widget', secrecy: [], integrity: approved },
      operation: 'read',
    }),
    stdout: '',
    stderr: '',
    logDropped: 0,
  };
}
