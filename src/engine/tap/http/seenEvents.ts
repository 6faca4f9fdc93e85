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
  readonly #seen = new Set<string>();

  /**
   * Notes an event that has an id. Returns whether one with the same id and data came before: ids should be unique in a session, but not
   * every server follows that.
   */
  note(session: string, id: string, data: string): boolean {
    // The SDK's servers begin a stream with an empty event, which their event stores repeat as an empty object.
    const text = data === '' ? '{}' : data;
    const key = createHash('sha256')
      .update(JSON.stringify([session, id, text]))
      .digest('base64url')
      .slice(0, 22);
    if (this.#seen.has(key)) return true;
    this.#seen.add(key);
    if (this.#seen.size > limit) this.#forgetOldest();
    return false;
  }

  #forgetOldest(): void {
    const [oldest] = this.#seen;
    if (oldest !== undefined) this.#seen.delete(oldest);
  }
}
