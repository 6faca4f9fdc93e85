/** Looks again at the calls of a view that seem to take the guard longer than in the baseline, and tells those that do. */
import type { Disposable } from '../../../core/base/lifecycle.ts';
import { type CallTimes, confirmingLooks, slowerCalls } from '../../../core/diff/slowerCalls.ts';
import { PreparedServers } from '../../sessionWorker/host/preparedServers.ts';
import type { ThreadSession } from '../../sessionWorker/host/threadSession.ts';
import { runsOnShow } from '../clauses/runsOnShow.ts';
import type { SessionServices } from '../keptSessions.ts';
import { readRunInputs, serversOf } from '../runInputs.ts';
import { openInThread } from '../threadRun.ts';
import type { TraceView } from '../traceView.ts';

/** A longer run is not made several times more in the background. */
const longestRunMs = 20_000;

/** Begins when a run is done, and when another baseline is chosen; a new run ends it. It uses a thread of its own, while no run on show goes on. */
export class TimeLooks implements Disposable {
  readonly #view: TraceView;
  readonly #services: SessionServices;
  readonly #subscription: Disposable;
  #abort = new AbortController();
  /** The run and the baseline that were looked at last. */
  #seen: { readonly run: object; readonly baseline: object } | null = null;
  #looking: Promise<void> = Promise.resolve();

  constructor(view: TraceView, services: SessionServices) {
    this.#view = view;
    this.#services = services;
    this.#subscription = view.onDidChange(() => this.#changed());
  }

  /** Resolves when the calls have been looked at. */
  get settled(): Promise<void> {
    return this.#looking;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#abort.abort();
  }

  #changed(): void {
    const { comparison, run } = this.#view;
    const now = { run: comparison.run, baseline: comparison.baseline };
    const isSeen = this.#seen?.run === now.run && this.#seen.baseline === now.baseline;
    if (run.status === 'done' && isSeen) return;
    this.#abort.abort();
    if (run.status !== 'done') return;
    this.#seen = now;
    if (!this.#isComparable()) return;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    // A view that was closed, a file that is gone: then there is nothing to tell.
    this.#looking = this.#confirm(now.run, signal).catch(() => undefined);
  }

  /** Decisions with unsaved texts or changed calls come and go while the user types. */
  #isComparable(): boolean {
    const { trace, run, whatIf, changes } = this.#view;
    const isAsSaved = whatIf.texts.size === 0 && changes.edited.length === 0;
    return isAsSaved && trace.growing !== true && run.durationMs < longestRunMs;
  }

  async #confirm(run: object, signal: AbortSignal): Promise<void> {
    const { comparison, paths, trace } = this.#view;
    let times: readonly CallTimes[] = comparison.times ?? [];
    if (slowerCalls(times).length === 0) return;
    // The thread that is kept belongs to the runs on show.
    const { kept: _kept, ...own } = this.#services;
    const session = await openInThread(paths, trace, { ...own, signal });
    if (session === null) return;
    try {
      for (let looks = 0; looks < confirmingLooks && slowerCalls(times).length > 0; looks++) {
        await idle(signal);
        const next = await this.#look(session, signal);
        if (next === null) return;
        times = times.flatMap(({ index, before, after }) => {
          const ms = next.get(index);
          return ms === undefined ? [] : [{ index, before, after: [...after, ms] }];
        });
      }
      if (!signal.aborted) comparison.markSlower(run, slowerCalls(times));
    } finally {
      await session.close();
    }
  }

  /** Milliseconds in the guard, of each call of another run with the same inputs. Null when the signal aborted. */
  async #look(session: ThreadSession, signal: AbortSignal): Promise<ReadonlyMap<number, number> | null> {
    const { settings, trace, server } = this.#view;
    const ignored = (): void => undefined;
    const inputs = await readRunInputs(settings, trace, new Map(), {
      policyProblems: ignored,
      configProblems: ignored,
    });
    const { servers } = serversOf(inputs, trace, settings.config === null ? (server ?? '') : '');
    const prepared = await PreparedServers.prepare(session, servers);
    const wish = { usesTrace: true, fixtures: [], lint: false, gives: 'digests' } as const;
    const replayed = session.replay({ ...wish, servers: prepared.specs });
    const times = new Map<number, number>();
    for (let step = await replayed.next(); ; step = await replayed.next()) {
      if (step.done === true) return step.value === null ? null : times;
      if (signal.aborted) return null;
      for (const item of step.value) {
        if (item.kind === 'loaded') prepared.take(item.guards);
        else if (item.kind === 'decision') {
          const { row } = item.digest();
          times.set(row.index, row.durationMs ?? 0);
        }
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** Resolves when no run on show goes on, or when the signal aborts. */
async function idle(signal: AbortSignal): Promise<void> {
  while (runsOnShow.any && !signal.aborted) {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        subscription.dispose();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const subscription = runsOnShow.onDidChange(done);
      signal.addEventListener('abort', done);
    });
  }
}
