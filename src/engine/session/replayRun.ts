/** One run of a trace view: opens policy and guard, replays the feed, and starts again where a late answer changes earlier decisions. */
import { type Failure, failureToProblem, toFailure } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { RunState } from '../../core/protocol/panel.ts';
import { formatFacts } from '../../core/trace/formats.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import { busiestServer, countServers } from '../../core/trace/model/busiestServer.ts';
import { requireRecordedServer } from '../../core/trace/model/requireTrace.ts';
import { type OpenedSession, openSession, type ServerToOpen } from '../replay/openSession.ts';
import type { ThreadSession } from '../sessionWorker/host/threadSession.ts';
import { chooseServer, replayFeed } from './replayFeed.ts';
import {
  configuredServers,
  readRunInputs,
  type RunInputs,
  serversOf,
  type WhyUndecided,
  whyUndecided,
  withFailures,
} from './runInputs.ts';
import { type GuardStatus, initialGuardStatus, type RunSetup } from './runReport.ts';
import { RunResults } from './runResults.ts';
import { decideUnchanged, inputsOf } from './changes/unchangedRun.ts';
import { openInThread, replayInThread } from './threadRun.ts';

export class ReplayRun {
  readonly #setup: RunSetup;
  #results: RunResults;
  #isShown: boolean;
  #server: string | null = null;
  #why: WhyUndecided;
  #total: { readonly trace: Trace; readonly why: WhyUndecided; readonly calls: number } | undefined;
  #guard: GuardStatus;
  #guardProblems: readonly Problem[] = [];
  #policyProblems: readonly Problem[] = [];
  #configProblems: readonly Problem[] = [];

  constructor(setup: RunSetup) {
    const { settings, feed } = setup;
    this.#setup = setup;
    this.#results = setup.results;
    this.#isShown = setup.isShown;
    this.#guard = initialGuardStatus(settings);
    // Before its configuration is read, a run expects to decide every call.
    const main = settings.server ?? busiestServer(feed.trace);
    this.#why = settings.config === null ? whyUndecided(null, main) : () => null;
  }

  /** Resolves when the trace has ended or the signal aborts. Never rejects: failures are reported. */
  async run(): Promise<void> {
    const { signal } = this.#setup;
    try {
      while (!(await this.#runOnInstances())) {
        this.#results = new RunResults(this.#results.baseline);
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

  /** Replays on fresh guard instances. False: the run must start again. */
  async #runOnInstances(): Promise<boolean> {
    const results = this.#results;
    const loading: GuardStatus = { status: 'loading', message: '' };
    if (this.#isShown) this.#report({ status: 'running', total: this.#countCalls() }, loading);
    else this.#guard = loading;
    const servers = await this.#servers(await this.#readInputs());
    if (servers === null) return true;
    const { paths, feed, services, signal } = this.#setup;
    const { trace } = feed;
    try {
      const thread = await openInThread(paths, trace, { ...services, signal });
      return thread === null ? await this.#decide(servers) : await this.#decideInThread(thread, servers, trace);
    } finally {
      if (!this.#isShown) results.dispose();
    }
  }

  /** The servers that are decided, with their guards. Null: the trace has no calls, or the signal aborted. */
  async #servers(inputs: RunInputs): Promise<readonly ServerToOpen[] | null> {
    const { settings, feed, report } = this.#setup;
    const { config } = inputs;
    report({ configured: configuredServers(config) });
    if (config === null && feed.trace.growing !== true)
      requireRecordedServer(countServers(feed.trace), settings.server);
    this.#reportWhy(config === null ? this.#why : whyUndecided(config, null));
    const main = config === null ? await this.#chooseServer() : '';
    if (main === null) return null;
    if (config === null) this.#reportWhy(whyUndecided(null, main));
    const { servers, problems } = serversOf(inputs, feed.trace, main);
    report({
      files: servers.flatMap(({ guardPath }) => (guardPath === null || guardPath === 'noop' ? [] : [guardPath])),
    });
    if (config !== null) this.#reportConfig(problems);
    return servers.length === 0 ? null : servers;
  }

  /** Opens the guards. Throws the failure of the first when none can be opened. */
  async #open(servers: readonly ServerToOpen[]): Promise<OpenedSession> {
    const { services, signal } = this.#setup;
    const opened = await openSession(servers, { ...services, signal }, { signal });
    this.#opened(opened);
    return opened;
  }

  /** Reports which guards can be used. */
  #opened({ problems, failures }: Pick<OpenedSession, 'problems' | 'failures'>): void {
    this.#guardProblems = problems;
    this.#setup.report({ guardProblems: problems });
    if (failures.size > 0) this.#reportWhy(withFailures(this.#why, failures));
    const ready: GuardStatus = { status: 'ready', message: '' };
    if (this.#isShown) this.#report({ total: this.#countCalls() }, ready);
    else this.#guard = ready;
  }

  #progress(durationMs: number): Partial<RunState> {
    const { done, counts, marks, missedLookups } = this.#results;
    return { done, counts, marks, missedLookups, total: this.#countCalls(), durationMs };
  }

  #guardStatus(isHealthy: boolean): GuardStatus {
    const { trap } = this.#results;
    return isHealthy && trap === '' ? this.#guard : { status: 'poisoned', message: trap };
  }

  /** Decides the calls of a trace that its thread has read. False: the trace has grown meanwhile, so the run must start again. */
  async #decideInThread(session: ThreadSession, servers: readonly ServerToOpen[], trace: Trace): Promise<boolean> {
    const { feed, signal, report, services } = this.#setup;
    const results = this.#results;
    let beganAt = performance.now();
    let canBeKept = false;
    const progress = (): Partial<RunState> => this.#progress(performance.now() - beganAt);
    try {
      const changes = this.#setup.changes();
      const run = { session, servers, trace, changes, signal };
      if (!(await decideUnchanged(run, results, this.#setup.compareWithout))) return true;
      const end = await replayInThread({
        ...run,
        results,
        onLoaded: (prepared) => {
          this.#opened(prepared);
          results.inputs = inputsOf(session, prepared, changes);
          beganAt = performance.now();
        },
        onStep: () => {
          if (this.#isShown) this.#report(progress(), this.#guardStatus(true));
        },
        // What changed is shown before the records are there. While a run is on show, its records come with its rows.
        ...(this.#isShown ? {} : { onDecided: (findings) => this.#decided(trace, findings, progress()) }),
      });
      if (end === null) return true;
      if (feed.trace !== trace) return false;
      canBeKept = services.kept !== undefined;
      results.setFindings(end.findings);
      report(this.#isShown ? { trace } : { trace, results });
      this.#isShown = true;
      this.#report(progress(), this.#guardStatus(end.healthy));
      return true;
    } finally {
      results.awaitsRecords = false;
      if (canBeKept) services.kept?.give(trace, session);
      else await session.close();
    }
  }

  /** Shows the decisions of a run in the background. */
  #decided(trace: Trace, findings: readonly Problem[], progress: Partial<RunState>): void {
    const { feed, signal, report } = this.#setup;
    const results = this.#results;
    if (signal.aborted || feed.trace !== trace) return;
    results.awaitsRecords = true;
    results.setFindings(findings);
    report({ trace, results });
    this.#isShown = true;
    this.#report(progress, this.#guardStatus(true));
  }

  /** Decides the calls of the trace, and those that it grows by. False: the run must start again. */
  async #decide(servers: readonly ServerToOpen[]): Promise<boolean> {
    const opened = await this.#open(servers);
    try {
      return await this.#follow(opened);
    } finally {
      await opened.close();
    }
  }

  async #follow({ session, isHealthy }: OpenedSession): Promise<boolean> {
    const { feed, signal } = this.#setup;
    const results = this.#results;
    let resumedAt = performance.now();
    let spentMs = 0;
    const progress = (durationMs: number): Partial<RunState> => this.#progress(durationMs);
    const guardStatus = (): GuardStatus => this.#guardStatus(isHealthy());
    return await replayFeed({
      session: { ...session, signal },
      feed,
      changes: this.#setup.changes(),
      results,
      onStep: () => {
        if (this.#isShown) this.#report(progress(spentMs + performance.now() - resumedAt), guardStatus());
      },
      onCaughtUp: (trace) => {
        this.#setup.report(this.#isShown ? { trace } : { trace, results });
        this.#isShown = true;
        spentMs += performance.now() - resumedAt;
        // A run over a trace that has ended is done only when its guards are closed.
        this.#report({ ...(trace.growing === true ? { status: 'done' } : {}), ...progress(spentMs) }, guardStatus());
      },
      // The time between the calls of a live session does not count as the run's.
      onWoken: () => {
        resumedAt = performance.now();
      },
    });
  }

  /** Waits for the first call of a growing trace. Null: the trace has no calls, or the signal aborted. */
  async #chooseServer(): Promise<string | null> {
    const { settings, feed, signal, report } = this.#setup;
    const { trace } = feed;
    // A capture has one server, and names it before the first call, so that its guard is loaded when the call comes.
    const ofCapture =
      formatFacts(trace.format).endsWithTap && trace.growing === true ? (trace.servers[0] ?? null) : null;
    const wanted = settings.server ?? this.#server ?? busiestServer(trace) ?? ofCapture;
    if (trace.growing === true && wanted === null) {
      report({ trace });
      this.#report({ status: 'done' });
    }
    const server = await chooseServer(wanted, feed, signal);
    if (signal.aborted) return null;
    this.#server = server;
    report({ server });
    return server;
  }

  #readInputs(): Promise<RunInputs> {
    const { settings, feed, texts } = this.#setup;
    return readRunInputs(settings, feed.trace, texts, {
      policyProblems: (policyProblems) => {
        this.#policyProblems = policyProblems;
        this.#setup.report({ policyProblems });
      },
      configProblems: (problems) => this.#reportConfig(problems),
    });
  }

  #reportConfig(configProblems: readonly Problem[]): void {
    this.#configProblems = configProblems;
    this.#setup.report({ configProblems });
  }

  #reportWhy(why: WhyUndecided): void {
    this.#why = why;
    this.#setup.report({ why });
  }

  /** Number of agent calls of the decided servers in the current trace. */
  #countCalls(): number {
    const { trace } = this.#setup.feed;
    const why = this.#why;
    if (this.#total?.trace !== trace || this.#total.why !== why) {
      const decided = new Map(trace.servers.map((server) => [server, why(server) === null]));
      const isDecided = (server: string): boolean => decided.get(server) ?? why(server) === null;
      this.#total = { trace, why, calls: trace.calls.filter(({ server }) => isDecided(server)).length };
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
    if (/^(?:config|gateway)\//.test(code)) this.#reportConfig([...this.#configProblems, problem]);
    else if (!code.startsWith('policy/')) {
      this.#setup.report({ guardProblems: [...this.#guardProblems, problem] });
    } else if (!this.#policyProblems.some(({ severity }) => severity === 'error')) {
      this.#setup.report({ policyProblems: [...this.#policyProblems, problem] });
    }
    const isGuardFailure = this.#guard.status === 'loading' && code.startsWith('guard/');
    const guard: GuardStatus = isGuardFailure
      ? { status: 'failed', message }
      : initialGuardStatus(this.#setup.settings);
    this.#report({ status: 'failed', message }, guard);
  }
}
