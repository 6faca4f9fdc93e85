/** The run of a view: as it is before the first replay, and while it goes on. */
import type { RunState } from '../../core/protocol/panel.ts';
import { noCounts, noMarks } from './runResults.ts';
import { runsOnShow } from './clauses/runsOnShow.ts';

export const idleRun: RunState = {
  status: 'idle',
  done: 0,
  total: 0,
  durationMs: 0,
  counts: noCounts,
  marks: noMarks,
  missedLookups: 0,
  message: '',
  renewed: '',
};

/** A run in progress. A run over a growing trace catches up long before it ends. */
export interface Running {
  readonly abort: AbortController;
  readonly caughtUp: Promise<void>;
  /** Whether it has decided everything and ends soon: it is not cancelled for another run, because its rows are on show without records. */
  readonly isEnding: () => boolean;
  readonly ended: Promise<void>;
}

/** What a run that is about to start is waited for by. */
export function newRunning(
  isEnding: Running['isEnding'],
): Omit<Running, 'ended'> & { readonly hasCaughtUp: () => void } {
  let hasCaughtUp = (): void => undefined;
  const caughtUp = new Promise<void>((resolve) => (hasCaughtUp = resolve));
  return { abort: new AbortController(), caughtUp, isEnding, hasCaughtUp: () => hasCaughtUp() };
}

/** The run of a view that goes on, if any. At most one goes on at a time: all use the same rows. */
export class RunSlot {
  #running: Running | undefined;
  #disposed = false;
  /** Number of calls of `latest`. */
  #wanted = 0;

  get isFree(): boolean {
    return this.#running === undefined;
  }

  /** Resolves when the run has caught up; at once when none goes on. */
  async caughtUp(): Promise<void> {
    if (this.#running !== undefined) await Promise.race([this.#running.caughtUp, this.#running.ended]);
  }

  /** Cancels the run. It ends later. */
  abort(): void {
    this.#running?.abort.abort();
  }

  /** Takes a run that has started. `ended`: what follows its end. */
  take(running: Omit<Running, 'ended'>, run: Promise<void>, ended: () => void): Running {
    const taken = {
      ...running,
      ended: run.finally(() => {
        this.#running = undefined;
        ended();
      }),
    };
    this.#running = taken;
    runsOnShow.add(Promise.race([taken.caughtUp, taken.ended]));
    return taken;
  }

  /**
   * Starts a run when no other goes on, and resolves when it has caught up. When several wait here, each cancels the run of the one before it, so
   * the last one wins.
   */
  async alone(start: () => Running | null): Promise<void> {
    while (this.#running !== undefined) {
      if (!this.#running.isEnding()) this.abort();
      await this.#running.ended;
    }
    const running = this.#disposed ? null : start();
    if (running !== null) await Promise.race([running.caughtUp, running.ended]);
  }

  /** The same for a start in place of which another may come while it waits; only the last one of these starts. */
  async latest(start: () => Running | null): Promise<void> {
    const wanted = ++this.#wanted;
    await this.alone(() => (wanted === this.#wanted ? start() : null));
  }

  /** Cancels the run, and starts no other. */
  dispose(): void {
    this.#disposed = true;
    this.abort();
  }
}
