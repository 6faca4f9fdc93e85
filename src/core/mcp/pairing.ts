/** Pairs requests with their responses by direction, id, and the exchange of the transport in which they came. */
import type { MessageId } from './message.ts';

/** Sender of a message. */
export type Side = 'client' | 'server';

/** An open request. */
interface Open<T> {
  readonly exchange: number;
  readonly value: T;
}

/**
 * The open requests of one connection, each with a value of the caller. `exchange` is the number of the HTTP request that carried a message,
 * 0 where it is not recorded: several clients without sessions may use one id at once, so an answer belongs to the request of its own
 * exchange. Where that has none, such as on a resumed stream, it belongs to the oldest.
 */
export class Exchanges<T> {
  readonly #open: Readonly<Record<Side, Map<string, readonly Open<T>[]>>> = { client: new Map(), server: new Map() };

  /** Adds a request. Returns the value of an open request with the same id, which can no longer be answered. */
  request(from: Side, id: MessageId, value: T, exchange = 0): T | undefined {
    const open = this.#open[from];
    const key = messageIdKey(id);
    const known = open.get(key) ?? [];
    const replaced = known.find((each) => exchange === 0 || each.exchange === exchange);
    // Deleted first, so that the map has the order of the requests.
    open.delete(key);
    open.set(key, [...known.filter((each) => each !== replaced), { exchange, value }]);
    return replaced?.value;
  }

  /** Removes the request that a response answers, and returns its value; undefined for an orphan. */
  respond(from: Side, id: MessageId, exchange = 0): T | undefined {
    const side = from === 'client' ? 'server' : 'client';
    const open = this.#open[side].get(messageIdKey(id)) ?? [];
    return this.#remove(side, id, open.find((each) => each.exchange === exchange) ?? open[0]);
  }

  /** Removes the request of exactly this exchange, which was answered otherwise. */
  end(from: Side, id: MessageId, exchange = 0): void {
    const open = this.#open[from].get(messageIdKey(id)) ?? [];
    const ended = open.find((each) => each.exchange === exchange);
    if (ended !== undefined) this.#remove(from, id, ended);
  }

  /** The value of the open request with this id; undefined where none or several are open, as only some clients share ids. */
  only(from: Side, id: MessageId): T | undefined {
    const open = this.#open[from].get(messageIdKey(id)) ?? [];
    return open.length === 1 ? open[0]?.value : undefined;
  }

  /** Returns the unanswered requests of a side, in order. */
  unanswered(from: Side): readonly T[] {
    return [...this.#open[from].values()].flatMap((each) => each.map(({ value }) => value));
  }

  #remove(from: Side, id: MessageId, removed: Open<T> | undefined): T | undefined {
    const key = messageIdKey(id);
    const left = (this.#open[from].get(key) ?? []).filter((each) => each !== removed);
    if (left.length === 0) this.#open[from].delete(key);
    else this.#open[from].set(key, left);
    return removed?.value;
  }
}

/** Values of requests by their id and exchange, also after they were answered. The last one of an id is found without its exchange. */
export class ByRequest<T> {
  readonly #values = new Map<string, T>();

  set(id: MessageId, exchange: number, value: T): void {
    this.#values.set(messageIdKey(id), value);
    if (exchange !== 0) this.#values.set(`${exchange} ${messageIdKey(id)}`, value);
  }

  get(id: MessageId, exchange: number): T | undefined {
    const exact = exchange === 0 ? undefined : this.#values.get(`${exchange} ${messageIdKey(id)}`);
    return exact ?? this.#values.get(messageIdKey(id));
  }
}

/** Distinguishes 1 from "1". */
function messageIdKey(id: MessageId): string {
  return typeof id === 'number' ? `n${id}` : `s${id}`;
}
