/**
 * The messages of a connection whose guard enforces. Nothing passes as it came: each message is read strictly, handled as the gateway handles
 * its method, and written anew from what was read. The server gets ids of the gate, and an answer is delivered for an open request only,
 * once, by the exact id that was sent.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/base/json.ts';
import { answerToServer, callParams, methodRule, passedToClient, unknownTool } from '../../core/mcp/gatewayMethods.ts';
import { type Message, type MessageId, type ResponseBody, toolCallParams } from '../../core/mcp/message.ts';
import { ownText } from '../../core/mcp/rawMessage.ts';
import { readStrictly, type StrictMessage } from '../../core/mcp/strictMessage.ts';
import type { GatePorts } from '../tap/gate/gate.ts';
import type { CallDecision } from './callQueue.ts';
import {
  answerFor,
  answerText,
  askedForInput,
  deadlineExceeded,
  type OwnAnswer,
  type ServerAnswer,
  serverAnswerOf,
  tapRefusal,
} from './gateAnswers.ts';
import type { GateLog } from './gateLog.ts';
import { newLiveCall } from './liveHistory.ts';
import { type OpenRequest, OpenRequests } from '../../core/mcp/openRequests.ts';
import type { OwnIds } from './ownIds.ts';
import type { WatchedParts } from './watchedTraffic.ts';

export interface EnforcedParts extends WatchedParts {
  readonly wire: GatePorts;
  readonly log: GateLog;
  readonly ids: OwnIds;
}

type Request = Extract<StrictMessage, { kind: 'request' }>;

/** JSON-RPC 2.0, section 5.1. */
const invalidRequest = -32_600;
const invalidParams = -32_602;

export class EnforcedTraffic {
  readonly #parts: EnforcedParts;
  readonly #open = new OpenRequests();

  constructor(parts: EnforcedParts) {
    this.#parts = parts;
  }

  /** A message of the client. Returns what goes to the server in its place at once; null for nothing. */
  fromClient(bytes: Uint8Array, exchange: number): Uint8Array | null {
    const message = readStrictly(bytes);
    if (message.kind === 'refused') {
      for (const id of message.ids) this.#refuse(id, exchange, message.reason, message.code);
      return null;
    }
    if (message.kind === 'request') return this.#request(message, exchange);
    if (message.kind === 'notification') return this.#notification(message, exchange);
    return this.#notPassed('the server has asked the client nothing');
  }

  /** A message of the client was too long to check, so its id is not known. */
  tooLong(exchange: number): void {
    this.#refuse('null', exchange, 'the message is longer than the gate can check', invalidRequest);
  }

  /** A message of the server that answers nothing; null for one that is not JSON-RPC. Returns what the client gets in its place. */
  fromServer(message: Message | null, exchange: number): Uint8Array | null {
    if (message?.kind === 'request') {
      const answer = Buffer.from(answerText(JSON.stringify(message.id), answerToServer(message.method)));
      this.#parts.log.own('client', answer, exchange, null);
      this.#parts.wire.toServer(answer, exchange);
      return this.#notPassed(`no request of the server reaches the client: ${JSON.stringify(message.method)}`);
    }
    if (message?.kind !== 'notification') return this.#notPassed('it is not a JSON-RPC message');
    if (message.method === 'notifications/tools/list_changed') this.#parts.tools.changed();
    if (passedToClient.has(message.method)) return messageBytes({ method: message.method });
    return this.#notPassed(`this notification does not reach the client: ${JSON.stringify(message.method)}`);
  }

  /** The open request with this id of the gate, which is answered with that; null for one that was answered or ended. */
  take(id: string): OpenRequest | null {
    return this.#open.take(id);
  }

  /** The request of the client that a late answer with this id of the gate belongs to; null for none. */
  givenUp(id: string): Pick<OpenRequest, 'id' | 'exchange'> | null {
    return this.#open.givenUp(id);
  }

  /** Ends what waits: the guard decides it without the server. */
  close(): void {
    this.#open.close();
  }

  #request(message: Request, exchange: number): Uint8Array | null {
    const { id, idText, method, params } = message;
    if (!this.#parts.isShared(exchange) && this.#open.isInUse(id)) {
      const reason = `the id ${idText} is in use: a request with it is still unanswered in this session`;
      this.#refuse('null', exchange, reason, invalidRequest);
      return null;
    }
    const rule = methodRule(method, params);
    if (rule.kind === 'call') return this.#call(message, exchange);
    if (rule.kind === 'answer') {
      this.#answer(message, exchange, rule.answer);
      return null;
    }
    const answered = (body: ResponseBody, _bytes: number, via: number): Uint8Array | null => {
      this.#open.release(own);
      if (method === 'tools/list' && body.result !== undefined) this.#parts.tools.page(params?.['cursor'], body.result);
      const answer: OwnAnswer =
        body.error === undefined
          ? (askedForInput(body) ?? { result: rule.result(body.result) })
          : { error: body.error };
      const text = Buffer.from(answerText(idText, answerFor(params, answer)));
      if (via === exchange) return text;
      this.#parts.wire.toClient(text, exchange);
      return null;
    };
    const own = this.#parts.ids.next();
    const cancel = (): void => {
      this.#open.release(own);
      this.#cancelAtServer(own, { id, exchange });
    };
    this.#open.add(own, { id, idText, exchange, answered, cancel, end: () => undefined });
    return messageBytes({ id: own, method, params: rule.params(params) });
  }

  /** Queues a call for its decision. It is sent to the server when the guard allows it. */
  #call(message: Request, exchange: number): null {
    const { id, idText, params } = message;
    const { tools, guard, queue, ids, server, nextIndex, wire } = this.#parts;
    const read = toolCallParams(params);
    if ('reason' in read) return this.#refuse(idText, exchange, read.reason, invalidParams);
    if (tools.lacks(read.tool)) return this.#answer(message, exchange, { error: unknownTool(read.tool) });
    const live = newLiveCall(nextIndex(), server, { ...read, definition: tools.definition(read.tool) });
    let [isCancelled, isSent] = [false, false];
    let resolve: (answer: ServerAnswer) => void = () => undefined;
    const answer = new Promise<ServerAnswer>((settle) => {
      resolve = settle;
    });
    const own = ids.next();
    const answered = (body: ResponseBody, bytes: number): null => {
      guard.weigh(live, bytes);
      resolve(serverAnswerOf(body));
      return null;
    };
    const cancel = (): void => {
      isCancelled = true;
      if (isSent) this.#cancelAtServer(own, { id, exchange });
      resolve({ ok: false, error: 'context canceled' });
    };
    const end = (): void => resolve({ ok: false, error: 'the session has ended' });
    this.#open.add(own, { id, idText, exchange, answered, cancel, end });
    const send = (): void => {
      isSent = true;
      wire.toServer(
        messageBytes({ id: own, method: 'tools/call', params: callParams(read.tool, read.args, params) }),
        exchange,
      );
    };
    const decided = (decision: CallDecision): void => {
      // The call is over, also when it was never sent.
      this.#open.release(own);
      if (live.answer === deadlineExceeded) this.#cancelAtServer(own, { id, exchange });
      if (!isCancelled) this.#deliver(message, exchange, decision);
    };
    queue.add({ id, exchange, params, live, answer, send, isCancelled: () => isCancelled, decided });
    return null;
  }

  /** Sends the client what it gets by the guard's decision. */
  #deliver({ id, idText, params }: Request, exchange: number, decision: CallDecision): void {
    const failure = 'failure' in decision ? decision.failure : '';
    const record = 'record' in decision ? decision.record : null;
    const client = record?.client ?? tapRefusal(`the guard cannot decide this call, so it is refused: ${failure}`);
    const message = answerText(idText, answerFor(params, client));
    this.#parts.log.client(id, exchange, record?.outcome ?? 'error', message);
    this.#parts.wire.toClient(Buffer.from(message), exchange);
  }

  #notification(message: Extract<StrictMessage, { kind: 'notification' }>, exchange: number): Uint8Array | null {
    const { method, params } = message;
    if (method === 'notifications/initialized') return messageBytes({ method });
    if (method === 'notifications/cancelled') {
      const requestId = params?.['requestId'];
      const isId = typeof requestId === 'string' || typeof requestId === 'number';
      if (isId && !this.#parts.isShared(exchange)) this.#open.cancel(requestId);
      return null;
    }
    if (method.startsWith('notifications/')) {
      return this.#notPassed(`the gateway passes no such notification on: ${JSON.stringify(method)}`);
    }
    return this.#refuse('null', exchange, `the request ${JSON.stringify(method)} has no "id"`, invalidRequest);
  }

  /** The gateway lets its server know when a call was given up. */
  #cancelAtServer(own: string, { id, exchange }: Pick<OpenRequest, 'id' | 'exchange'>): void {
    const message = messageBytes({
      method: 'notifications/cancelled',
      params: { requestId: own, reason: 'context canceled' },
    });
    this.#parts.log.own('client', message, exchange, id);
    this.#parts.wire.toServer(message, exchange);
  }

  /** Answers a request without the guard and without the server. */
  #answer(
    { id, idText, params }: Pick<Request, 'id' | 'idText' | 'params'>,
    exchange: number,
    answer: OwnAnswer,
  ): null {
    const text = answerText(idText, answerFor(params, answer));
    this.#parts.log.client(id, exchange, 'error' in answer ? 'error' : 'answered', text);
    this.#parts.wire.toClient(Buffer.from(text), exchange);
    return null;
  }

  /** Refuses a message. `id`: the text of the id to answer, `null` where none can be used. */
  #refuse(id: string, exchange: number, reason: string, code: number): null {
    const text = answerText(id, tapRefusal(`${reason}; refused while a guard enforces`, code));
    this.#parts.log.client(JSON.parse(id) as MessageId | null, exchange, 'error', text);
    this.#parts.wire.toClient(Buffer.from(text), exchange);
    return null;
  }

  #notPassed(why: string): null {
    this.#parts.log.event('not-passed', { why });
    return null;
  }
}

/** The bytes of a message of the gate. */
function messageBytes({ id, method, params }: { id?: string; method: string; params?: JsonValue }): Uint8Array {
  const members: JsonObject = {
    jsonrpc: '2.0',
    ...(id === undefined ? {} : { id }),
    method,
    ...(params === undefined || (isJsonObject(params) && Object.keys(params).length === 0) ? {} : { params }),
  };
  return Buffer.from(ownText(members));
}
