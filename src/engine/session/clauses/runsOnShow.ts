/** The runs of this process that a user waits for. Work in the background lets them go first. */
import { Emitter, type Event } from '../../../core/base/event.ts';

export class RunsOnShow {
  readonly #changed = new Emitter<void>();
  #count = 0;

  /** Fires when the first run begins, and when the last one is over. */
  readonly onDidChange: Event<void> = this.#changed.event;

  /** Whether one goes on. */
  get any(): boolean {
    return this.#count > 0;
  }

  /** A run began, and is waited for until then. */
  add(until: Promise<unknown>): void {
    if (this.#count++ === 0) this.#changed.fire();
    const ended = (): void => {
      if (--this.#count === 0) this.#changed.fire();
    };
    void until.then(ended, ended);
  }
}

/** Those of this process. */
export const runsOnShow = new RunsOnShow();
