/** Pairs requests with their responses by id and direction; what finds no partner is kept as an orphan. */
import type { MessageId } from './message.ts';

/** Who sent a message. */
export type Side = 'client' | 'server';

/** Open requests of one connection, each with a value of the caller's. */
export class Exchanges<T> {
  readonly #open: Readonly<Record<Side, Map<string, T>>> = { client: new Map(), server: new Map() };

  /** A request was sent. Gives the value of an open request with the same id, which from now on can have no answer. */
  request(from: Side, id: MessageId, value: T): T | undefined {
    const open = this.#open[from];
    const key = idKey(id);
    const replaced = open.get(key);
    // Deleted first, so that the order of the map stays the order of the requests.
    open.delete(key);
    open.set(key, value);
    return replaced;
  }

  /** A response was sent: the value of the request of the other side that it answers; undefined for an orphan. */
  respond(from: Side, id: MessageId): T | undefined {
    const open = this.#open[from === 'client' ? 'server' : 'client'];
    const key = idKey(id);
    const value = open.get(key);
    open.delete(key);
    return value;
  }

  /** Requests of a side that have no answer yet, in order. */
  unanswered(from: Side): readonly T[] {
    return [...this.#open[from].values()];
  }
}

/** 1 and "1" are two ids. */
function idKey(id: MessageId): string {
  return typeof id === 'number' ? `n${id}` : `s${id}`;
}
