/** View of an open trace: its settings, the run that replays it, and the rows and records of that run. */
import { Emitter, type Event } from '../../core/base/event.ts';
import { Failure } from '../../core/base/failure.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { DecisionRecord, EnforcementMode } from '../../core/difc/record/decision.ts';
import type { RunState } from '../../core/protocol/panel.ts';
import type { CallRow, TagOrigin } from '../../core/protocol/rows.ts';
import type { Trace, TraceCall } from '../../core/trace/model/traceModel.ts';
import { busiestServer } from '../../core/trace/model/busiestServer.ts';
import { undecidedRow } from '../../core/present/presentRow.ts';
import { idleRun, newRunning, type Running, RunSlot } from './running.ts';
import { Comparison } from './comparison.ts';
import { Renewal } from './renewal.ts';
import { RunResults } from './runResults.ts';
import { InputStatus } from './inputStatus.ts';
import { ReplayRun } from './replayRun.ts';
import type { RunReport } from './runReport.ts';
import { isSameButMode, type ReplaySettings } from './runInputs.ts';
import type { SessionServices } from './keptSessions.ts';
import type { MemoryTimeline } from '../../core/present/timeline.ts';
import { continuesTrace } from '../../core/trace/model/continuesTrace.ts';
import { TraceFeed } from './traceFeed.ts';
import { ViewChanges } from './changes/viewChanges.ts';
import { type Deciding, WhatIf } from './whatIf.ts';

export class TraceView implements Disposable {
  /** The file of the trace, or the captures that are one session. */
  readonly paths: readonly string[];
  readonly #services: SessionServices;
  readonly #changed = new Emitter<void>();
  /** The trace that the rows show. It may be older than the feed's while a run starts again. */
  #trace: Trace;
  readonly #feed: TraceFeed;
  #results = new RunResults();
  #settings: ReplaySettings;
  #inputs: InputStatus;
  #run: RunState = idleRun;
  #revision = 1;
  /** Number of resets; a run from before the last reset is ignored. */
  #epoch = 0;
  readonly #slot = new RunSlot();
  #disposed = false;
  /** The last change of a file; null after a replay that the user started. */
  #renewal: Renewal | null = null;

  /** What the decisions are compared with. */
  readonly comparison = new Comparison(
    () => this.#results,
    () => this.#announceChange(),
  );

  readonly #again: Deciding = {
    caughtUp: async () => (this.#run.status === 'running' ? this.#slot.caughtUp() : this.whenRecorded()),
    renew: (renewal) => this.#renew(renewal),
    saved: () => this.#apply({ run: {} }),
  };

  /** Decides with texts that editors have not saved. A replay that the user starts, and other settings, forget them. */
  readonly whatIf = new WhatIf(this.comparison, this.#again);

  /** Decides with calls that a user changed, until they are dropped. */
  readonly changes = new ViewChanges(this, this.#again);

  /** Fires after every change of trace, settings, run or rows, which is many times a second during a replay. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(paths: readonly string[], trace: Trace, settings: ReplaySettings, services: SessionServices) {
    this.paths = paths;
    this.#trace = trace;
    this.#feed = new TraceFeed(trace);
    this.#settings = settings;
    this.#services = services;
    this.#inputs = new InputStatus(settings);
  }

  get trace(): Trace {
    return this.#trace;
  }
  get settings(): ReplaySettings {
    return this.#settings;
  }
  /** The mode that the guard set in this run; null when it set none, or has not been asked. */
  get guardMode(): EnforcementMode | null {
    return this.#results.guardMode;
  }

  /** The run as it reported itself. Its marks are those of the rows on show, which also another baseline changes. */
  get run(): RunState {
    return { ...this.#run, marks: this.#results.marks };
  }

  /** Increases whenever a row may have changed. */
  get revision(): number {
    return this.#revision;
  }

  get memory(): MemoryTimeline {
    return this.#results.timeline;
  }

  /** The server that the chosen guard and policy are for; null for a trace without calls. */
  get server(): string | null {
    return this.#settings.server ?? this.#inputs.server ?? busiestServer(this.#trace);
  }

  /** Why the calls of a server are not decided, as the end of a sentence; null when they are. */
  undecided(server: string): string | null {
    return this.#inputs.undecided(server, this.#settings, this.server);
  }

  /** Problems of the configuration, the guards, the policy, the trace and the session, in this order; first that the decisions are old ones. */
  get problems(): readonly Problem[] {
    const old = [...(this.#renewal?.problems ?? []), ...this.changes.problems];
    return [...old, ...this.#inputs.problems, ...this.#trace.problems, ...this.#results.findings];
  }

  /** What is known of the inputs of the last run. */
  get inputs(): Readonly<InputStatus> {
    return this.#inputs;
  }

  /** Changes settings. True: it ended the run and cleared its rows, which are stale. False: these decisions are the same with them. */
  update(patch: Partial<ReplaySettings>): boolean {
    const before = this.#settings;
    this.#settings = { ...before, ...patch };
    const isDone = this.#slot.isFree && this.#run.status === 'done';
    const isStale = !isDone || this.#results.usesChosenMode || !isSameButMode(before, this.#settings);
    if (isStale) {
      this.#slot.abort();
      this.whatIf.clear();
      this.#reset();
    }
    this.#announceChange();
    return isStale;
  }

  /**
   * Takes a longer reading of the trace. A run that was not cancelled decides the new calls on the same guard instance. When a late answer
   * changes an earlier decision, the run starts again in the background; its rows replace the old ones once it has caught up.
   */
  extend(trace: Trace): void {
    if (this.#disposed) return;
    this.#feed.push(trace);
    const continues = continuesTrace(this.#trace, trace);
    if (!continues) this.changes.moveTo(this.#trace, trace);
    if (continues) this.#trace = trace;
    else if (this.#slot.isFree && this.#run.status !== 'done') {
      this.#reset();
      this.#trace = trace;
    }
    this.#resume();
    this.#announceChange();
  }

  /** Takes another trace, as when the file was replaced. It is replayed when the old one was. */
  replaceTrace(trace: Trace): void {
    if (this.#disposed) return;
    const replayAgain = !this.#slot.isFree || this.#run.status === 'done';
    this.#slot.abort();
    this.#reset(new RunResults(this.comparison.nextOf(this.#trace, trace)));
    this.changes.moveTo(this.#trace, trace);
    this.#feed.push(trace);
    this.#trace = trace;
    this.#announceChange();
    if (replayAgain) void this.replay();
  }

  call(index: number): TraceCall | undefined {
    return this.#trace.calls[index];
  }
  record(index: number): DecisionRecord | undefined {
    return this.#results.records.get(index);
  }
  /** Where the tags came from that the agent of a decided call has at its start. */
  origins(record: DecisionRecord): readonly TagOrigin[] {
    return this.#results.origins.of(record);
  }
  records(): Generator<DecisionRecord> {
    return this.#results.records.all();
  }
  /** Resolves when the records of the decisions on show are there: those of a run in the background come last. */
  async whenRecorded(): Promise<void> {
    if (this.#results.awaitsRecords) await this.#slot.caughtUp();
  }
  row(index: number): CallRow {
    const decided = this.#results.row(index);
    if (decided !== undefined) return decided;
    const call = this.call(index);
    if (call === undefined) throw new Failure('session/no-such-call', `The trace has no call ${index}`);
    return undecidedRow(call, this.undecided(call.server));
  }

  /** Cancels a replay; the calls decided so far stay. A replay that has caught up with its trace continues to follow it. */
  cancel(): void {
    if (this.#run.status === 'running') this.#slot.abort();
  }

  /** Replays the whole trace on fresh guards, after cancelling a replay in progress. Resolves when it has caught up. Never rejects: the run has the failure. */
  async replay(): Promise<void> {
    this.whatIf.clear();
    await this.#slot.alone(() => this.#startAgain(null));
  }

  /** Decides the calls anew, because a file has other content since `at` (ms since 1970). When it cannot be used, the decisions stay, with a problem. */
  async renew(path: string, at: number): Promise<void> {
    if (!(await this.whatIf.covers(path))) await this.#renew(new Renewal(path, at));
  }

  #startAgain(renewal: Renewal | null): Running {
    this.#reset();
    this.#renewal = renewal;
    return this.#start(this.#results, true);
  }

  async #renew(renewal: Renewal): Promise<void> {
    if (this.#disposed || ['idle', 'cancelled'].includes(this.#run.status)) return;
    if (this.#run.status !== 'done') return this.#slot.alone(() => this.#startAgain(renewal.withoutOld()));
    await this.#slot.latest(() => {
      this.#epoch++;
      this.#renewal = renewal;
      return this.#start(new RunResults(this.comparison.next()), renewal.isOfFiles);
    });
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#slot.dispose();
    this.#results.dispose();
    this.comparison.dispose();
    this.#changed.dispose();
  }

  /** Replays again in the background when the trace has grown after its replay was done. */
  #resume(): void {
    if (this.#disposed || !this.#slot.isFree || this.#run.status !== 'done') return;
    this.#start(new RunResults(this.#results.baseline));
  }

  /** Starts a run. `results`: those on show, or others that replace them once it has caught up. `comparesAnew`: see `RunSetup.compareWithout`. */
  #start(results: RunResults, comparesAnew = false): Running {
    const { hasCaughtUp, ...running } = newRunning(() => this.#results.awaitsRecords);
    const epoch = this.#epoch;
    let caughtUpWith: Trace | undefined;
    const run = new ReplayRun({
      settings: this.#settings,
      texts: this.whatIf.texts,
      changes: () => this.changes.edited,
      compareWithout: comparesAnew ? (unchanged) => this.comparison.holdInstead(unchanged) : null,
      services: this.#services,
      paths: this.paths,
      feed: this.#feed,
      signal: running.abort.signal,
      results,
      isShown: results === this.#results,
      report: (report) => {
        // After a reset, reports of an older run are about settings that no longer apply.
        if (epoch === this.#epoch) this.#apply(report);
        caughtUpWith = report.trace ?? caughtUpWith;
        if (report.trace?.growing === true) hasCaughtUp();
      },
    });
    return this.#slot.take(running, run.run(), () => {
      // The trace grew while the run was closing its guard, although it had ended.
      if (caughtUpWith !== undefined && caughtUpWith !== this.#feed.trace) this.#resume();
    });
  }

  #apply(report: RunReport): void {
    const { trace, results } = report;
    const run = this.#renewal === null ? report.run : this.#renewal.runOf(report);
    if (results !== undefined) this.#show(results);
    if (trace !== undefined) this.#trace = trace;
    this.#inputs.apply(report);
    if (run === undefined) return;
    this.#run = { ...this.#run, ...run };
    this.#announceChange();
  }

  #show(results: RunResults): void {
    this.#results.dispose();
    this.#results = results;
  }

  #reset(results = new RunResults(this.comparison.next())): void {
    this.#epoch++;
    this.#renewal = null;
    this.#show(results);
    this.#run = idleRun;
    this.#inputs = new InputStatus(this.#settings);
  }

  #announceChange(): void {
    if (this.#disposed) return;
    this.#revision++;
    this.#changed.fire();
  }
}
