/** Detects a flood, during which the recording waits: session and recording want the same processors. */

/** Bytes within `windowMs` that make a flood: more than a recording keeps up with. */
const floodBytes = 5 * 1024 * 1024;
const windowMs = 50;

/** Times are those of `performance.now`. */
export class RateDetector {
  #from = Number.NEGATIVE_INFINITY;
  #bytes = 0;
  #isHigh = false;

  /** Counts bytes that arrived. */
  took(bytes: number, now: number): void {
    this.#turn(now);
    this.#bytes += bytes;
    if (this.#bytes >= floodBytes) this.#isHigh = true;
  }

  /** Whether the flood goes on. */
  isHigh(now: number): boolean {
    this.#turn(now);
    return this.#isHigh;
  }

  #turn(now: number): void {
    if (now - this.#from < windowMs) return;
    this.#isHigh = this.#bytes >= floodBytes && now - this.#from < 2 * windowMs;
    this.#from = now;
    this.#bytes = 0;
  }
}
