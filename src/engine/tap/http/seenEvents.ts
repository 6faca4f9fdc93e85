/** Remembers the events that a server sent, so that events which a resumed stream repeats are recorded once. */
import { createHash } from 'node:crypto';

/** Number of events to remember. The oldest are forgotten. */
const limit = 50_000;

/** Whether a text is a request. A repeated request is answered again, so it is recorded again. */
export function isRequestText(text: string): boolean {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === 'object' && message !== null && 'method' in message && 'id' in message;
  } catch {
    return false;
  }
}

export class SeenEvents {
  /** Whether the event was first seen on a resumed stream and its first stream did not show it since. */
  readonly #seen = new Map<string, boolean>();

  /**
   * Notes an event that has an id. Returns whether it repeats one with the same id and data: on a resumed stream (`resumes`) when any stream
   * showed it before, and on the stream that had it first when a resumed one was faster. Other events with an id that came before are not
   * repeats: ids should be unique in a session, but not every server follows that.
   */
  repeats(session: string, id: string, data: string, resumes: boolean): boolean {
    // The SDK's servers begin a stream with an empty event, which their event stores repeat as an empty object.
    const text = data === '' ? '{}' : data;
    const key = createHash('sha256')
      .update(JSON.stringify([session, id, text]))
      .digest('base64url')
      .slice(0, 22);
    const resumedFirst = this.#seen.get(key);
    if (resumedFirst === undefined) {
      this.#seen.set(key, resumes);
      if (this.#seen.size > limit) this.#forgetOldest();
      return false;
    }
    if (resumes) return true;
    this.#seen.set(key, false);
    return resumedFirst;
  }

  #forgetOldest(): void {
    const oldest = this.#seen.keys().next();
    if (oldest.done !== true) this.#seen.delete(oldest.value);
  }
}
