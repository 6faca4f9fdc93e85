/** Invented entries into the guard, with their backend calls and log lines; the first call of the trace has the most to show. */
import { approved, pageBytes } from './data.mjs';
import { block } from './texts.mjs';

const mib = 1_048_576;

export function guardCallsOf({ index, status }) {
  const calls = [guardCall('label_resource', 0.42, 20, 20)];
  if (index === 0) calls.unshift(guardCall('label_agent', 31.2, 18, 20));
  if (status === 'denied') return calls;
  const response = guardCall('label_response', 1.83, 20, index === 0 ? 182 : 22);
  const failed = status === 'error' ? (index % 10 === 5 ? unreadable : trapped) : {};
  return [...calls, { ...response, ...(index === 0 ? retried : {}), ...failed }];
}

export function lookupsOf({ index, backendCalls }, last) {
  const lookup = (guardCall, tool, args, end, more) => ({
    guardCall,
    tool,
    args: JSON.stringify(args),
    end,
    code: -1,
    result: null,
    error: null,
    atMs: 0.11,
    durationMs: 0.04,
    attempt: 0,
    ...more,
  });
  const issue = { issue_number: 7, method: 'get', owner: 'acme', repo: 'widget' };
  const found = { content: [{ type: 'text', text: '{"total_count":1,"items":[{"full_name":"acme/widget"}]}' }] };
  const who = { owner: 'acme', repo: 'widget', username: 'mallory' };
  const missed = `The capture holds no answer for get_collaborator_permission ${JSON.stringify(who)}`;
  return [
    lookup(0, 'search_repositories', { perPage: 10, query: 'repo:acme/widget' }, 'answered', {
      code: 412,
      result: block(found),
    }),
    lookup(last, 'get_collaborator_permission', who, 'no-recorded-answer', { error: missed, atMs: 0.61 }),
    lookup(last, 'issue_read', issue, 'too-small', { code: -2, atMs: 0.7 }),
    lookup(last, 'issue_read', issue, 'answered', { code: 2048, result: block({ number: 7 }), atMs: 1.2, attempt: 1 }),
  ].slice(0, index === 0 ? 4 : backendCalls + 1);
}

export function logOf({ status }, calls) {
  const last = calls.length - 1;
  const line = (guardCall, level, message, atMs) => ({
    guardCall,
    function: calls[guardCall].function,
    level,
    message,
    atMs,
    attempt: 0,
  });
  const lines = [
    line(0, 0, 'policy: allow-only repos=["acme/widget"] min-integrity=approved', 0.05),
    line(0, 1, 'agent labelled', 0.2),
    line(last, 2, 'no permission known for mallory, falling back to author_association\n  (NONE)', 0.64),
    line(last, 3, 'panic: index out of bounds: the len is 14 but the index is 14', 0.9),
    line(last, 9, 'a level that the gateway does not name', 0.95),
  ];
  return lines.filter(({ level }) => status === 'error' || level !== 3);
}

function guardCall(name, durationMs, before, after) {
  const resource = { description: 'repository:acme/widget', secrecy: [], integrity: approved };
  return {
    function: name,
    durationMs,
    attempts: [{ bufferSize: 4 * mib, code: 812, hint: null }],
    memory: { before: before * pageBytes, after: after * pageBytes, peak: Math.max(before, after) * pageBytes },
    grows: [],
    error: null,
    answerError: null,
    trace: null,
    poisoned: false,
    input: block({ tool: name, args: { owner: 'acme' } }),
    output: block({ resource, operation: 'read' }),
    stdout: '',
    stderr: '',
    logDropped: 0,
  };
}

const retried = {
  attempts: [
    { bufferSize: 4 * mib, code: -2, hint: 5_452_595 },
    { bufferSize: 5_452_595, code: 5_452_100, hint: null },
  ],
  grows: [
    { from: 20 * pageBytes, to: 100 * pageBytes, by: 'host', atMs: 0.2 },
    { from: 100 * pageBytes, to: 182 * pageBytes, by: 'guest', atMs: 1.1 },
  ],
};

const trapped = {
  error: 'WASM guard trap: wasm error: out of bounds memory access',
  trace: [
    'github_guard::labels::response_items(i32,i32,i32) i32',
    'github_guard::label_response::h1f2e3d4c5b6a7988(i32,i32,i32,i32) i32',
    'label_response(i32,i32,i32,i32) i32',
  ],
  poisoned: true,
  output: null,
  attempts: [{ bufferSize: 4 * mib, code: null, hint: null }],
  stderr:
    "thread '<unnamed>' panicked at src/labels.rs:214:31:\nindex out of bounds: the len is 14 but the index is 14\n",
};

const unreadable = {
  answerError: "failed to unmarshal response: invalid character 's' looking for beginning of value",
  output: block('still here'),
};
