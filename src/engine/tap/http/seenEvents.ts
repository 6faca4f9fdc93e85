/** Remembers which events a server has sent, so that those which a resumed stream brings once more stand in a capture once. */
import { createHash } from 'node:crypto';

/** Events to remember; the oldest are forgotten. */
const limit = 50_000;

/** Whether a text is a request: one that comes again is answered again, so both belong in a capture. */
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
   * Notes an event that has an id. Gives whether it was there before, with the same id and data: ids are unique in a session, but not every
   * server keeps to that.
   */
  note(session: string, id: string, data: string): boolean {
    // The SDK's servers begin a stream with an empty event, which their stores of events keep as an empty object.
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
