/** Serves the host of a session in its thread: reads the trace, loads the guards, replays and forks, and hands the items over in batches. */
import { toFailure } from '../../../core/base/failure.ts';
import type { Problem } from '../../../core/base/parsed.ts';
import { countServers } from '../../../core/trace/model/busiestServer.ts';
import { traceFingerprint } from '../../../core/trace/model/traceFingerprint.ts';
import type { Trace } from '../../../core/trace/model/traceModel.ts';
import { publicRepositoryOf } from '../../../core/trace/model/witness.ts';
import { readTraces } from '../../traceFiles/readTraces.ts';
import { type SharedState, words } from '../../runtime/shared/workerContract.ts';
import type { HostLink } from '../../runtime/worker/hostLink.ts';
import {
  type ForkSpec,
  type ReplaySpec,
  type SessionReport,
  type SessionRequest,
  type TraceOutline,
  watchMs,
} from '../shared/sessionContract.ts';
import { type EntryWatch, GuardThread } from './guardThread.ts';
import { ItemWriter } from './itemWriter.ts';
import { SessionGuards } from './sessionGuards.ts';
import { SessionRun } from './sessionRun.ts';

/** From this size on, in bytes, the answers of a trace stay in the file. */
const keepInFileFrom = 8 * 1024 * 1024;

/** The session of one thread. */
export class SessionServer {
  readonly #shared: SharedState;
  readonly #link: HostLink;
  #trace: Trace | null = null;
  /** The last replay; null before the first one. */
  #run: SessionRun | null = null;

  constructor(shared: SharedState, link: HostLink) {
    this.#shared = shared;
    this.#link = link;
  }

  /** Answers a request. A promise: the request needs the event loop. Never throws. */
  receive(request: SessionRequest): Promise<void> | null {
    switch (request.kind) {
      case 'read':
        return this.#read(request.paths);
      case 'replay':
        this.#attempt(() => this.#replay(request.spec));
        return null;
      case 'fork':
        this.#attempt(() => this.#fork(request.spec));
        return null;
    }
  }

  async #read(paths: readonly string[]): Promise<void> {
    try {
      const { trace, sameClient } = await readTraces(paths, { keepInFileFrom, keepsOpen: true });
      this.#trace = trace;
      this.#report({ kind: 'trace', outline: outlineOf(trace, sameClient) });
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #replay(spec: ReplaySpec): void {
    if (this.#trace === null) throw new TypeError('no trace was read');
    const watch = new HostWatch(this.#shared, (report) => this.#report(report));
    const thread = new GuardThread(this.#shared, watch, spec.interrupted);
    const guards = new SessionGuards(
      spec,
      spec.asksHost ? (server, tool, args) => this.#link.ask(tool, args, server) : null,
    );
    const loads = spec.servers.flatMap((server) => guards.load(server, thread) ?? []);
    this.#report({ kind: 'loaded', guards: loads });
    this.#run = new SessionRun(this.#trace, spec, { thread, guards, isCancelled: () => this.#isCancelled });
    this.#give(spec, (out) => this.#run?.replay(out) ?? null);
  }

  #fork(spec: ForkSpec): void {
    const run = this.#run;
    if (run === null) throw new TypeError('no session was replayed');
    this.#give(spec, (out) => run.fork(spec, out));
  }

  /** Hands over what a run gives, and its end; nothing more when the host has cancelled the session. */
  #give(
    spec: Pick<ReplaySpec, 'skip' | 'gives' | 'recordsLast'>,
    run: (out: ItemWriter) => readonly Problem[] | null,
  ): void {
    const out = new ItemWriter(this.#shared, spec, (report, transfer) => this.#report(report, transfer));
    const findings = run(out);
    if (findings === null) return;
    out.giveLater(findings);
    if (this.#isCancelled) return;
    this.#report({ kind: 'done', findings, healthy: this.#run?.isHealthy !== false });
  }

  get #isCancelled(): boolean {
    return this.#shared.get(words.cancel) === 1;
  }

  #attempt(run: () => void): void {
    try {
      run();
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    const { code, message, hint } = toFailure(thrown);
    this.#report({ kind: 'failed', code, message, hint });
  }

  #report(report: SessionReport, transfer: readonly ArrayBuffer[] = []): void {
    this.#link.post({ kind: 'session', report }, transfer);
  }
}

/** Tells the host which call runs, over shared words, so that a call costs no message. */
class HostWatch implements EntryWatch {
  readonly #shared: SharedState;
  readonly #report: (report: SessionReport) => void;

  constructor(shared: SharedState, report: (report: SessionReport) => void) {
    this.#shared = shared;
    this.#report = report;
  }

  begin(call: number, deadlineMs: number | undefined): void {
    const { times } = this.#shared;
    times[0] = performance.timeOrigin + performance.now();
    times[1] = deadlineMs ?? Infinity;
    this.#shared.set(words.liveCall, call);
    if (deadlineMs !== undefined && deadlineMs < watchMs) this.#report({ kind: 'hurry' });
  }

  end(): void {
    this.#shared.set(words.liveCall, 0);
  }

  journal(call: number, bytes: Uint8Array): void {
    this.#report({ kind: 'journal', call, bytes });
  }
}

function outlineOf(trace: Trace, sameClient: Problem | null): TraceOutline {
  const agents = new Set(trace.calls.map(({ agent }) => agent)).size;
  const fingerprint = traceFingerprint(trace);
  const publicRepository = publicRepositoryOf(trace.witness);
  return { calls: countServers(trace), agents, fingerprint, problems: trace.problems, publicRepository, sameClient };
}
