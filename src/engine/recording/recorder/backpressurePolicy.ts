/** Tells when a session should wait for its recording: when that is far behind and catches up quickly. A slow disk holds no session up. */
import { setTimeout as sleep } from 'node:timers/promises';

/** What is asked of the recording. */
export interface Backlog {
  /** Bytes that wait to be recorded. */
  readonly waiting: number;
  /** Bytes beyond which the session waits, until there is some room again. */
  readonly limit: number;
  readonly failed: boolean;
}

/** A recording that works off less than this in `windowMs` is not waited for. */
const leastBytes = 4 * 1024 * 1024;
const windowMs = 250;

/** Room that is worth going on for. Not much more: a tap that hands nothing over for seconds takes its recorder for broken. */
const roomBytes = leastBytes;

/** How often it is looked whether there is room again. */
const lookMs = 2;

export class Crowding {
  readonly #backlog: Backlog;
  #room: Promise<void> | null = null;
  /** It was waited for in vain, and has not caught up since. */
  #slow = false;

  constructor(backlog: Backlog) {
    this.#backlog = backlog;
  }

  /** Resolves when there is room for more; null when there is now, or when it is not worth waiting for. */
  room(): Promise<void> | null {
    const { waiting, limit, failed } = this.#backlog;
    if (this.#slow && waiting <= limit / 2) this.#slow = false;
    if (failed || this.#slow || waiting <= limit) return this.#room;
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
      // Both directions of a session end up here, so that nothing new arrives meanwhile.
      if (from - this.#backlog.waiting < leastBytes) {
        this.#slow = true;
        return;
      }
      from = this.#backlog.waiting;
      since = performance.now();
    }
  }
}
