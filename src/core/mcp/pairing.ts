/** Pairs requests with their responses by id and direction. */
import type { MessageId } from './message.ts';

/** Sender of a message. */
export type Side = 'client' | 'server';

/** The open requests of one connection, each with a value of the caller. */
export class Exchanges<T> {
  readonly #open: Readonly<Record<Side, Map<string, T>>> = { client: new Map(), server: new Map() };

  /** Adds a request. Returns the value of an open request with the same id, which can no longer be answered. */
  request(from: Side, id: MessageId, value: T): T | undefined {
    const open = this.#open[from];
    const key = idKey(id);
    const replaced = open.get(key);
    // Deleted first, so that the map has the order of the requests.
    open.delete(key);
    open.set(key, value);
    return replaced;
  }

  /** Removes the request that a response answers, and returns its value; undefined for an orphan. */
  respond(from: Side, id: MessageId): T | undefined {
    const open = this.#open[from === 'client' ? 'server' : 'client'];
    const key = idKey(id);
    const value = open.get(key);
    open.delete(key);
    return value;
  }

  /** Returns the unanswered requests of a side, in order. */
  unanswered(from: Side): readonly T[] {
    return [...this.#open[from].values()];
  }
}

/** Distinguishes 1 from "1". */
function idKey(id: MessageId): string {
  return typeof id === 'number' ? `n${id}` : `s${id}`;
}
