/** One opened trace with its guard, policy and mode, and the run that replays it: the only mutable state of the engine. */
import { Emitter, type Event } from '../../core/base/event.ts';
import { Failure, failureToProblem, toFailure } from '../../core/base/failure.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { DecisionRecord, EnforcementMode, Outcome } from '../../core/difc/decision.ts';
import type { RunState } from '../../core/protocol/panel.ts';
import type { CallRow } from '../../core/protocol/rows.ts';
import type { Trace, TraceCall } from '../../core/trace/model.ts';
import { busiestServer, replayTrace } from '../replay/replayTrace.ts';
import { openGuard, readPolicy, type GuardServices } from './inputs.ts';
import { decisionRow, pendingRow } from './presentRow.ts';
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
  #guard: GuardStanding = { status: 'none', message: '' };
  #policyProblems: readonly Problem[] = [];
  #guardProblems: readonly Problem[] = [];
  #run: RunState = idle;
  #revision = 1;
  #running: { readonly abort: AbortController; readonly ended: Promise<void> } | undefined;
  #disposed = false;

  /** Fires after every change of settings, run or rows; many times a second while a replay runs. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(path: string, trace: Trace, settings: SessionSettings, services: GuardServices) {
    this.path = path;
    this.trace = trace;
    this.#settings = settings;
    this.#services = services;
  }

  get settings(): SessionSettings {
    return this.#settings;
  }

  get guard(): GuardStanding {
    return this.#guard;
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
    this.cancel();
    await this.#running?.ended;
    if (this.#disposed) return;
    const abort = new AbortController();
    const ended = this.#replay(abort.signal);
    this.#running = { abort, ended };
    await ended;
    if (this.#running?.abort === abort) this.#running = undefined;
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
    const { server } = this;
    const total = this.trace.calls.filter((call) => call.server === server).length;
    const began = performance.now();
    const progress = (patch: Partial<RunState>): void => {
      this.#run = { ...this.#run, durationMs: performance.now() - began, ...patch };
      this.#announce();
    };
    this.#guard = { status: 'loading', message: '' };
    progress({ status: 'running', total });
    try {
      const policy = await readPolicy(this.#settings.policy);
      this.#policyProblems = policy.problems;
      const opened = await openGuard(this.#settings.guard, policy.value, this.#services);
      this.#guardProblems = opened.problems;
      this.#guard = { status: 'ready', message: '' };
      try {
        await this.#drive(opened.guard, policy.value?.payload, server, signal, progress);
        const poisoned = !opened.guard.healthy;
        this.#guard = { status: poisoned ? 'poisoned' : 'ready', message: poisoned ? this.#guard.message : '' };
      } finally {
        await opened.guard.close();
      }
      progress({
        status: signal.aborted ? 'cancelled' : 'done',
        message: signal.aborted ? 'The replay was cancelled' : '',
      });
    } catch (thrown) {
      const failure = toFailure(thrown);
      if (this.#guard.status === 'loading') this.#guard = { status: 'failed', message: failure.message };
      this.#guardProblems = [...this.#guardProblems, failureToProblem(failure)];
      progress({ status: 'failed', message: failure.message });
    }
  }

  async #drive(
    guard: Parameters<typeof replayTrace>[1]['guard'],
    policy: Parameters<typeof replayTrace>[1]['policy'],
    server: string | null,
    signal: AbortSignal,
    progress: (patch: Partial<RunState>) => void,
  ): Promise<void> {
    const { mode, trustedBots, deadlineMs } = this.#settings;
    const options = { guard, policy, mode, trustedBots, deadlineMs, signal, backend: 'recorded' as const };
    for await (const record of replayTrace(this.trace, { ...options, ...(server === null ? {} : { server }) })) {
      if (this.#disposed || signal.aborted) return;
      this.#keep(record);
      const counts = { ...this.#run.counts, [record.outcome]: this.#run.counts[record.outcome] + 1 };
      progress({ done: this.#run.done + 1, counts });
    }
  }

  #keep(record: DecisionRecord): void {
    this.#records.add(record);
    this.#rows.set(record.index, decisionRow(record));
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
    this.#records.clear();
    this.#rows.clear();
    this.#timeline.clear();
    this.#run = idle;
    this.#guardProblems = [];
    this.#guard = { status: this.#settings.guard === null ? 'none' : 'ready', message: '' };
  }

  #announce(): void {
    if (this.#disposed) return;
    this.#revision++;
    this.#changed.fire();
  }
}
