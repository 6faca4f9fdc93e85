/** The session of the preview: its calls, the progress of its replay, and the panel state from the product's presenters. */
import type { EnforcementMode } from '../../../src/core/difc/record/decision.ts';
import {
  decisionDetail,
  itemRows,
  pendingDetail,
  recordedText,
  fullText,
} from '../../../src/core/present/presentDetail.ts';
import { decisionRow, pendingRow } from '../../../src/core/present/presentRow.ts';
import { RowIndex, type RowSource } from '../../../src/core/present/rowIndex.ts';
import { MemoryTimeline } from '../../../src/core/present/timeline.ts';
import type { ComparisonState, LiveState, PanelState, RunState, TextName } from '../../../src/core/protocol/panel.ts';
import { defaultAgent } from '../../../src/core/session/sessionRules.ts';
import type {
  CallDetail,
  CallRow,
  ItemRow,
  MemoryPoint,
  TagOrigin,
  TextBlock,
} from '../../../src/core/protocol/rows.ts';
import { kindOf, skippedServer } from './callKinds.ts';
import { withEdit } from './whatIf.ts';
import { changeOf, comparisonOf, withChange } from './comparison.ts';
import { memoryOf } from './guardCalls.ts';
import { hasLint, callOf, recordOf } from './records.ts';
import type { Scenario } from './scenarios.ts';

const agents = ['planner', 'reviewer-with-a-long-name'];

/** The integrity of every agent comes from the policy, and its secrecy from a call of another server; that of the first call from the policy, too. */
function originsOf(index: number): readonly TagOrigin[] {
  const { secrecy, integrity } = recordOf(index).agentBefore;
  const policy = { index: 0, server: 'github', by: 'label_agent' };
  const call = index === 0 ? policy : { index: 10, server: 'slack', by: 'read_channel' };
  return [
    ...integrity.map((tag) => ({ ...policy, kind: 'integrity', tag }) as const),
    ...secrecy.map((tag) => ({ ...call, kind: 'secrecy', tag }) as const),
  ];
}

/** What makes a decision of the scenario with doubtful decisions doubtful. */
function doubtsOf(index: number): readonly ('unlabeled' | 'unrecorded')[] {
  return [
    ...(kindOf(index).tool === 'pull_request_read' ? (['unlabeled'] as const) : []),
    ...(index % 7 === 3 ? (['unrecorded'] as const) : []),
  ];
}

/** A replay over made-up calls, as the host of the panel sees one. */
export class PreviewRun implements RowSource {
  calls: number;
  done: number;
  mode: EnforcementMode = 'strict';
  live: LiveState | null;
  revision = 1;
  readonly index: RowIndex;
  #status: RunState['status'];
  readonly #scenario: Scenario;
  /** Rows of decided calls by kind and marks: calls of one kind differ only by their place, time and memory. */
  readonly #templates = new Map<string, CallRow>();

  constructor(scenario: Scenario, calls: number, live: LiveState | null) {
    this.#scenario = scenario;
    this.calls = calls;
    this.done = Math.floor(calls * scenario.decidedShare);
    this.#status = scenario.runStatus;
    this.live = live;
    this.index = new RowIndex(this);
  }

  /** Number of rows, as `RowSource` names it. */
  get count(): number {
    return this.calls;
  }

  /** Starts over; the caller advances it. */
  begin(): void {
    this.done = 0;
    this.#status = 'running';
  }

  /** Decides more calls; returns whether the run has ended. */
  advance(by: number): boolean {
    this.done = Math.min(this.calls, this.done + by);
    if (this.done >= this.calls) this.#status = 'done';
    return this.#status === 'done';
  }

  cancel(): void {
    this.#status = 'cancelled';
  }

  /** Adds calls to the session; the last one has no answer yet. */
  grow(by: number): void {
    this.calls += by;
    this.done = this.calls - 1;
    this.#status = 'done';
    if (this.live !== null) this.live = { ...this.live, running: 1 };
  }

  row(index: number): CallRow {
    const row = { ...this.#rowOf(index), agent: this.#agentOf(index) };
    if (!this.#isDecided(index)) return row;
    if (this.#scenario.marked) return { ...row, marks: [...row.marks, ...doubtsOf(index)] };
    const compared = this.#scenario.compared ? withChange(row) : row;
    return this.#scenario.whatIf.changes.length > 1 ? withEdit(compared) : compared;
  }

  #agentOf(index: number): string {
    return this.#scenario.agents ? (agents[(index >> 2) % agents.length] ?? defaultAgent) : defaultAgent;
  }

  #rowOf(index: number): CallRow {
    const server = skippedServer(index);
    if (server !== null) return pendingRow(callOf(index), 'skipped', `Not decided: ${this.#whyUndecided(server)}`);
    if (index >= this.done) return pendingRow(callOf(index), this.live === null ? 'pending' : 'running');
    const key = [
      kindOf(index).tool,
      index === 0,
      index % 10,
      index % 13 === 5,
      index % 17 === 8,
      index % 19 === 4,
    ].join();
    let template = this.#templates.get(key);
    if (template === undefined) this.#templates.set(key, (template = decisionRow(recordOf(index))));
    const { time } = pendingRow(callOf(index, false), 'pending');
    return { ...template, index, time, memoryBytes: memoryOf(index).after };
  }

  detail(index: number): CallDetail {
    const row = this.row(index);
    const call = callOf(index);
    if (!this.#isDecided(index)) return pendingDetail(call, row);
    const origins = this.#scenario.agents ? originsOf(index) : [];
    const changes = this.#scenario.compared ? (changeOf(index)?.rows ?? []) : [];
    return { ...decisionDetail(recordOf(index), row, call.requestLine, origins), changes };
  }

  items(index: number, from: number, count: number): readonly ItemRow[] {
    return this.#isDecided(index) ? itemRows(recordOf(index), from, count) : [];
  }

  text(name: TextName): TextBlock | null {
    return this.#isDecided(name.call) ? fullText(recordOf(name.call), name) : recordedText(callOf(name.call), name);
  }

  memory(buckets: number): readonly MemoryPoint[] {
    const timeline = new MemoryTimeline();
    for (let index = 0; index < this.done; index++) timeline.add(index, memoryOf(index));
    return timeline.points(buckets);
  }

  state(): PanelState {
    const { config, guard, policy, problems, runMessage } = this.#scenario;
    const slack = Math.floor(this.calls / 11);
    const compared = this.#scenario.compared ? comparisonOf(this.done, (index) => this.#isDecided(index)) : null;
    const servers = [
      { id: 'github', calls: this.calls - slack, undecided: null, configured: true },
      { id: 'slack', calls: slack, undecided: this.#whyUndecided('slack'), configured: config.title === null },
    ];
    const counts = new Map<string, number>();
    for (let index = 0; index < this.calls; index++) {
      const agent = this.#agentOf(index);
      counts.set(agent, (counts.get(agent) ?? 0) + 1);
    }
    return {
      revision: this.revision,
      trace: {
        title: 'rpc-messages.jsonl',
        path: 'sessions/monday/rpc-messages.jsonl',
        format: 'gateway log',
        calls: this.calls,
      },
      config,
      guard,
      policy,
      replaced: config.title !== null && guard.title !== null ? 'github' : null,
      mode: config.title === null ? this.mode : null,
      guardMode: this.done === 0 ? null : 'filter',
      servers: this.calls === 0 ? [] : servers,
      agents: [...counts].map(([id, calls]) => ({ id, calls })),
      agentsTotal: counts.size,
      run: {
        status: this.#status,
        done: Object.values(this.#counts()).reduce((sum, count) => sum + count, 0),
        total: this.calls - slack,
        durationMs: this.done * 0.9,
        counts: this.#counts(),
        marks: {
          ...this.#doubts(),
          lint: this.#lint(),
          edited: this.#scenario.whatIf.changes.length > 1 ? 2 : 0,
          changed: compared?.changed ?? 0,
        },
        missedLookups: this.#doubts().unrecorded * 2,
        message: runMessage,
        renewed: '',
      },
      comparison: this.#comparison(compared?.state),
      whatIf: this.#scenario.whatIf,
      live: this.live,
      problems,
      problemsTotal: problems.length < 2 ? problems.length : problems.length + 3,
      restricted: false,
    };
  }

  #whyUndecided(server: string): string {
    return this.#scenario.config.title === null
      ? `no guard is chosen for "${server}"`
      : `"config.toml" has no server "${server}"`;
  }

  #doubts(): Record<'unlabeled' | 'unrecorded', number> {
    const counts = { unlabeled: 0, unrecorded: 0 };
    for (let index = 0; this.#scenario.marked && index < this.done; index++) {
      if (skippedServer(index) === null) for (const mark of doubtsOf(index)) counts[mark]++;
    }
    return counts;
  }

  #lint(): number {
    let count = 0;
    for (let index = 0; index < this.done; index++) if (skippedServer(index) === null && hasLint(index)) count++;
    return count;
  }

  #counts(): RunState['counts'] {
    const counts = { allowed: 0, filtered: 0, denied: 0, blocked: 0, error: 0 };
    for (let index = 0; index < this.done; index++) {
      if (skippedServer(index) === null) counts[kindOf(index).outcome]++;
    }
    return counts;
  }

  #comparison(state: ComparisonState | undefined): ComparisonState {
    const { uncompared } = this.#scenario;
    if (state === undefined) return { label: '', pinned: false, kinds: {}, uncompared: 0, unstable: null };
    return uncompared === 0 ? state : { ...state, label: 'what was recorded', pinned: true, uncompared };
  }

  #isDecided(index: number): boolean {
    return index < this.done && skippedServer(index) === null;
  }
}
