/** The requests of clients that an enforcing gate has taken and that are not over, by the id under which the server gets them. */
import type { MessageId, ResponseBody } from './message.ts';
import { idKey } from './rawMessage.ts';

export interface OpenRequest {
  /** The client's id, and its text as the client wrote it. */
  readonly id: MessageId;
  readonly idText: string;
  readonly exchange: number;
  /** Takes the answer of the server, of so many bytes, which came in the exchange `via`. Returns what the client gets in that exchange. */
  readonly answered: (body: ResponseBody, bytes: number, via: number) => Uint8Array | null;
  /** The client cancels it. */
  readonly cancel: () => void;
  /** The session ends. */
  readonly end: () => void;
}

/** Beyond this number the oldest is given up: a server that never answers must not fill the memory. */
const mostOpen = 10_000;
/** Requests that were given up before their answer: so many are remembered, for an answer that comes late. */
const mostGivenUp = 1000;

export class OpenRequests {
  /** Those that the server may answer, by the gate's id. */
  readonly #awaited = new Map<string, OpenRequest>();
  /** Those that are not over, by the gate's id, in the order in which they came. */
  readonly #all = new Map<string, OpenRequest>();
  /** Those that were over before the server answered, by the gate's id. */
  readonly #givenUp = new Map<string, Pick<OpenRequest, 'id' | 'exchange'>>();
  /** How many of them have an id, by its key. */
  readonly #inUse = new Map<string, number>();

  /** Whether a request with this id of the client is not over. */
  isInUse(id: MessageId): boolean {
    return this.#inUse.has(idKey(id));
  }

  /** Adds a request under the gate's id. Its own id is in use until `release`. */
  add(own: string, request: OpenRequest): void {
    const key = idKey(request.id);
    this.#awaited.set(own, request);
    this.#all.set(own, request);
    this.#inUse.set(key, (this.#inUse.get(key) ?? 0) + 1);
    const [oldest] = this.#all.keys();
    if (this.#all.size > mostOpen && oldest !== undefined) this.release(oldest);
  }

  /** The request with this id of the gate, which can be answered only once; null when there is none. */
  take(own: string): OpenRequest | null {
    const request = this.#awaited.get(own) ?? null;
    this.#awaited.delete(own);
    return request;
  }

  /** The request is over: its id may be used again. */
  release(own: string): void {
    const request = this.#all.get(own);
    if (request === undefined) return;
    if (this.#awaited.delete(own)) this.#giveUp(own, request);
    this.#all.delete(own);
    const key = idKey(request.id);
    const left = (this.#inUse.get(key) ?? 1) - 1;
    if (left === 0) this.#inUse.delete(key);
    else this.#inUse.set(key, left);
  }

  /** The request that was given up and that a late answer with this id of the gate belongs to; null for none. */
  givenUp(own: string): Pick<OpenRequest, 'id' | 'exchange'> | null {
    return this.#givenUp.get(own) ?? null;
  }

  /** The client cancels the request with its id. */
  cancel(id: MessageId): void {
    for (const each of this.#all.values()) if (idKey(each.id) === idKey(id)) each.cancel();
  }

  close(): void {
    for (const { end } of this.#all.values()) end();
    for (const [own, request] of this.#awaited) this.#giveUp(own, request);
    this.#awaited.clear();
    this.#all.clear();
    this.#inUse.clear();
  }

  #giveUp(own: string, { id, exchange }: OpenRequest): void {
    this.#givenUp.set(own, { id, exchange });
    const [oldest] = this.#givenUp.keys();
    if (this.#givenUp.size > mostGivenUp && oldest !== undefined) this.#givenUp.delete(oldest);
  }
}
