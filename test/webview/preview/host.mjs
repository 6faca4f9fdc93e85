/** A scripted host for the preview, inside the page: answers the panel's questions from invented data, and plays a run. */
import { itemOf, itemsOf, memoryOf, rowOf } from './data.mjs';
import { detailOf } from './details.mjs';
import { themes } from './themes.mjs';

const asked = new URLSearchParams(location.search);
let calls = Number(asked.get('calls') ?? '30');
const scenario = asked.get('scenario') ?? 'done';
const counts = () => ({ allowed: 0, filtered: 0, denied: 0, blocked: 0, error: 0 });

let done = ['done', 'poisoned', 'problems', 'live'].includes(scenario)
  ? calls
  : scenario === 'cancelled'
    ? Math.floor(calls / 3)
    : 0;
let status =
  {
    done: 'done',
    live: 'done',
    poisoned: 'done',
    problems: 'done',
    cancelled: 'cancelled',
    policy: 'failed',
    nopolicy: 'failed',
  }[scenario] ?? 'idle';
const runMessage = status === 'failed' ? 'The gateway would refuse the policy "policy.json"' : '';
let revision = 1;
let mode = 'strict';
let running;
let live =
  scenario === 'live'
    ? { mode: asked.get('live') ?? 'recording', since: '2026-11-23T02:30:05.000Z', follow: true, running: 0 }
    : null;

applyTheme(asked.get('theme') ?? 'dark');

function state() {
  const problems = sessionProblems[scenario] ?? [];
  const policyFault = policyFaults[scenario] ?? { message: '', hint: '', unreadable: false };
  const none = scenario === 'noguard';
  const failed = scenario === 'failed';
  return {
    revision,
    trace: { title: 'rpc-messages.jsonl', path: 'sessions/monday/rpc-messages.jsonl', format: 'gateway log', calls },
    guard: none
      ? { title: null, path: null, status: 'none', message: '', hint: '', unreadable: false }
      : {
          title: 'github_guard.wasm',
          path: 'guards/github-guard/target/wasm32-wasip1/release/github_guard.wasm',
          status: failed ? 'failed' : scenario === 'poisoned' ? 'poisoned' : 'ready',
          message: failed
            ? 'WASM guard does not export required function: label_agent (only _start was found; was it built with TinyGo for wasip1 without exports?)'
            : scenario === 'poisoned'
              ? 'WASM guard trap: wasm error: unreachable (call 8, label_response)'
              : '',
          hint: '',
          unreadable: false,
        },
    policy: { title: 'policy.json', path: 'policy.json', status: 'ready', ...policyFault },
    mode,
    guardMode: done === 0 ? null : 'filter',
    servers:
      calls === 0
        ? []
        : [
            { id: 'github', calls: calls - Math.floor(calls / 11), selected: true },
            { id: 'slack', calls: Math.floor(calls / 11), selected: false },
          ],
    run: {
      status,
      done: Math.min(done, calls),
      total: calls,
      durationMs: done * 0.9,
      counts: countAll(),
      message: runMessage,
    },
    live,
    problems,
    problemsTotal: problems.length < 2 ? problems.length : problems.length + 3,
  };
}

const seen = [
  {
    severity: 'warning',
    code: 'trace/cut',
    message: 'The last line of the trace breaks off after 4,096 bytes',
    hint: 'The gateway was stopped while it wrote; the call before it has no answer',
    position: { file: 'sessions/monday/rpc-messages.jsonl', line: 5124, column: 4096 },
  },
  {
    severity: 'error',
    code: 'policy/unknown-field',
    message: 'The policy has a field "min_integrity"; did you mean "min-integrity"?',
    position: { file: 'policy.json', line: 4, column: 5 },
  },
  {
    severity: 'info',
    code: 'trace/redacted',
    message: '17 payloads hold parts that the gateway redacted',
    hint: 'A guard that looks at them sees "[REDACTED]"',
  },
];

const unmet = 'allow-only.min-integrity must be one of: none, unapproved, approved, merged';
const unread = 'Cannot read the policy "/project/policy.json": ENOENT: no such file or directory';
const policyFaults = {
  policy: { status: 'failed', message: unmet, hint: 'Did you mean "approved"?', unreadable: false },
  nopolicy: { status: 'failed', message: unread, hint: 'Check the path', unreadable: true },
};
const sessionProblems = {
  problems: seen,
  empty: seen,
  policy: [{ severity: 'error', code: 'policy/value', message: unmet }, ...seen.slice(0, 1)],
  nopolicy: [{ severity: 'error', code: 'policy/unreadable', message: unread }],
};

let counted = { upTo: 0, counts: counts() };
function countAll() {
  if (counted.upTo > done) counted = { upTo: 0, counts: counts() };
  for (; counted.upTo < Math.min(done, calls); counted.upTo++) {
    const row = rowOf(counted.upTo, true);
    if (row.status in counted.counts) counted.counts[row.status]++;
  }
  return { ...counted.counts };
}

let known = { key: '', positions: [] };
function positions(filter) {
  if (filter.text === '' && filter.statuses.length === 0) return null;
  const key = JSON.stringify([filter, revision]);
  if (known.key === key) return known.positions;
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = [];
  for (let index = 0; index < calls; index++) {
    const row = rowOf(index, index < done);
    if (filter.statuses.length > 0 && !filter.statuses.includes(row.status)) continue;
    const text = `${row.tool} ${row.server} ${row.args} ${row.headline}`.toLowerCase();
    if (words.every((word) => text.includes(word))) found.push(index);
  }
  known = { key, positions: found };
  return found;
}

const handlers = {
  hello: () => state(),
  rows: ({ from, count, filter }) => {
    const under = positions(filter);
    const total = under?.length ?? calls;
    const rows = [];
    for (let at = from; at < Math.min(total, from + count); at++) {
      const index = under?.[at] ?? at;
      const row = rowOf(index, index < done);
      rows.push(live !== null && row.status === 'pending' ? { ...row, status: 'running' } : row);
    }
    return { from, total, rows, revision };
  },
  locate: ({ index, filter }) => positions(filter)?.indexOf(index) ?? index,
  detail: ({ index }) => detailOf(rowOf(index, index < done)),
  items: ({ index, from, count }) => {
    const items = itemsOf(rowOf(index, true)) ?? { allowed: 0, total: 0 };
    return Array.from({ length: Math.max(0, Math.min(count, items.total - from)) }, (_, at) =>
      itemOf(from + at, items),
    );
  },
  memory: ({ buckets }) => {
    const width = Math.max(1, Math.ceil(done / buckets));
    const points = [];
    for (let from = 0; from < done; from += width) {
      let peak = 0;
      let last = from;
      for (let at = from; at < Math.min(done, from + width); at++) {
        peak = Math.max(peak, memoryOf(at).peak);
        last = at;
      }
      points.push({ index: last, after: memoryOf(last).after, peak });
    }
    return { points, limit: 512 * 65_536 };
  },
  text: (name) => {
    const text = JSON.stringify(
      { whole: name, items: Array.from({ length: 3000 }, (_, at) => ({ at, title: `Title ${at}` })) },
      null,
      2,
    );
    return { text, bytes: text.length, truncated: false, json: true };
  },
  command: (command) => {
    (window.commands ??= []).push(command);
    if (command.run === 'replay') play();
    if (command.run === 'cancel') stop('cancelled');
    if (command.run === 'setMode') ({ mode } = command);
    if (command.run === 'setFollow') live = live && { ...live, follow: command.follow };
    if (command.run === 'exportDecisions')
      throw { code: 'preview/refused', message: 'The preview writes no files', hint: '' };
    changed();
    return null;
  },
};

function play() {
  done = 0;
  status = 'running';
  const step = Math.max(1, Math.round(calls / 40));
  clearInterval(running);
  running = setInterval(() => {
    done = Math.min(calls, done + step);
    if (done >= calls) stop('done');
    changed();
  }, 100);
}

function stop(as) {
  clearInterval(running);
  status = as;
}

/** The session goes on: as many calls more, the last of which the server has not answered yet. */
window.grow = (by = 1) => {
  calls += by;
  done = calls - 1;
  status = 'done';
  live = { ...live, running: 1 };
  changed();
};

let nextAsk = 1;
function changed() {
  revision++;
  send({ kind: 'ask', id: nextAsk++, method: 'changed', input: state() });
}

function send(message) {
  window.postMessage(structuredClone(message), '*');
}

/** Answers as a host does: later, and never with the same objects. */
function receive(message) {
  if (message.kind !== 'ask') return;
  const { id, method, input } = structuredClone(message);
  (window.questions ??= []).push({ method, input });
  setTimeout(
    () => {
      try {
        send({ kind: 'answer', id, output: handlers[method](input) });
      } catch ({ code = 'preview/mistake', message: text, hint = '' }) {
        send({ kind: 'failure', id, code, message: text, hint });
      }
    },
    Number(asked.get('delay') ?? '2'),
  );
}

function applyTheme(name) {
  const { kind, variables } = themes[name];
  for (const [key, value] of Object.entries(variables)) {
    if (value !== undefined) document.documentElement.style.setProperty(`--vscode-${key}`, value);
  }
  document.body.className = kind;
  document.body.dataset.vscodeThemeKind = kind;
}

window.selectCall = (index) => send({ kind: 'ask', id: nextAsk++, method: 'select', input: { index } });
window.acquireVsCodeApi = () => ({
  // The page's own messages come back to it, so questions go straight to the host instead.
  postMessage: receive,
  getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null'),
  setState: (kept) => sessionStorage.setItem('state', JSON.stringify(kept)),
});
window.hostReady = true;
if (scenario === 'running') setTimeout(play, 50);
