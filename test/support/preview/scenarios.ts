/** The situations that the preview can show, by their name in its address. */
import type { Problem } from '../../../src/core/base/parsed.ts';
import type { InputState, PanelState, RunState, WhatIfState } from '../../../src/core/protocol/panel.ts';
import { changedByHand, unchanged } from './whatIf.ts';

/** The state of the session in a scenario. */
export interface Scenario {
  readonly config: InputState;
  /** Whether the calls are of several agents; otherwise the trace names none. */
  readonly agents: boolean;
  readonly guard: InputState;
  readonly policy: InputState;
  readonly problems: PanelState['problems'];
  readonly runStatus: RunState['status'];
  readonly runMessage: string;
  /** Share of the calls that are decided at the start, 0 to 1. */
  readonly decidedShare: number;
  /** Whether the decisions are compared with a baseline, from which some differ. */
  readonly compared: boolean;
  /** Number of calls of which the recorded session, the baseline then, says nothing; 0: the baseline is the run before. */
  readonly uncompared: number;
  /** Whether some results pass without labels and some decisions lack look-ups. */
  readonly marked: boolean;
  /** What the user changed of the calls by hand. */
  readonly whatIf: WhatIfState;
}

const guard: InputState = {
  title: 'github_guard.wasm',
  path: 'guards/github-guard/target/wasm32-wasip1/release/github_guard.wasm',
  status: 'ready',
  message: '',
  hint: '',
  unreadable: false,
};

const policy: InputState = {
  title: 'policy.json',
  path: 'policy.json',
  status: 'ready',
  message: '',
  hint: '',
  unreadable: false,
};

const absent: InputState = { ...policy, title: null, path: null, status: 'none' };
const config: InputState = { ...policy, title: 'config.toml', path: 'gateway/config.toml' };

const notRunYet: Scenario = {
  config: absent,
  agents: false,
  guard,
  policy,
  problems: [],
  runStatus: 'idle',
  runMessage: '',
  decidedShare: 0,
  compared: false,
  uncompared: 0,
  marked: false,
  whatIf: unchanged,
};
const done: Scenario = { ...notRunYet, runStatus: 'done', decidedShare: 1 };
const refusedRun = {
  runStatus: 'failed',
  runMessage: '"policy.json" holds no policy that the gateway would take',
} as const;

const cutLine: Problem = {
  severity: 'warning',
  code: 'trace/cut',
  message: 'The last line of the trace breaks off after 4,096 bytes',
  hint: 'The gateway was stopped while it wrote; the call before it has no answer',
  position: { file: 'sessions/monday/rpc-messages.jsonl', line: 5124, column: 4096 },
};

const problems: readonly Problem[] = [
  cutLine,
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

/** The scenarios by name. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  done,
  changed: { ...done, compared: true },
  recorded: { ...done, compared: true, uncompared: 12 },
  whatif: { ...done, compared: true, whatIf: changedByHand },
  whatifmode: {
    ...done,
    compared: true,
    whatIf: {
      ...changedByHand,
      mode: 'strict',
      changes: [{ call: 0, text: 'mode filter → strict in all calls' }],
      total: 1,
    },
  },
  marked: { ...done, marked: true },
  session: { ...done, config, agents: true, policy: absent },
  configured: { ...done, config, agents: true, guard: absent, policy: absent },
  noconfig: {
    ...notRunYet,
    guard: absent,
    policy: absent,
    config: {
      ...config,
      status: 'failed',
      message: 'The gateway does not start with "/project/config.toml": toml: line 3: expected "=" after a key',
      hint: '"guardscope validate --config /project/config.toml" lists all problems of the file',
    },
  },
  live: done,
  pending: notRunYet,
  running: notRunYet,
  problems: { ...done, problems },
  empty: { ...notRunYet, problems },
  noguard: { ...notRunYet, guard: { ...guard, title: null, path: null, status: 'none' } },
  cancelled: { ...done, runStatus: 'cancelled', decidedShare: 1 / 3 },
  failed: {
    ...notRunYet,
    guard: {
      ...guard,
      status: 'failed',
      message:
        'WASM guard does not export required function: label_agent (only _start was found; was it built with TinyGo for wasip1 without exports?)',
    },
  },
  poisoned: {
    ...done,
    guard: {
      ...guard,
      status: 'poisoned',
      message: 'WASM guard trap: wasm error: unreachable (call 8, label_response)',
    },
  },
  policy: {
    ...notRunYet,
    ...refusedRun,
    policy: { ...policy, status: 'failed', message: unmet, hint: 'Did you mean "approved"?' },
    problems: [{ severity: 'error', code: 'policy/value', message: unmet }, cutLine],
  },
  nopolicy: {
    ...notRunYet,
    ...refusedRun,
    policy: { ...policy, status: 'failed', message: unread, hint: 'Check the path', unreadable: true },
    problems: [{ severity: 'error', code: 'policy/unreadable', message: unread }],
  },
};
