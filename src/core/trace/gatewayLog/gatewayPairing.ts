/** Pairs the gateway's responses with its requests by order, kind and labels, because the log has no ids (gateway spec 4.3). */
import { isJsonObject } from '../../base/json.ts';
import type { GatewayRecord } from './gatewayLine.ts';

type Request = Extract<GatewayRecord, { kind: 'request' }>;
type Response = Extract<GatewayRecord, { kind: 'response' }>;

/** The fields of a response that restrict its request. */
export type PairedResponse = Pick<Response, 'error' | 'labels' | 'payload'>;

/** The open requests of one server, each with a value of the caller. */
export class GatewayPairing<T> {
  #current = new OpenRequests<T>();
  /** Requests left open by earlier runs of the gateway. They get an answer only if it fits no current request. */
  readonly #stale = new OpenRequests<T>();
  #run = 0;
  #guessed = 0;
  #order = 0;

  /** Number of gateway starts so far. */
  get run(): number {
    return this.#run;
  }

  /** Number of answers that fitted several open requests. */
  get guessed(): number {
    return this.#guessed;
  }

  /** Call before adding a request. Returns its run of the gateway; each run begins with `tools/list`. */
  enter(method: string): number {
    if (method === 'tools/list') {
      this.#run++;
      this.#stale.moveFrom(this.#current);
    }
    return this.#run;
  }

  request({ method, labels }: Pick<Request, 'method' | 'labels'>, value: T): void {
    this.#current.add({ value, order: this.#order++ }, method === 'tools/list', labels !== null);
  }

  /** Removes and returns the oldest open request that the response fits: lists answer `tools/list`, labelled answers labelled. undefined for an orphan. */
  respond(record: PairedResponse): T | undefined {
    const kinds = fittingKinds(record);
    const labelled = record.labels !== null;
    for (const requests of [this.#current, this.#stale]) {
      for (const label of [labelled, !labelled]) {
        const taken = requests.take(kinds, label);
        if (taken === undefined) continue;
        if (requests.has(kinds, label)) this.#guessed++;
        return taken.value;
      }
    }
    return undefined;
  }

  /** Returns the requests without an answer. `stale`: the gateway restarted since, so no answer will arrive. */
  unanswered(): readonly { readonly value: T; readonly stale: boolean }[] {
    const all = (requests: OpenRequests<T>, stale: boolean) => requests.all().map(({ value }) => ({ value, stale }));
    return [...all(this.#stale, true), ...all(this.#current, false)];
  }
}

interface Open<T> {
  readonly value: T;
  readonly order: number;
}

/** Four queues, by list or not and labelled or not, so that taking the oldest request needs no search. */
class OpenRequests<T> {
  readonly #queues: readonly Queue<Open<T>>[] = [new Queue(), new Queue(), new Queue(), new Queue()];

  add(open: Open<T>, isList: boolean, labelled: boolean): void {
    this.#queues[queueIndex(isList, labelled)]?.push(open);
  }

  take(kinds: readonly boolean[], labelled: boolean): Open<T> | undefined {
    const heads = this.#fitting(kinds, labelled).filter((queue) => queue.first !== undefined);
    const oldest = heads.reduce<Queue<Open<T>> | undefined>(
      (best, queue) => ((queue.first?.order ?? 0) < (best?.first?.order ?? Infinity) ? queue : best),
      undefined,
    );
    return oldest?.shift();
  }

  has(kinds: readonly boolean[], labelled: boolean): boolean {
    return this.#fitting(kinds, labelled).some((queue) => queue.first !== undefined);
  }

  moveFrom(other: OpenRequests<T>): void {
    for (const [index, queue] of other.#queues.entries()) {
      for (let open = queue.shift(); open !== undefined; open = queue.shift()) this.#queues[index]?.push(open);
    }
  }

  all(): readonly Open<T>[] {
    return this.#queues.flatMap((queue) => queue.rest()).sort((a, b) => a.order - b.order);
  }

  #fitting(kinds: readonly boolean[], labelled: boolean): readonly Queue<Open<T>>[] {
    return kinds.flatMap((isList) => this.#queues[queueIndex(isList, labelled)] ?? []);
  }
}

class Queue<T> {
  #items: T[] = [];
  #head = 0;

  get first(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.first;
    if (item === undefined) return undefined;
    this.#head++;
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  rest(): readonly T[] {
    return this.#items.slice(this.#head);
  }
}

function queueIndex(isList: boolean, labelled: boolean): number {
  return (isList ? 2 : 0) + (labelled ? 1 : 0);
}

/** Returns the kinds of requests that a response can answer; true means `tools/list`. Errors and destroyed payloads fit both. */
function fittingKinds({ error, payload }: PairedResponse): readonly boolean[] {
  if (error !== null || !isJsonObject(payload.value)) return [false, true];
  const { result } = payload.value;
  if (!isJsonObject(result)) return [false, true];
  return [Array.isArray(result['tools']) && !('content' in result)];
}
