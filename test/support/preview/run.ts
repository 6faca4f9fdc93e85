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
import type { LiveState, PanelState, RunState, TextName } from '../../../src/core/protocol/panel.ts';
import type { CallDetail, CallRow, ItemRow, MemoryPoint, TextBlock } from '../../../src/core/protocol/rows.ts';
import { kindOf, skippedServer } from './callKinds.ts';
import { memoryOf } from './guardCalls.ts';
import { hasLint, callOf, recordOf } from './records.ts';
import type { Scenario } from './scenarios.ts';

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
    if (skippedServer(index) !== null) return pendingRow(callOf(index), 'skipped');
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
    return this.#isDecided(index) ? decisionDetail(recordOf(index), row, call.requestLine) : pendingDetail(call, row);
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
    const { guard, policy, problems, runMessage } = this.#scenario;
    const slack = Math.floor(this.calls / 11);
    const servers = [
      { id: 'github', calls: this.calls - slack, selected: true },
      { id: 'slack', calls: slack, selected: false },
    ];
    return {
      revision: this.revision,
      trace: {
        title: 'rpc-messages.jsonl',
        path: 'sessions/monday/rpc-messages.jsonl',
        format: 'gateway log',
        calls: this.calls,
      },
      guard,
      policy,
      mode: this.mode,
      guardMode: this.done === 0 ? null : 'filter',
      servers: this.calls === 0 ? [] : servers,
      run: {
        status: this.#status,
        done: Math.min(this.done, this.calls),
        total: this.calls,
        durationMs: this.done * 0.9,
        counts: this.#counts(),
        marks: { unlabeled: 0, unrecorded: 0, lint: this.#lint() },
        missedLookups: 0,
        message: runMessage,
      },
      live: this.live,
      problems,
      problemsTotal: problems.length < 2 ? problems.length : problems.length + 3,
      restricted: false,
    };
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

  #isDecided(index: number): boolean {
    return index < this.done && skippedServer(index) === null;
  }
}
