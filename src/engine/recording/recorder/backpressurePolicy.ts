/** Decides when a session waits for its recording: when the queue is nearly full, unless the disk is what is slow. */
import { setTimeout as sleep } from 'node:timers/promises';

/** The state of the recording that the decision needs. */
export interface Backlog {
  /** Bytes that wait to be recorded. */
  readonly waiting: number;
  /** Bytes beyond which the session waits until there is some room again. */
  readonly limit: number;
  readonly failed: boolean;
  /** Milliseconds that writing has waited for the disk so far. */
  readonly diskMs: number;
}

/**
 * A recording that works off less than this in `windowMs`, and waits for the disk most of that time, is not waited for. Of a small
 * queue a share is enough, because nothing arrives while the session waits: a queue of 1 MiB can never give 4 MiB.
 */
const leastBytes = 4 * 1024 * 1024;
const leastShare = 1 / 8;

/** Long enough that a recorder which waits for a processor, not for the disk, still makes progress within it. */
const windowMs = 1000;
const diskShare = 3 / 4;

/** Room that the session waits for. */
const roomBytes = leastBytes;

/** The longest wait: a tap that cannot hand anything over for three seconds takes its recorder for broken. */
const longestMs = 2000;

/** Milliseconds between two looks whether there is room again. */
const lookMs = 2;

export class BackpressurePolicy {
  readonly #backlog: Backlog;
  #room: Promise<void> | null = null;
  /** The disk was slow during the last wait, and the recording has not caught up since. */
  #isSlow = false;

  constructor(backlog: Backlog) {
    this.#backlog = backlog;
  }

  /** Resolves when there is room for more; null when there is room now, or when waiting would not help. */
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
    const backlog = this.#backlog;
    const enough = Math.max(backlog.limit / 2, backlog.limit - roomBytes);
    const least = Math.min(leastBytes, backlog.limit * leastShare);
    const until = performance.now() + longestMs;
    let { waiting, diskMs } = backlog;
    let since = performance.now();
    while (!backlog.failed && backlog.waiting > enough && performance.now() < until) {
      await sleep(lookMs);
      if (performance.now() - since < windowMs) continue;
      // Both directions of a session wait here, so nothing new arrives meanwhile.
      const isDiskSlow = backlog.diskMs - diskMs > (performance.now() - since) * diskShare;
      if (isDiskSlow && waiting - backlog.waiting < least) {
        this.#isSlow = true;
        return;
      }
      ({ waiting, diskMs } = backlog);
      since = performance.now();
    }
  }
}
