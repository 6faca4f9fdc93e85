/** One opened trace with its guard, policy and mode, and the run that replays it: the state behind one open view. */
import { Emitter, type Event } from '../../core/base/event.ts';
import { Failure } from '../../core/base/failure.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { DecisionRecord, EnforcementMode } from '../../core/difc/record/decision.ts';
import type { RunState } from '../../core/protocol/panel.ts';
import type { CallRow } from '../../core/protocol/rows.ts';
import type { Trace, TraceCall } from '../../core/trace/model/traceModel.ts';
import { busiestServer } from '../../core/trace/model/busiestServer.ts';
import type { GuardServices } from '../guard/inputs.ts';
import { pendingRow } from '../../core/present/presentRow.ts';
import { noCounts, RunResults } from './runResults.ts';
import { freshStanding, type RunReport, SessionRun } from './replayRun.ts';
import type { MemoryTimeline } from '../../core/present/timeline.ts';
import { isBeginning, TraceFeed } from './traceFeed.ts';

/** What a replay needs to know beside the trace. Paths are absolute; null: nothing chosen. */
export interface SessionSettings {
  readonly guard: string | null;
  readonly policy: string | null;
  /** Mode of servers whose guard names none (gateway spec 3.10). */
  readonly mode: EnforcementMode;
  /** Server whose calls go through the guard; null: the one with the most calls. */
  readonly server: string | null;
  readonly trustedBots: readonly string[];
  readonly deadlineMs: number;
}

/** How the guard stood at the last attempt to use it. */
export interface GuardStanding {
  readonly status: 'none' | 'loading' | 'ready' | 'failed' | 'poisoned';
  readonly message: string;
}

const idle: RunState = { status: 'idle', done: 0, total: 0, durationMs: 0, counts: noCounts, message: '' };

/** A run that goes on; one over a growing trace has caught up long before it ends. */
interface Running {
  readonly abort: AbortController;
  readonly caughtUp: Promise<void>;
  readonly ended: Promise<void>;
}

export class ReplaySession implements Disposable {
  readonly path: string;
  readonly #services: GuardServices;
  readonly #changed = new Emitter<void>();
  /** What the rows are of; it may be behind what the feed has while a run starts anew. */
  #trace: Trace;
  readonly #feed: TraceFeed;
  #results = new RunResults();
  #settings: SessionSettings;
  #guard: GuardStanding;
  #policyProblems: readonly Problem[] = [];
  #guardProblems: readonly Problem[] = [];
  #run: RunState = idle;
  /** The server of the run; it stays the same while the trace grows. */
  #server: string | null = null;
  #busiest: { readonly of: Trace; readonly server: string | null } | undefined;
  #revision = 1;
  /** Counts the fresh starts, so that a run can tell whether its rows are still wanted. */
  #epoch = 0;
  #running: Running | undefined;
  #disposed = false;

  /** Fires after every change of trace, settings, run or rows; many times a second while a replay runs. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(path: string, trace: Trace, settings: SessionSettings, services: GuardServices) {
    this.path = path;
    this.#trace = trace;
    this.#feed = new TraceFeed(trace);
    this.#settings = settings;
    this.#services = services;
    this.#guard = freshStanding(this.#settings);
  }

  get trace(): Trace {
    return this.#trace;
  }

  get settings(): SessionSettings {
    return this.#settings;
  }

  get guard(): GuardStanding {
    return this.#guard;
  }

  /** The mode that the guard named in this run; null when it named none, or before it was asked. */
  get guardMode(): EnforcementMode | null {
    return this.#results.guardMode;
  }

  get run(): RunState {
    return this.#run;
  }

  /** Grows whenever a row may have changed. */
  get revision(): number {
    return this.#revision;
  }

  get memory(): MemoryTimeline {
    return this.#results.timeline;
  }

  /** The server whose calls go through the guard; null for a trace without calls. */
  get server(): string | null {
    const chosen = this.#settings.server ?? this.#server;
    if (chosen !== null) return chosen;
    if (this.#busiest?.of !== this.#trace) this.#busiest = { of: this.#trace, server: busiestServer(this.#trace) };
    return this.#busiest.server;
  }

  /** Problems of the guard, the policy and the trace, in this order. */
  get problems(): readonly Problem[] {
    return [...this.#guardProblems, ...this.#policyProblems, ...this.#trace.problems];
  }

  get policyProblems(): readonly Problem[] {
    return this.#policyProblems;
  }

  /** Replaces settings; rows of an earlier run are stale from then on and go. */
  update(patch: Partial<SessionSettings>): void {
    this.#running?.abort.abort();
    this.#settings = { ...this.#settings, ...patch };
    this.#forget();
    this.#announce();
  }

  /**
   * The trace has grown: a run that has not been cancelled decides what is new, on the instance that decided what was there before. Where
   * what came late changes an earlier decision, the run starts anew beside, and its rows take the place of the old ones when it has caught up.
   */
  extend(trace: Trace): void {
    if (this.#disposed) return;
    this.#feed.push(trace);
    if (isBeginning(this.#trace, trace)) this.#trace = trace;
    else if (this.#running === undefined && this.#run.status !== 'done') {
      this.#forget();
      this.#trace = trace;
    }
    this.#resume();
    this.#announce();
  }

  /** Another trace takes the place of this one, as when its file was replaced; what was replayed is replayed with it. */
  begin(trace: Trace): void {
    if (this.#disposed) return;
    const again = this.#running !== undefined || this.#run.status === 'done';
    this.#running?.abort.abort();
    this.#forget();
    this.#feed.push(trace);
    this.#trace = trace;
    this.#announce();
    if (again) void this.replay();
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
    const known = this.#results.row(index);
    if (known !== undefined) return known;
    const call = this.call(index);
    if (call === undefined) throw new Failure('session/no-such-call', `The trace has no call ${index}`);
    const waits = call.awaits === 'answer' ? 'running' : 'pending';
    return pendingRow(call, call.server === this.server ? waits : 'skipped');
  }

  /** Ends a running replay; what was decided so far stays. One that has caught up with its trace goes on following it. */
  cancel(): void {
    if (this.#run.status === 'running') this.#running?.abort.abort();
  }

  /**
   * Replays the whole trace on a fresh instance; a replay that runs is ended first. Resolves when everything that is there is decided; a
   * growing trace is followed from then on. Never rejects: the run's state tells.
   */
  async replay(): Promise<void> {
    // Of several that wait, each finds the one before it running: the last one asked for stays.
    while (this.#running !== undefined) {
      this.#running.abort.abort();
      await this.#running.ended;
    }
    if (this.#disposed) return;
    this.#forget();
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

  /** Replays anew beside what is shown, when the trace was replayed to an end that it has grown beyond. */
  #resume(): void {
    if (this.#disposed || this.#running !== undefined || this.#run.status !== 'done') return;
    this.#start(new RunResults());
  }

  /** `results`: those that are shown, or others that take their place when the run has caught up. */
  #start(results: RunResults): Running {
    const abort = new AbortController();
    const epoch = this.#epoch;
    let caughtUpWith: Trace | undefined;
    let isThere = (): void => undefined;
    const caughtUp = new Promise<void>((resolve) => (isThere = resolve));
    const run = new SessionRun({
      settings: this.#settings,
      services: this.#services,
      feed: this.#feed,
      signal: abort.signal,
      results,
      isShown: results === this.#results,
      report: (report) => {
        // What a run still says after its settings were replaced is about a guard that nobody looks at any more.
        if (epoch === this.#epoch) this.#take(report);
        caughtUpWith = report.trace ?? caughtUpWith;
        if (report.trace?.growing === true) isThere();
      },
    });
    const ended = run.run().finally(() => {
      this.#running = undefined;
      // The trace had ended, and has grown all the same while the run was closing its guard.
      if (caughtUpWith !== undefined && caughtUpWith !== this.#feed.trace) this.#resume();
    });
    this.#running = { abort, caughtUp, ended };
    return this.#running;
  }

  #take({ run, guard, guardProblems, policyProblems, server, trace, results }: RunReport): void {
    if (results !== undefined) this.#show(results);
    if (trace !== undefined) this.#trace = trace;
    if (server !== undefined) this.#server = server;
    this.#guardProblems = guardProblems ?? this.#guardProblems;
    this.#policyProblems = policyProblems ?? this.#policyProblems;
    this.#guard = guard ?? this.#guard;
    if (run === undefined) return;
    this.#run = { ...this.#run, ...run };
    this.#announce();
  }

  #show(results: RunResults): void {
    const before = this.#results;
    this.#results = results;
    before.dispose();
  }

  #forget(): void {
    this.#epoch++;
    this.#show(new RunResults());
    this.#run = idle;
    this.#server = null;
    this.#guardProblems = [];
    this.#policyProblems = [];
    this.#guard = freshStanding(this.#settings);
  }

  #announce(): void {
    if (this.#disposed) return;
    this.#revision++;
    this.#changed.fire();
  }
}
