/** Decides when a session waits for its recording: when the queue is nearly full and is worked off quickly. A slow disk holds no session up. */
import { setTimeout as sleep } from 'node:timers/promises';

/** The state of the recording that the decision needs. */
export interface Backlog {
  /** Bytes that wait to be recorded. */
  readonly waiting: number;
  /** Bytes beyond which the session waits until there is some room again. */
  readonly limit: number;
  readonly failed: boolean;
}

/** A recording that works off less than this in `windowMs` is not waited for. */
const leastBytes = 4 * 1024 * 1024;
const windowMs = 250;

/** Room that the session waits for. Not much more: a tap that hands nothing over for seconds takes its recorder for broken. */
const roomBytes = leastBytes;

/** Milliseconds between two looks whether there is room again. */
const lookMs = 2;

export class BackpressurePolicy {
  readonly #backlog: Backlog;
  #room: Promise<void> | null = null;
  /** The last wait ended without room, and the recording has not caught up since. */
  #isSlow = false;

  constructor(backlog: Backlog) {
    this.#backlog = backlog;
  }

  /** Resolves when there is room for more; null when there is room now, or when waiting is not worth it. */
  room(): Promise<void> | null {
    const { waiting, limit, failed } = this.#backlog;
    if (this.#isSlow && waiting <= limit / 2) this.#isSlow = false;
    if (failed || this.#isSlow || waiting <= limit) return this.#room;
    this.#room ??= this.#wait().finally(() => {
      this.#room = null;
    });
    return this.#room;
  }

  async #wait(): Promise<void> {
    let from = this.#backlog.waiting;
    let since = performance.now();
    const { limit } = this.#backlog;
    const enough = Math.max(limit / 2, limit - roomBytes);
    while (!this.#backlog.failed && this.#backlog.waiting > enough) {
      await sleep(lookMs);
      if (performance.now() - since < windowMs) continue;
      // Both directions of a session wait here, so nothing new arrives meanwhile.
      if (from - this.#backlog.waiting < leastBytes) {
        this.#isSlow = true;
        return;
      }
      from = this.#backlog.waiting;
      since = performance.now();
    }
  }
}
