/** One opened trace with its guard, policy and mode, and the run that replays it: the only mutable state of the engine. */
import { Emitter, type Event } from '../../core/base/event.ts';
import { Failure, failureToProblem, toFailure } from '../../core/base/failure.ts';
import type { JsonObject } from '../../core/base/json.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { DecisionRecord, EnforcementMode, Outcome } from '../../core/difc/decision.ts';
import type { RunState } from '../../core/protocol/panel.ts';
import type { CallRow } from '../../core/protocol/rows.ts';
import type { Policy } from '../../core/policy/policy.ts';
import type { Trace, TraceCall } from '../../core/trace/model.ts';
import type { Guard } from '../guard/guard.ts';
import { busiestServer, replayTrace } from '../replay/replayTrace.ts';
import { type GuardServices, openGuard, type OpenedGuard, readPolicy, requirePolicy, requireServer } from './inputs.ts';
import { decisionRow, lookupRow, pendingRow } from './presentRow.ts';
import { RecordStore } from './recordStore.ts';
import { MemoryTimeline } from './timeline.ts';

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

const noCounts: Readonly<Record<Outcome, number>> = { allowed: 0, filtered: 0, denied: 0, blocked: 0, error: 0 };
const idle: RunState = { status: 'idle', done: 0, total: 0, durationMs: 0, counts: noCounts, message: '' };

export class ReplaySession implements Disposable {
  readonly path: string;
  readonly trace: Trace;
  readonly #services: GuardServices;
  readonly #changed = new Emitter<void>();
  readonly #records = new RecordStore();
  readonly #rows = new Map<number, CallRow>();
  readonly #timeline = new MemoryTimeline();
  #settings: SessionSettings;
  #guard: GuardStanding;
  #policyProblems: readonly Problem[] = [];
  #guardProblems: readonly Problem[] = [];
  #guardMode: EnforcementMode | null = null;
  #run: RunState = idle;
  #revision = 1;
  /** Counts the fresh starts, so that a run can tell whether its rows are still wanted. */
  #epoch = 0;
  #running: { readonly abort: AbortController; readonly ended: Promise<void> } | undefined;
  #disposed = false;

  /** Fires after every change of settings, run or rows; many times a second while a replay runs. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(path: string, trace: Trace, settings: SessionSettings, services: GuardServices) {
    this.path = path;
    this.trace = trace;
    this.#settings = settings;
    this.#services = services;
    this.#guard = this.#standing();
  }

  get settings(): SessionSettings {
    return this.#settings;
  }

  get guard(): GuardStanding {
    return this.#guard;
  }

  /** The mode that the guard named in this run; null when it named none, or before it was asked. */
  get guardMode(): EnforcementMode | null {
    return this.#guardMode;
  }

  get run(): RunState {
    return this.#run;
  }

  /** Grows whenever a row may have changed. */
  get revision(): number {
    return this.#revision;
  }

  get memory(): MemoryTimeline {
    return this.#timeline;
  }

  /** The server whose calls go through the guard; null for a trace without calls. */
  get server(): string | null {
    return this.#settings.server ?? busiestServer(this.trace);
  }

  /** Problems of the guard, the policy and the trace, in this order. */
  get problems(): readonly Problem[] {
    return [...this.#guardProblems, ...this.#policyProblems, ...this.trace.problems];
  }

  get policyProblems(): readonly Problem[] {
    return this.#policyProblems;
  }

  /** Replaces settings; rows of an earlier run are stale from then on and go. */
  update(patch: Partial<SessionSettings>): void {
    this.cancel();
    this.#settings = { ...this.#settings, ...patch };
    this.#forget();
    this.#announce();
  }

  call(index: number): TraceCall | undefined {
    return this.trace.calls[index];
  }

  record(index: number): DecisionRecord | undefined {
    return this.#records.get(index);
  }

  records(): Generator<DecisionRecord> {
    return this.#records.all();
  }

  row(index: number): CallRow {
    const known = this.#rows.get(index);
    if (known !== undefined) return known;
    const call = this.call(index);
    if (call === undefined) throw new Failure('session/no-such-call', `The trace has no call ${index}`);
    return pendingRow(call, call.server === this.server ? 'pending' : 'skipped');
  }

  /** Ends a running replay; what was decided so far stays. */
  cancel(): void {
    this.#running?.abort.abort();
  }

  /** Replays the whole trace on a fresh instance; a replay that runs is ended first. Never rejects: the run's state tells. */
  async replay(): Promise<void> {
    // Of several that wait, each finds the one before it running: the last one asked for stays.
    while (this.#running !== undefined) {
      this.cancel();
      await this.#running.ended;
    }
    if (this.#disposed) return;
    const abort = new AbortController();
    const ended = this.#replay(abort.signal).finally(() => {
      this.#running = undefined;
    });
    this.#running = { abort, ended };
    await ended;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.cancel();
    this.#records.dispose();
    this.#changed.dispose();
  }

  async #replay(signal: AbortSignal): Promise<void> {
    this.#forget();
    const epoch = this.#epoch;
    const began = performance.now();
    // What a run still says after its settings were replaced is about a guard that nobody looks at any more.
    const tell = (run: Partial<RunState>, guard = this.#guard): void => {
      if (epoch !== this.#epoch) return;
      this.#guard = guard;
      this.#run = { ...this.#run, durationMs: performance.now() - began, ...run };
      this.#announce();
    };
    const total = this.trace.calls.filter((call) => call.server === this.server).length;
    tell({ status: 'running', total }, { status: 'loading', message: '' });
    try {
      requireServer(this.trace, this.#settings.server);
      const policy = await this.#readPolicy(epoch);
      const { guard, problems } = await this.#openGuard(policy, signal);
      if (epoch === this.#epoch) this.#guardProblems = problems;
      tell({}, { status: 'ready', message: '' });
      try {
        await this.#drive(guard, policy?.payload, signal, tell);
        if (!guard.healthy) tell({}, { status: 'poisoned', message: this.#guard.message });
      } finally {
        await guard.close();
      }
      if (!signal.aborted) tell({ status: 'done' });
    } catch (thrown) {
      if (epoch === this.#epoch && !signal.aborted) this.#fail(toFailure(thrown), tell);
    }
    // The cancel itself poisons an instance, which says nothing about the guard.
    if (signal.aborted) tell({ status: 'cancelled', message: 'The replay was cancelled' }, this.#standing());
  }

  async #readPolicy(epoch: number): Promise<Policy | null> {
    const { policy: path } = this.#settings;
    const parsed = await readPolicy(path).catch((thrown: unknown) => {
      return { value: null, problems: [failureToProblem(toFailure(thrown))] };
    });
    if (epoch === this.#epoch) this.#policyProblems = parsed.problems;
    return requirePolicy(parsed, path);
  }

  #openGuard(policy: Policy | null, signal: AbortSignal): Promise<OpenedGuard> {
    const { guard, deadlineMs } = this.#settings;
    return openGuard(guard, policy, { ...this.#services, deadlineMs, signal });
  }

  async #drive(
    guard: Guard,
    policy: JsonObject | undefined,
    signal: AbortSignal,
    tell: (run: Partial<RunState>) => void,
  ): Promise<void> {
    const { server } = this;
    const { mode, trustedBots, deadlineMs } = this.#settings;
    const onLookup = (lookup: TraceCall, madeFor: TraceCall): void => {
      this.#rows.set(lookup.index, lookupRow(lookup, madeFor));
      tell({ total: this.#run.total - 1 });
    };
    const options = { guard, policy, mode, trustedBots, deadlineMs, signal, onLookup, backend: 'recorded' as const };
    for await (const record of replayTrace(this.trace, { ...options, ...(server === null ? {} : { server }) })) {
      if (this.#disposed || signal.aborted) return;
      this.#keep(record);
      const counts = { ...this.#run.counts, [record.outcome]: this.#run.counts[record.outcome] + 1 };
      tell({ done: this.#run.done + 1, counts });
    }
  }

  #fail(failure: Failure, tell: (run: Partial<RunState>, guard: GuardStanding) => void): void {
    const { code, message } = failure;
    if (!code.startsWith('policy/')) this.#guardProblems = [...this.#guardProblems, failureToProblem(failure)];
    else if (!this.#policyProblems.some(({ severity }) => severity === 'error')) {
      this.#policyProblems = [...this.#policyProblems, failureToProblem(failure)];
    }
    const ofGuard = this.#guard.status === 'loading' && code.startsWith('guard/');
    tell({ status: 'failed', message }, ofGuard ? { status: 'failed', message } : this.#standing());
  }

  #keep(record: DecisionRecord): void {
    this.#records.add(record);
    this.#rows.set(record.index, decisionRow(record));
    // Without a policy label_agent is not called, so the mode is the configured one.
    if (this.#settings.policy !== null && record.endedIn !== 'init') this.#guardMode = record.mode;
    const memories = record.guardCalls.flatMap((call) => (call.memory === null ? [] : [call.memory]));
    const last = memories.at(-1);
    if (last !== undefined) {
      this.#timeline.add(record.index, { after: last.after, peak: Math.max(...memories.map(({ peak }) => peak)) });
    }
    const trap = record.guardCalls.find((call) => call.poisoned && call.error !== null);
    if (trap !== undefined && this.#guard.message === '') {
      this.#guard = { status: 'poisoned', message: `${trap.error} (call ${record.index + 1}, ${trap.function})` };
    }
  }

  #forget(): void {
    this.#epoch++;
    this.#records.clear();
    this.#rows.clear();
    this.#timeline.clear();
    this.#run = idle;
    this.#guardMode = null;
    this.#guardProblems = [];
    this.#policyProblems = [];
    this.#guard = this.#standing();
  }

  /** How the chosen guard stands as long as nothing has been tried with it. */
  #standing(): GuardStanding {
    return { status: this.#settings.guard === null ? 'none' : 'ready', message: '' };
  }

  #announce(): void {
    if (this.#disposed) return;
    this.#revision++;
    this.#changed.fire();
  }
}
