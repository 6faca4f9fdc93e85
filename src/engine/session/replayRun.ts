/** One run of a session: opens policy and guard, drives them over the trace, and begins anew where what came late asks for it. */
import { type Failure, failureToProblem, toFailure } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { RunState } from '../../core/protocol/panel.ts';
import type { Policy } from '../../core/policy/policy.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import { busiestServer } from '../../core/trace/model/busiestServer.ts';
import { chooseServer, driveRun } from './followTrace.ts';
import { type GuardServices, openGuard, readPolicy, requirePolicy, requireServer } from '../guard/inputs.ts';
import type { GuardStanding, SessionSettings } from './traceView.ts';
import { RunResults } from './runResults.ts';
import type { TraceFeed } from './traceFeed.ts';

/** What a run says of itself; what is absent stays as it is. */
export interface RunReport {
  readonly run?: Partial<RunState>;
  readonly guard?: GuardStanding;
  readonly guardProblems?: readonly Problem[];
  readonly policyProblems?: readonly Problem[];
  readonly server?: string | null;
  /** Everything in this trace that can be decided is decided. */
  readonly trace?: Trace;
  /** Results that take the place of those that are shown. */
  readonly results?: RunResults;
}

/** What a run is made with. */
export interface RunSetup {
  readonly settings: SessionSettings;
  readonly services: GuardServices;
  readonly feed: TraceFeed;
  readonly signal: AbortSignal;
  /** What is shown while the run fills it, or beside it until the run has caught up. */
  readonly results: RunResults;
  readonly isShown: boolean;
  readonly report: (report: RunReport) => void;
}

/** How the chosen guard stands as long as nothing has been tried with it. */
export function freshStanding({ guard }: SessionSettings): GuardStanding {
  return { status: guard === null ? 'none' : 'ready', message: '' };
}

export class SessionRun {
  readonly #setup: RunSetup;
  #results: RunResults;
  #isShown: boolean;
  #server: string | null = null;
  #counted: { readonly trace: Trace; readonly of: string | null; readonly calls: number } | undefined;
  #guard: GuardStanding;
  #guardProblems: readonly Problem[] = [];
  #policyProblems: readonly Problem[] = [];

  constructor(setup: RunSetup) {
    this.#setup = setup;
    this.#results = setup.results;
    this.#isShown = setup.isShown;
    this.#guard = freshStanding(setup.settings);
  }

  /** Resolves when the trace has ended, or the signal aborted. Never rejects: the reports tell. */
  async run(): Promise<void> {
    const { signal } = this.#setup;
    try {
      while (!(await this.#once())) {
        this.#results = new RunResults();
        this.#isShown = false;
      }
      if (!signal.aborted) this.#tell({ status: 'done' });
    } catch (thrown) {
      if (!signal.aborted) this.#fail(toFailure(thrown));
    }
    if (!signal.aborted) return;
    // The cancel itself poisons an instance, which says nothing about the guard.
    const guard = freshStanding(this.#setup.settings);
    this.#tell({ status: 'cancelled', message: 'The replay was cancelled' }, guard);
  }

  /** On one instance. False: the run must be begun anew. */
  async #once(): Promise<boolean> {
    const { settings, services, feed, signal } = this.#setup;
    const results = this.#results;
    if (this.#isShown) this.#tell({ status: 'running', total: this.#total() }, { status: 'loading', message: '' });
    if (feed.trace.growing !== true) requireServer(feed.trace, settings.server);
    const policy = await this.#readPolicy();
    const own = { ...services, deadlineMs: settings.deadlineMs, signal };
    const { guard, problems } = await openGuard(settings.guard, policy, own);
    try {
      this.#guardProblems = problems;
      this.#setup.report({ guardProblems: problems });
      if (this.#isShown) this.#tell({}, { status: 'ready', message: '' });
      const server = await this.#chooseServer();
      if (server === null) return true;
      let began = performance.now();
      let spent = 0;
      const progress = (durationMs: number): Partial<RunState> => {
        const { done, counts } = results;
        return { done, counts, total: this.#total(), durationMs };
      };
      const standing = (): GuardStanding =>
        guard.healthy && results.trap === '' ? this.#guard : { status: 'poisoned', message: results.trap };
      const onStep = (): void => {
        if (this.#isShown) this.#tell(progress(spent + performance.now() - began), standing());
      };
      const onCaughtUp = (trace: Trace): void => {
        this.#setup.report(this.#isShown ? { trace } : { trace, results });
        this.#isShown = true;
        spent += performance.now() - began;
        // A trace that has ended is done when its guard is closed.
        this.#tell({ ...(trace.growing === true ? { status: 'done' } : {}), ...progress(spent) }, standing());
      };
      // Time that passes between the calls of a live session is not the guard's.
      const onWoken = (): void => {
        began = performance.now();
      };
      const tellers = { onStep, onCaughtUp, onWoken };
      const { mode, trustedBots, deadlineMs } = settings;
      const chosen = { mode, trustedBots, deadlineMs };
      const { payload } = policy ?? {};
      return await driveRun({ guard, policy: payload, settings: chosen, server, feed, results, signal, ...tellers });
    } finally {
      if (!this.#isShown) results.dispose();
      await guard.close();
    }
  }

  /** A trace that grows may have no call yet. */
  async #chooseServer(): Promise<string | null> {
    const { settings, feed, signal, report } = this.#setup;
    const wanted = settings.server ?? this.#server;
    const { trace } = feed;
    if (trace.growing === true && (wanted ?? busiestServer(trace)) === null) {
      report({ trace });
      this.#tell({ status: 'done' });
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

  #total(): number {
    const { settings, feed } = this.#setup;
    const { trace } = feed;
    if (this.#counted?.trace !== trace || this.#counted.of !== this.#server) {
      const server = settings.server ?? this.#server ?? busiestServer(trace);
      const calls = trace.calls.filter((call) => call.server === server).length;
      this.#counted = { trace, of: this.#server, calls };
    }
    return this.#counted.calls - this.#results.lookups;
  }

  #tell(run: Partial<RunState>, guard: GuardStanding = this.#guard): void {
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
    const ofGuard = this.#guard.status === 'loading' && code.startsWith('guard/');
    this.#tell(
      { status: 'failed', message },
      ofGuard ? { status: 'failed', message } : freshStanding(this.#setup.settings),
    );
  }
}
