/** The messages of a connection that pass as they came: which of them are calls that the guard watches, and which wait for an answer. */
import { isJsonObject, type JsonValue } from '../../core/base/json.ts';
import {
  classifyFrame,
  type Message,
  type MessageId,
  type ResponseBody,
  toolCallParams,
} from '../../core/mcp/message.ts';
import { idKey, parseMessage } from '../../core/mcp/rawMessage.ts';
import type { TapMode } from '../recording/format/liveFile.ts';
import type { CallQueue, QueuedCall } from './callQueue.ts';
import { type ServerAnswer, serverAnswerOf } from './gateAnswers.ts';
import type { KnownTools } from '../../core/mcp/knownTools.ts';
import type { LiveGuard } from './liveGuard.ts';
import { type LiveCall, newLiveCall } from './liveHistory.ts';

export interface WatchedParts {
  readonly guard: LiveGuard;
  readonly queue: CallQueue;
  readonly tools: KnownTools;
  /** Name of the server in the records. */
  readonly server: string;
  /** Position of the next call among those of the connection. */
  readonly nextIndex: () => number;
  /** Whether several clients may use one id at once, so that an id alone does not mean a request. */
  readonly isShared: (exchange: number) => boolean;
}

type Request = Extract<Message, { kind: 'request' }>;

/** A request of the client that the server has not answered. */
interface OpenRequest {
  readonly exchange: number;
  readonly onAnswer: (body: ResponseBody, bytes: number) => void;
  /** The client cancels it. */
  readonly cancel: () => void;
}

/** Requests that wait for an answer; the oldest are dropped beyond this number, as a server that never answers would fill the memory. */
const mostOpen = 10_000;

export class WatchedTraffic {
  readonly #parts: WatchedParts;
  /** Per key of the id, in the order in which they came: clients without sessions may use one id at once. */
  readonly #open = new Map<string, OpenRequest[]>();

  constructor(parts: WatchedParts) {
    this.#parts = parts;
  }

  /** A message that passes to the server. `mode`: whether the guard watches, or is off. */
  fromClient(bytes: Uint8Array, exchange: number, mode: TapMode): void {
    const frame = parseMessage(bytes);
    if (frame === undefined) return;
    const inBatch = Array.isArray(frame);
    for (const message of classifyFrame(frame)) {
      if (message.kind === 'request') this.#request(message, exchange, inBatch ? 'off' : mode);
      else if (message.kind === 'notification' && message.method === 'notifications/cancelled')
        if (!this.#parts.isShared(exchange)) this.#cancel(message.params);
    }
  }

  /** The server's answer to a request that passed. False when no such request is open. */
  answered(id: MessageId, exchange: number, body: ResponseBody, bytes: number): boolean {
    const open = this.#take(id, exchange);
    open?.onAnswer(body, bytes);
    return open !== undefined;
  }

  /** Ends what waits: the guard decides it without the server. */
  close(): void {
    const ended: ResponseBody = { error: { code: 0, message: 'the session has ended' } };
    for (const requests of this.#open.values()) for (const { onAnswer } of requests) onAnswer(ended, 0);
    this.#open.clear();
  }

  #request({ id, method, params }: Request, exchange: number, mode: TapMode): void {
    const { tools, server, nextIndex, guard } = this.#parts;
    const call = method === 'tools/call' ? toolCallParams(params) : null;
    if (call === null || 'reason' in call) {
      const cursor = isJsonObject(params) ? params['cursor'] : undefined;
      const onAnswer = ({ result }: ResponseBody): void => {
        if (method === 'tools/list' && result !== undefined) tools.page(cursor, result);
      };
      this.#add(id, { exchange, onAnswer, cancel: () => undefined });
      return;
    }
    const live = newLiveCall(nextIndex(), server, { ...call, definition: tools.definition(call.tool) });
    if (mode === 'watch') this.#watch({ id, exchange, params: isJsonObject(params) ? params : null }, live);
    else {
      // A guard that is loaded later learns of the call.
      guard.remember(live);
      const onAnswer = (body: ResponseBody, bytes: number): void => {
        guard.weigh(live, bytes);
        live.answer = serverAnswerOf(body);
      };
      this.#add(id, { exchange, onAnswer, cancel: () => undefined });
    }
  }

  #watch(request: Pick<QueuedCall, 'id' | 'exchange' | 'params'>, live: LiveCall): void {
    const { guard, queue } = this.#parts;
    const { id, exchange } = request;
    let [resolve, isCancelled]: [(answer: ServerAnswer) => void, boolean] = [() => undefined, false];
    const answer = new Promise<ServerAnswer>((settle) => {
      resolve = settle;
    });
    const onAnswer = (body: ResponseBody, bytes: number): void => {
      guard.weigh(live, bytes);
      resolve(serverAnswerOf(body));
    };
    const cancel = (): void => {
      isCancelled = true;
      resolve({ ok: false, error: 'context canceled' });
    };
    this.#add(id, { exchange, onAnswer, cancel });
    queue.add({ ...request, live, answer, send: null, isCancelled: () => isCancelled, decided: () => undefined });
  }

  #add(id: MessageId, request: OpenRequest): void {
    const key = idKey(id);
    const others = this.#open.get(key) ?? [];
    // Deleted first, so that the map has the order of the requests.
    this.#open.delete(key);
    this.#open.set(key, [...others, request]);
    const [oldest] = this.#open.keys();
    if (this.#open.size > mostOpen && oldest !== undefined) this.#open.delete(oldest);
  }

  /** The open request with this id: that of the exchange if there is one, otherwise the oldest, whose stream may have been resumed. */
  #take(id: MessageId, exchange: number): OpenRequest | undefined {
    const key = idKey(id);
    const requests = this.#open.get(key);
    const found = requests?.find((each) => each.exchange === exchange) ?? requests?.[0];
    const left = requests?.filter((each) => each !== found) ?? [];
    if (left.length === 0) this.#open.delete(key);
    else this.#open.set(key, left);
    return found;
  }

  #cancel(params: JsonValue): void {
    const id = isJsonObject(params) ? params['requestId'] : undefined;
    if (typeof id !== 'string' && typeof id !== 'number') return;
    for (const { cancel } of this.#open.get(idKey(id)) ?? []) cancel();
  }
}
