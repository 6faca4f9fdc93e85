/** View of an open trace: its settings, the run that replays it, and the rows and records of that run. */
import { Emitter, type Event } from '../../core/base/event.ts';
import { Failure } from '../../core/base/failure.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { DecisionRecord, EnforcementMode } from '../../core/difc/record/decision.ts';
import type { RunState } from '../../core/protocol/panel.ts';
import type { CallRow } from '../../core/protocol/rows.ts';
import type { Trace, TraceCall } from '../../core/trace/model/traceModel.ts';
import { busiestServer } from '../../core/trace/model/busiestServer.ts';
import type { GuardServices } from '../guard/openGuard.ts';
import { pendingRow } from '../../core/present/presentRow.ts';
import { noCounts, noMarks, RunResults } from './runResults.ts';
import { type GuardStatus, initialGuardStatus, ReplayRun, type ReplaySettings, type RunReport } from './replayRun.ts';
import type { MemoryTimeline } from '../../core/present/timeline.ts';
import { continuesTrace, TraceFeed } from './traceFeed.ts';

const idle: RunState = {
  status: 'idle',
  done: 0,
  total: 0,
  durationMs: 0,
  counts: noCounts,
  marks: noMarks,
  missedLookups: 0,
  message: '',
};

/** A run in progress. A run over a growing trace catches up long before it ends. */
interface Running {
  readonly abort: AbortController;
  readonly caughtUp: Promise<void>;
  readonly ended: Promise<void>;
}

export class TraceView implements Disposable {
  readonly path: string;
  readonly #services: GuardServices;
  readonly #changed = new Emitter<void>();
  /** The trace that the rows show. It may be older than the feed's while a run starts again. */
  #trace: Trace;
  readonly #feed: TraceFeed;
  #results = new RunResults();
  #settings: ReplaySettings;
  #guard: GuardStatus;
  #policyProblems: readonly Problem[] = [];
  #guardProblems: readonly Problem[] = [];
  #run: RunState = idle;
  /** The server of the run, which stays the same while the trace grows. */
  #server: string | null = null;
  #busiest: { readonly of: Trace; readonly server: string | null } | undefined;
  #revision = 1;
  /** Number of resets; a run from before the last reset is ignored. */
  #epoch = 0;
  #running: Running | undefined;
  #disposed = false;

  /** Fires after every change of trace, settings, run or rows, which is many times a second during a replay. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(path: string, trace: Trace, settings: ReplaySettings, services: GuardServices) {
    this.path = path;
    this.#trace = trace;
    this.#feed = new TraceFeed(trace);
    this.#settings = settings;
    this.#services = services;
    this.#guard = initialGuardStatus(this.#settings);
  }

  get trace(): Trace {
    return this.#trace;
  }

  get settings(): ReplaySettings {
    return this.#settings;
  }

  get guard(): GuardStatus {
    return this.#guard;
  }

  /** The mode that the guard set in this run; null when it set none, or has not been asked. */
  get guardMode(): EnforcementMode | null {
    return this.#results.guardMode;
  }

  get run(): RunState {
    return this.#run;
  }

  /** Increases whenever a row may have changed. */
  get revision(): number {
    return this.#revision;
  }

  get memory(): MemoryTimeline {
    return this.#results.timeline;
  }

  /** The server whose calls go through the guard; null for a trace without calls. */
  get server(): string | null {
    const server = this.#settings.server ?? this.#server;
    if (server !== null) return server;
    if (this.#busiest?.of !== this.#trace) this.#busiest = { of: this.#trace, server: busiestServer(this.#trace) };
    return this.#busiest.server;
  }

  /** Problems of the guard, the policy and the trace, in this order. */
  get problems(): readonly Problem[] {
    return [...this.#guardProblems, ...this.#policyProblems, ...this.#trace.problems, ...this.#results.findings];
  }

  get policyProblems(): readonly Problem[] {
    return this.#policyProblems;
  }

  /** Changes settings. It ends the run and clears its rows, which are stale. */
  update(patch: Partial<ReplaySettings>): void {
    this.#running?.abort.abort();
    this.#settings = { ...this.#settings, ...patch };
    this.#reset();
    this.#announceChange();
  }

  /**
   * Takes a longer reading of the trace. A run that was not cancelled decides the new calls on the same guard instance. When a late answer
   * changes an earlier decision, the run starts again in the background; its rows replace the old ones once it has caught up.
   */
  extend(trace: Trace): void {
    if (this.#disposed) return;
    this.#feed.push(trace);
    if (continuesTrace(this.#trace, trace)) this.#trace = trace;
    else if (this.#running === undefined && this.#run.status !== 'done') {
      this.#reset();
      this.#trace = trace;
    }
    this.#resume();
    this.#announceChange();
  }

  /** Takes another trace, as when the file was replaced. It is replayed when the old one was. */
  replaceTrace(trace: Trace): void {
    if (this.#disposed) return;
    const replayAgain = this.#running !== undefined || this.#run.status === 'done';
    this.#running?.abort.abort();
    this.#reset();
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

  records(): Generator<DecisionRecord> {
    return this.#results.records.all();
  }

  row(index: number): CallRow {
    const decided = this.#results.row(index);
    if (decided !== undefined) return decided;
    const call = this.call(index);
    if (call === undefined) throw new Failure('session/no-such-call', `The trace has no call ${index}`);
    const status = call.awaits === 'answer' ? 'running' : 'pending';
    return pendingRow(call, call.server === this.server ? status : 'skipped');
  }

  /** Cancels a replay; the calls decided so far stay. A replay that has caught up with its trace continues to follow it. */
  cancel(): void {
    if (this.#run.status === 'running') this.#running?.abort.abort();
  }

  /**
   * Replays the whole trace on a fresh guard instance, after cancelling a replay in progress. Resolves when every call that is ready has been
   * decided; a growing trace is followed from then on. Never rejects: the state of the run has the failure.
   */
  async replay(): Promise<void> {
    // When several calls wait here, each cancels the run of the one before it, so the last one wins.
    while (this.#running !== undefined) {
      this.#running.abort.abort();
      await this.#running.ended;
    }
    if (this.#disposed) return;
    this.#reset();
    const { caughtUp, ended } = this.#start(this.#results);
    await Promise.race([caughtUp, ended]);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#running?.abort.abort();
    this.#results.dispose();
    this.#changed.dispose();
  }

  /** Replays again in the background when the trace has grown after its replay was done. */
  #resume(): void {
    if (this.#disposed || this.#running !== undefined || this.#run.status !== 'done') return;
    this.#start(new RunResults());
  }

  /** Starts a run. `results` are those on show, or others that replace them once the run has caught up. */
  #start(results: RunResults): Running {
    const abort = new AbortController();
    const epoch = this.#epoch;
    let caughtUpWith: Trace | undefined;
    let resolveCaughtUp = (): void => undefined;
    const caughtUp = new Promise<void>((resolve) => (resolveCaughtUp = resolve));
    const run = new ReplayRun({
      settings: this.#settings,
      services: this.#services,
      feed: this.#feed,
      signal: abort.signal,
      results,
      isShown: results === this.#results,
      report: (report) => {
        // After a reset, reports of an older run are about settings that no longer apply.
        if (epoch === this.#epoch) this.#apply(report);
        caughtUpWith = report.trace ?? caughtUpWith;
        if (report.trace?.growing === true) resolveCaughtUp();
      },
    });
    const ended = run.run().finally(() => {
      this.#running = undefined;
      // The trace grew while the run was closing its guard, although it had ended.
      if (caughtUpWith !== undefined && caughtUpWith !== this.#feed.trace) this.#resume();
    });
    this.#running = { abort, caughtUp, ended };
    return this.#running;
  }

  #apply({ run, guard, guardProblems, policyProblems, server, trace, results }: RunReport): void {
    if (results !== undefined) this.#show(results);
    if (trace !== undefined) this.#trace = trace;
    if (server !== undefined) this.#server = server;
    this.#guardProblems = guardProblems ?? this.#guardProblems;
    this.#policyProblems = policyProblems ?? this.#policyProblems;
    this.#guard = guard ?? this.#guard;
    if (run === undefined) return;
    this.#run = { ...this.#run, ...run };
    this.#announceChange();
  }

  #show(results: RunResults): void {
    const previous = this.#results;
    this.#results = results;
    previous.dispose();
  }

  #reset(): void {
    this.#epoch++;
    this.#show(new RunResults());
    this.#run = idle;
    this.#server = null;
    this.#guardProblems = [];
    this.#policyProblems = [];
    this.#guard = initialGuardStatus(this.#settings);
  }

  #announceChange(): void {
    if (this.#disposed) return;
    this.#revision++;
    this.#changed.fire();
  }
}
