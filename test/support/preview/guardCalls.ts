/** Generated guard calls of the preview with look-ups and log lines; the first call of the trace has the most. */
import type { BackendCallRecord, GuardCallRecord, LogLine } from '../../../src/core/difc/record/guardCall.ts';
import { kindOf, repo } from './callKinds.ts';

/** Bytes of a page of linear memory. */
const pageBytes = 65_536;
const mib = 1_048_576;

/** The gateway's text of a trap, as a record has it. */
export const trapText = 'WASM guard trap: wasm error: out of bounds memory access';

/** The gateway's text about an answer that is not JSON. */
export const unreadableText = "failed to unmarshal response: invalid character 's' looking for beginning of value";

/** Memory in bytes after a call, and its peak during the call. */
export function memoryOf(index: number): { readonly after: number; readonly peak: number } {
  const grown = Math.min(300, Math.floor(index ** 0.62));
  const after = (18 + grown) * pageBytes;
  return { after, peak: after + (index % 23 === 7 ? 64 * pageBytes : (index % 3) * pageBytes) };
}

/** The guard calls of one tool call. */
export function guardCallsOf(index: number): readonly GuardCallRecord[] {
  const { outcome } = kindOf(index);
  const resource = JSON.stringify({
    resource: { description: `repository:${repo}`, secrecy: [], integrity: [`approved:${repo}`] },
    operation: 'read',
  });
  const first = index === 0 ? [guardCall(index, 'label_agent', 31.2, '{"agent":{}}')] : [];
  const asked = [...first, guardCall(index, 'label_resource', 0.42, resource)];
  if (outcome === 'denied') return asked.map((call, at) => (at === 0 ? withNews(call, index, false) : call));
  const labels = JSON.stringify({ labeled_paths: [{ path: '/items/0', labels: { secrecy: [], integrity: [] } }] });
  const response: GuardCallRecord = {
    ...guardCall(index, 'label_response', 1.83, labels),
    ...(index === 0 ? retried : {}),
    ...(outcome === 'error' ? (index % 10 === 5 ? unreadable : trapped) : {}),
  };
  const all = [...asked, response];
  return all.map((call, at) => withNews(call, index, at === all.length - 1, at === 0));
}

function guardCall(
  index: number,
  name: GuardCallRecord['function'],
  durationMs: number,
  output: string,
): GuardCallRecord {
  const { after, peak } = memoryOf(index);
  return {
    function: name,
    durationMs: durationMs + ((index * 37) % 100) / 40,
    attempts: [{ bufferSize: 4 * mib, code: output.length, hint: null }],
    memory: { before: after, after, peak },
    grows: [],
    error: null,
    trace: null,
    poisoned: false,
    input: JSON.stringify({ tool_name: name, tool_args: { owner: 'acme' } }),
    output,
    stdout: '',
    stderr: '',
    logDropped: 0,
    log: [],
    backendCalls: [],
  };
}

/** The look-ups and log lines of the first and the last guard call of a tool call. */
function withNews(call: GuardCallRecord, index: number, last: boolean, first = true): GuardCallRecord {
  const { outcome } = kindOf(index);
  const log = [...(first ? policyLines : []), ...(last ? responseLines : [])];
  const lookups = last ? lookupsOf(index) : [];
  return { ...call, log: log.filter(({ level }) => outcome === 'error' || level !== 3), backendCalls: lookups };
}

const policyLines: readonly LogLine[] = [
  line(0, `policy: allow-only repos=["${repo}"] min-integrity=approved`, 0.05),
  line(1, 'agent labelled', 0.2),
];

const responseLines: readonly LogLine[] = [
  line(2, 'no permission known for mallory, falling back to author_association\n  (NONE)', 0.64),
  line(3, 'panic: index out of bounds: the len is 14 but the index is 14', 0.9),
  line(9, 'a level that the gateway does not name', 0.95),
];

function line(level: number, message: string, atMs: number): LogLine {
  return { level, message, attempt: 0, atMs };
}

function lookupsOf(index: number): readonly BackendCallRecord[] {
  const issue = { issue_number: 7, method: 'get', owner: 'acme', repo: 'widget' };
  const who = { owner: 'acme', repo: 'widget', username: 'mallory' };
  const missed = `The capture holds no answer for get_collaborator_permission ${JSON.stringify(who)}`;
  const found =
    '{"content":[{"type":"text","text":"{\\"total_count\\":1,\\"items\\":[{\\"full_name\\":\\"acme/widget\\"}]}"}]}';
  const all = [
    lookup('search_repositories', { perPage: 10, query: 'repo:acme/widget' }, { code: 412, resultText: found }),
    lookup('get_collaborator_permission', who, { end: 'no-recorded-answer', error: missed, atMs: 0.61, reached: true }),
    lookup('issue_read', issue, { end: 'too-small', code: -2, atMs: 0.7 }),
    lookup('issue_read', issue, { code: 2048, resultText: '{"number":7}', atMs: 1.2, attempt: 1 }),
  ];
  return all.slice(0, index === 0 ? all.length : index % 3);
}

function lookup(tool: string, args: BackendCallRecord['args'], more: Partial<BackendCallRecord>): BackendCallRecord {
  return {
    tool,
    args,
    reached: true,
    code: -1,
    end: 'answered',
    resultText: null,
    error: null,
    capacity: mib,
    attempt: 0,
    atMs: 0.11,
    durationMs: 0.04,
    ...more,
  };
}

const retried: Partial<GuardCallRecord> = {
  attempts: [
    { bufferSize: 4 * mib, code: -2, hint: 5_452_595 },
    { bufferSize: 5_452_595, code: 5_452_100, hint: null },
  ],
  grows: [
    { from: 20 * pageBytes, to: 100 * pageBytes, by: 'host', atMs: 0.2 },
    { from: 100 * pageBytes, to: 182 * pageBytes, by: 'guest', atMs: 1.1 },
  ],
  memory: { before: 20 * pageBytes, after: 182 * pageBytes, peak: 182 * pageBytes },
};

const trapped: Partial<GuardCallRecord> = {
  error: trapText,
  trace: [
    'github_guard::labels::response_items(i32,i32,i32) i32',
    'github_guard::label_response::h1f2e3d4c5b6a7988(i32,i32,i32,i32) i32',
    'label_response(i32,i32,i32,i32) i32',
  ],
  stack: {
    frames: [
      { function: 'core::panicking::panic_fmt', index: 88, offset: 90_210, at: null, inlined: false },
      { function: 'core::panicking::panic_bounds_check', index: 87, offset: 90_120, at: null, inlined: false },
      { function: 'github_guard::labels::response_items', index: 31, offset: 40_312, at: null, inlined: false },
      { function: 'github_guard::label_response', index: 30, offset: 40_101, at: null, inlined: false },
      { function: 'label_response', index: 12, offset: 12_044, at: null, inlined: false },
    ],
    notes: [],
  },
  poisoned: true,
  output: null,
  attempts: [{ bufferSize: 4 * mib, code: null, hint: null }],
  stderr:
    "thread '<unnamed>' panicked at src/labels.rs:214:31:\nindex out of bounds: the len is 14 but the index is 14\n",
};

const unreadable: Partial<GuardCallRecord> = { output: 'still here' };
