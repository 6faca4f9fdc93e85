/** Tells when a session is in such a hurry that its recording had better wait: both want the same processors. */

/** Bytes within `windowMs` that make a hurry: more than a recording keeps up with. */
const hurryBytes = 5 * 1024 * 1024;
const windowMs = 50;

/** Times are those of `performance.now`. */
export class Burst {
  #from = Number.NEGATIVE_INFINITY;
  #bytes = 0;
  #inHurry = false;

  /** So many bytes came. */
  took(bytes: number, now: number): void {
    this.#turn(now);
    this.#bytes += bytes;
    if (this.#bytes >= hurryBytes) this.#inHurry = true;
  }

  /** Whether it goes on. */
  isOn(now: number): boolean {
    this.#turn(now);
    return this.#inHurry;
  }

  /** Milliseconds after which it is worth asking again. */
  static readonly lookMs = windowMs;

  #turn(now: number): void {
    if (now - this.#from < windowMs) return;
    this.#inHurry = this.#bytes >= hurryBytes && now - this.#from < 2 * windowMs;
    this.#from = now;
    this.#bytes = 0;
  }
}
