/** Keeps the threads of replayed sessions for a while, so that a change of a guard or a policy is decided without reading the trace again. */
import type { Trace } from '../../core/trace/model/traceModel.ts';
import type { GuardServices } from '../guard/openGuard.ts';
import type { ThreadSession } from '../sessionWorker/host/threadSession.ts';

/** What the runs of the views need of the process. */
export interface SessionServices extends GuardServices {
  /** Threads of sessions between two runs; absent: each run reads its trace. */
  readonly kept?: KeptSessions;
}

/** Sessions that are kept at once; the one that was used longest ago is closed for another. */
const mostSessions = 2;

/** A session with more calls takes too much memory to stand by: a thread holds its trace. */
const mostCalls = 20_000;

/** After so long without a run, a session's memory is worth more than the time to read its trace again. */
const idleMs = 10 * 60_000;

interface KeptSession {
  readonly trace: Trace;
  readonly session: ThreadSession;
  readonly timer: NodeJS.Timeout;
}

/** Sessions between two runs; a process needs one. A session belongs to one user at a time: it is taken, and given back. */
export class KeptSessions {
  #kept: readonly KeptSession[] = [];
  #isClosed = false;

  /** The session of this very reading of a trace, or null. The caller owns it. */
  take(trace: Trace): ThreadSession | null {
    const found = this.#kept.find((kept) => kept.trace === trace);
    if (found === undefined) return null;
    this.#remove(found);
    return found.session.isAlive ? found.session : null;
  }

  /** Takes over a session whose run has ended, and that has read this trace. */
  give(trace: Trace, session: ThreadSession): void {
    if (this.#isClosed || trace.calls.length > mostCalls) {
      void session.close();
      return;
    }
    const kept: KeptSession = { trace, session, timer: setTimeout(() => this.#end(kept), idleMs).unref() };
    this.#kept = [kept, ...this.#kept];
    for (const oldest of this.#kept.slice(mostSessions)) this.#end(oldest);
  }

  /** Closes the sessions of a trace that nothing shows any more. */
  forget(trace: Trace): void {
    for (const kept of this.#kept) if (kept.trace === trace) this.#end(kept);
  }

  /** Closes all sessions; sessions that are given later are closed, too. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const kept = this.#kept;
    for (const each of kept) this.#remove(each);
    await Promise.all(kept.map(({ session }) => session.close()));
  }

  #end(kept: KeptSession): void {
    this.#remove(kept);
    void kept.session.close();
  }

  #remove(kept: KeptSession): void {
    clearTimeout(kept.timer);
    this.#kept = this.#kept.filter((other) => other !== kept);
  }
}
