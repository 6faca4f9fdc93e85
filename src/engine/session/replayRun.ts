/** One run of a trace view: opens policy and guard, replays the feed, and starts again where a late answer changes earlier decisions. */
import { type Failure, failureToProblem, toFailure } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import type { RunState } from '../../core/protocol/panel.ts';
import type { Policy } from '../../core/policy/policy.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import { busiestServer } from '../../core/trace/model/busiestServer.ts';
import { requireRecordedServer } from '../../core/trace/model/requireTrace.ts';
import { type GuardServices, openGuard } from '../guard/openGuard.ts';
import { readPolicy, requirePolicy } from '../guard/readPolicy.ts';
import { chooseServer, replayFeed } from './replayFeed.ts';
import { RunResults } from './runResults.ts';
import type { TraceFeed } from './traceFeed.ts';

/** Inputs of a replay beside the trace. Paths are absolute; null: nothing chosen. */
export interface ReplaySettings {
  readonly guard: string | null;
  readonly policy: string | null;
  /** Mode of servers whose guard sets none (gateway spec 3.10). */
  readonly mode: EnforcementMode;
  /** Server whose calls go through the guard; null: the one with the most calls. */
  readonly server: string | null;
  readonly trustedBots: readonly string[];
  readonly deadlineMs: number;
}

/** Status of the guard after the last attempt to use it. */
export interface GuardStatus {
  readonly status: 'none' | 'loading' | 'ready' | 'failed' | 'poisoned';
  /** Why it failed or is poisoned; empty otherwise. */
  readonly message: string;
}

/** Status of the chosen guard before it is used. */
export function initialGuardStatus({ guard }: ReplaySettings): GuardStatus {
  return { status: guard === null ? 'none' : 'ready', message: '' };
}

/** A change that a run reports; an absent member has not changed. */
export interface RunReport {
  readonly run?: Partial<RunState>;
  readonly guard?: GuardStatus;
  readonly guardProblems?: readonly Problem[];
  readonly policyProblems?: readonly Problem[];
  readonly server?: string | null;
  /** Every call of this trace that is ready has been decided. */
  readonly trace?: Trace;
  /** Results that replace those on show. */
  readonly results?: RunResults;
}

/** Inputs of a run. */
export interface RunSetup {
  readonly settings: ReplaySettings;
  readonly services: GuardServices;
  readonly feed: TraceFeed;
  readonly signal: AbortSignal;
  /** Results to fill. */
  readonly results: RunResults;
  /** Whether `results` are on show while they are filled; otherwise they are reported once the run has caught up. */
  readonly isShown: boolean;
  readonly report: (report: RunReport) => void;
}

export class ReplayRun {
  readonly #setup: RunSetup;
  #results: RunResults;
  #isShown: boolean;
  #server: string | null = null;
  #total: { readonly trace: Trace; readonly server: string | null; readonly calls: number } | undefined;
  #guard: GuardStatus;
  #guardProblems: readonly Problem[] = [];
  #policyProblems: readonly Problem[] = [];

  constructor(setup: RunSetup) {
    this.#setup = setup;
    this.#results = setup.results;
    this.#isShown = setup.isShown;
    this.#guard = initialGuardStatus(setup.settings);
  }

  /** Resolves when the trace has ended or the signal aborts. Never rejects: failures are reported. */
  async run(): Promise<void> {
    const { signal } = this.#setup;
    try {
      while (!(await this.#runOnInstance())) {
        this.#results = new RunResults();
        this.#isShown = false;
      }
      if (!signal.aborted) this.#report({ status: 'done' });
    } catch (thrown) {
      if (!signal.aborted) this.#fail(toFailure(thrown));
    }
    if (!signal.aborted) return;
    // The abort itself poisons an instance, which says nothing about the guard.
    const guard = initialGuardStatus(this.#setup.settings);
    this.#report({ status: 'cancelled', message: 'The replay was cancelled' }, guard);
  }

  /** Replays on a fresh guard instance. False: the run must start again. */
  async #runOnInstance(): Promise<boolean> {
    const { settings, services, feed, signal } = this.#setup;
    const results = this.#results;
    if (this.#isShown) {
      this.#report({ status: 'running', total: this.#countCalls() }, { status: 'loading', message: '' });
    }
    if (feed.trace.growing !== true) requireRecordedServer(feed.trace, settings.server);
    const policy = await this.#readPolicy();
    const { mode, trustedBots, deadlineMs } = settings;
    const { guard, problems } = await openGuard(settings.guard, policy, { ...services, deadlineMs, signal });
    try {
      this.#guardProblems = problems;
      this.#setup.report({ guardProblems: problems });
      if (this.#isShown) this.#report({}, { status: 'ready', message: '' });
      const server = await this.#chooseServer();
      if (server === null) return true;
      let resumedAt = performance.now();
      let spentMs = 0;
      const progress = (durationMs: number): Partial<RunState> => {
        const { done, counts, marks, missedLookups } = results;
        return { done, counts, marks, missedLookups, total: this.#countCalls(), durationMs };
      };
      const guardStatus = (): GuardStatus =>
        guard.healthy && results.trap === '' ? this.#guard : { status: 'poisoned', message: results.trap };
      return await replayFeed({
        guard,
        policy: policy?.payload,
        settings: { mode, trustedBots, deadlineMs },
        server,
        feed,
        results,
        signal,
        onStep: () => {
          if (this.#isShown) this.#report(progress(spentMs + performance.now() - resumedAt), guardStatus());
        },
        onCaughtUp: (trace) => {
          this.#setup.report(this.#isShown ? { trace } : { trace, results });
          this.#isShown = true;
          spentMs += performance.now() - resumedAt;
          // A run over a trace that has ended is done only when its guard is closed.
          this.#report({ ...(trace.growing === true ? { status: 'done' } : {}), ...progress(spentMs) }, guardStatus());
        },
        // The time between the calls of a live session does not count as the run's.
        onWoken: () => {
          resumedAt = performance.now();
        },
      });
    } finally {
      if (!this.#isShown) results.dispose();
      await guard.close();
    }
  }

  /** Waits for the first call of a growing trace. Null: the trace has no calls, or the signal aborted. */
  async #chooseServer(): Promise<string | null> {
    const { settings, feed, signal, report } = this.#setup;
    const wanted = settings.server ?? this.#server;
    const { trace } = feed;
    if (trace.growing === true && (wanted ?? busiestServer(trace)) === null) {
      report({ trace });
      this.#report({ status: 'done' });
    }
    const server = await chooseServer(wanted, feed, signal);
    if (signal.aborted) return null;
    this.#server = server;
    report({ server });
    return server;
  }

  async #readPolicy(): Promise<Policy | null> {
    const { policy: path } = this.#setup.settings;
    const parsed = await readPolicy(path).catch((thrown: unknown) => {
      return { value: null, problems: [failureToProblem(toFailure(thrown))] };
    });
    this.#policyProblems = parsed.problems;
    this.#setup.report({ policyProblems: parsed.problems });
    return requirePolicy(parsed, path);
  }

  /** Number of agent calls of the server in the current trace. */
  #countCalls(): number {
    const { settings, feed } = this.#setup;
    const { trace } = feed;
    if (this.#total?.trace !== trace || this.#total.server !== this.#server) {
      const server = settings.server ?? this.#server ?? busiestServer(trace);
      const calls = trace.calls.filter((call) => call.server === server).length;
      this.#total = { trace, server: this.#server, calls };
    }
    return this.#total.calls - this.#results.lookups;
  }

  #report(run: Partial<RunState>, guard: GuardStatus = this.#guard): void {
    this.#guard = guard;
    this.#setup.report({ run, guard });
  }

  #fail(failure: Failure): void {
    const { code, message } = failure;
    const problem = failureToProblem(failure);
    if (!code.startsWith('policy/')) this.#setup.report({ guardProblems: [...this.#guardProblems, problem] });
    else if (!this.#policyProblems.some(({ severity }) => severity === 'error')) {
      this.#setup.report({ policyProblems: [...this.#policyProblems, problem] });
    }
    const isGuardFailure = this.#guard.status === 'loading' && code.startsWith('guard/');
    const guard: GuardStatus = isGuardFailure
      ? { status: 'failed', message }
      : initialGuardStatus(this.#setup.settings);
    this.#report({ status: 'failed', message }, guard);
  }
}
