/** A guard between a client and its server: it watches the tool calls, or decides what the client gets. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/base/json.ts';
import { jsonText } from '../../core/base/jsonText.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import type { GuardCallRecord } from '../../core/difc/record/guardCall.ts';
import { classifyMessage, type Message, type MessageId, toolCallParams } from '../../core/mcp/message.ts';
import { goJsonError, idKey, idText, mayBeMessage, parseMessage } from '../../core/mcp/rawMessage.ts';
import { withoutOutputSchemas } from '../../core/mcp/toolLists.ts';
import type { Gate, GatePorts } from '../tap/gate/gate.ts';
import type { RecordingSink } from '../recording/tapSide/recordingSink.ts';
import {
  answerText,
  notJsonRefusal,
  notMessageRefusal,
  type ServerAnswer,
  serverAnswerOf,
  type TapRefusal,
  tapRefusal,
  withTimeout,
} from './gateAnswers.ts';
import { type LiveCall, newLiveCall } from './liveHistory.ts';
import type { LiveGuard } from './liveGuard.ts';
import { LiveLookups } from './liveLookups.ts';

export interface GuardGateOptions {
  readonly guard: LiveGuard;
  readonly wire: GatePorts;
  readonly recording: RecordingSink;
  readonly server: string;
  /** Name of the connection in the capture; empty when there is only one. */
  readonly session: string;
  /** Milliseconds for the server's answer to a call, as the gateway's tool timeout. */
  readonly deadlineMs: number;
}

type Request = Extract<Message, { kind: 'request' }>;

/** A call of the client that the server has not answered. */
interface OpenCall {
  readonly id: MessageId;
  /** The id as the client wrote it; empty for a call that is not enforced. */
  readonly idText: string;
  readonly live: LiveCall;
  /** Whether the client gets the guard's decision in place of the server's answer. */
  readonly enforced: boolean;
  readonly onAnswer: (answer: ServerAnswer) => void;
  isCancelled: boolean;
}

export class GuardGate implements Gate {
  readonly #options: GuardGateOptions;
  readonly #lookups: LiveLookups;
  readonly #open = new Map<string, OpenCall>();
  /** Keys of enforced calls that the client has got its answer to. */
  readonly #decided = new Set<string>();
  /** Keys of requests for tool lists, which the client gets without output schemas. */
  readonly #listRequests = new Set<string>();
  #count = 0;
  /** The guard instance decides one call after the other, in the order in which they came. */
  #queue: Promise<void>;

  constructor(options: GuardGateOptions) {
    this.#options = options;
    const { recording, wire } = options;
    this.#queue = options.guard.prepare();
    this.#lookups = new LiveLookups((message, madeFor) => {
      recording.message('client', message, { ...this.#marks, by: 'guard', for: madeFor });
      wire.toServer(message);
    });
  }

  fromClient(bytes: Uint8Array): boolean {
    const { recording } = this.#options;
    recording.message('client', bytes, this.#marks);
    const frame = parseMessage(bytes);
    const mode = this.#options.guard.mode();
    if (frame === undefined) return mode !== 'enforce' || !mayBeMessage(bytes) || this.#refuseMessage(notJsonRefusal);
    if (Array.isArray(frame)) return mode !== 'enforce' || this.#passesBatch(frame);
    const message = classifyMessage(frame);
    if (message.kind === 'notification' && message.method === 'notifications/cancelled') {
      this.#cancel(message.params);
      return true;
    }
    // Some servers accept a message with an invalid id or a "Method" as a call.
    if (message.kind === 'invalid' && isJsonObject(frame) && mode === 'enforce')
      return this.#refuseMessage(notMessageRefusal);
    if (message.kind !== 'request') return true;
    if (message.method === 'tools/list' && mode === 'enforce') this.#listRequests.add(idKey(message.id));
    if (message.method !== 'tools/call') return true;
    const params = toolCallParams(message.params);
    // The server refuses a call without valid parameters.
    if ('reason' in params) return true;
    const call = newLiveCall(this.#count++, this.#options.server, params.tool, params.args);
    if (mode === 'off') this.#remember(message, call);
    else this.#enqueue(message, call, { bytes, enforced: mode === 'enforce' });
    return mode !== 'enforce';
  }

  fromServer(bytes: Uint8Array): boolean {
    const { recording, wire } = this.#options;
    const frame = parseMessage(bytes);
    if (Array.isArray(frame)) {
      const passing = frame.filter((each: JsonValue) => this.#passesServerMessage(each, Buffer.from(jsonText(each))));
      if (passing.length === frame.length) return true;
      for (const each of passing) wire.toClient(Buffer.from(jsonText(each)));
      return false;
    }
    if (frame !== undefined) return this.#passesServerMessage(frame, bytes);
    recording.message('server', bytes, this.#marks);
    return this.passesUnseen() || !mayBeMessage(bytes);
  }

  passesUnseen(): boolean {
    return this.#options.guard.mode() !== 'enforce';
  }

  settled(): Promise<void> {
    return this.#queue;
  }

  async close(): Promise<void> {
    for (const { onAnswer } of this.#open.values()) onAnswer({ ok: false, error: 'the session has ended' });
    this.#open.clear();
    this.#lookups.close();
    await this.#queue;
  }

  /** Members that mark the connection on every recorded line. */
  get #marks(): { readonly session?: string } {
    const { session } = this.#options;
    return session === '' ? {} : { session };
  }

  /** Stores a call that no guard decides, so that a guard that is loaded later knows it. */
  #remember({ id }: Request, live: LiveCall): void {
    const onAnswer = (answer: ServerAnswer): void => {
      live.answer = answer;
    };
    this.#open.set(idKey(id), { id, idText: '', live, enforced: false, onAnswer, isCancelled: false });
    this.#options.guard.remember(live);
  }

  /** Queues a call for its decision. An enforced call is sent to the server when the guard allows it. */
  #enqueue(
    { id }: Request,
    live: LiveCall,
    { bytes, enforced }: { readonly bytes: Uint8Array; readonly enforced: boolean },
  ): void {
    let onAnswer: (answer: ServerAnswer) => void = () => undefined;
    const serverAnswer = new Promise<ServerAnswer>((resolve) => {
      onAnswer = resolve;
    });
    const open: OpenCall = { id, idText: enforced ? idText(bytes) : '', live, enforced, onAnswer, isCancelled: false };
    const key = idKey(id);
    this.#open.set(key, open);
    this.#decided.delete(key);
    const callBackend = async (): Promise<ServerAnswer> => {
      if (open.isCancelled) return { ok: false, error: 'context canceled' };
      if (enforced) this.#options.wire.toServer(bytes);
      live.answer = await withTimeout(this.#options.deadlineMs, serverAnswer);
      return live.answer;
    };
    // The gateway asks no guard about a message that it cannot read.
    const unreadable = enforced ? goJsonError(bytes) : null;
    this.#queue = this.#queue.then(async () => {
      const decided = unreadable === null ? await this.#decide(id, live, callBackend) : { failure: unreadable };
      // An enforced call is over, also when it was never sent; the answer to a watched one may still come.
      if (enforced) {
        this.#open.delete(key);
        this.#decided.add(key);
      }
      this.#finish(open, decided);
    });
  }

  async #decide(
    id: MessageId,
    live: LiveCall,
    callBackend: () => Promise<ServerAnswer>,
  ): ReturnType<LiveGuard['decide']> {
    const ask: (tool: string, args: JsonValue, signal: AbortSignal) => ReturnType<LiveLookups['ask']> = async (
      tool,
      args,
      signal,
    ) => {
      const answer = await this.#lookups.ask(tool, args, id, signal);
      live.addLookup(tool, args, answer);
      return answer;
    };
    try {
      return await this.#options.guard.decide(live, { callBackend, lookups: { kind: 'live', ask } });
    } catch (thrown) {
      return { failure: thrown instanceof Error ? thrown.message : String(thrown) };
    }
  }

  /** Records what the guard did, and sends the client the answer to an enforced call. */
  #finish(open: OpenCall, decided: Awaited<ReturnType<LiveGuard['decide']>>): void {
    const { recording, wire } = this.#options;
    const record: DecisionRecord | null = 'record' in decided ? decided.record : null;
    const calls: readonly GuardCallRecord[] = record?.guardCalls ?? [];
    const about = { ...this.#marks, for: open.id };
    recording.line(jsonText({ ...about, guard: calls }));
    if (!open.enforced || open.isCancelled) return;
    const failure = 'failure' in decided ? decided.failure : '';
    const client = record?.client ?? tapRefusal(`the guard cannot decide this call, so it is refused: ${failure}`);
    const message = answerText(open.idText, client);
    const line = JSON.stringify({ ...about, mode: 'enforce', outcome: record?.outcome ?? 'error' });
    recording.line(`${line.slice(0, -1)},"client":${message}}`);
    wire.toClient(Buffer.from(message));
  }

  /** Records a message of the server. True: the client gets it as it is. */
  #passesServerMessage(frame: JsonValue, bytes: Uint8Array): boolean {
    const { recording } = this.#options;
    const message = classifyMessage(frame);
    if (message.kind !== 'response') {
      recording.message('server', bytes, this.#marks);
      return true;
    }
    if (this.#lookups.isOwn(message.id)) {
      const owner = this.#lookups.ownerOf(message.id);
      recording.message('server', bytes, { ...this.#marks, by: 'guard', ...(owner === null ? {} : { for: owner }) });
      this.#lookups.answer(message.id, message.body);
      return false;
    }
    recording.message('server', bytes, this.#marks);
    const key = message.id === null ? '' : idKey(message.id);
    if (this.#listRequests.delete(key)) return this.#passesToolList(message.raw, bytes);
    const open = this.#open.get(key);
    // A second answer, as a server may send after a resumption, must not bypass the guard.
    if (open === undefined) return !this.#decided.has(key);
    this.#options.guard.weigh(open.live, bytes.length);
    open.onAnswer(serverAnswerOf(message.body));
    if (!open.enforced) this.#open.delete(key);
    return !open.enforced;
  }

  /** False when the gate has sent the list without its output schemas. */
  #passesToolList(answer: JsonObject, bytes: Uint8Array): boolean {
    const plain = withoutOutputSchemas(answer);
    if (plain === null) return true;
    const { jsonrpc: _, id: __, ...body } = plain;
    this.#options.wire.toClient(Buffer.from(answerText(idText(bytes), body)));
    return false;
  }

  /** The client cancels a call: it gets no answer, and a call that was not sent yet is not sent. */
  #cancel(params: JsonValue): void {
    const id = isJsonObject(params) ? params['requestId'] : undefined;
    const open = typeof id === 'string' || typeof id === 'number' ? this.#open.get(idKey(id)) : undefined;
    if (open === undefined) return;
    open.isCancelled = true;
    open.onAnswer({ ok: false, error: 'context canceled' });
  }

  /** Refuses a batch with a tool call: MCP has had no batches since 2025-06-18, and the gateway accepts none. True when the batch may pass. */
  #passesBatch(frame: readonly JsonValue[]): boolean {
    const messages = frame.map((each) => classifyMessage(each));
    if (messages.some((each) => each.kind === 'invalid')) return this.#refuseMessage(notMessageRefusal);
    const requests = messages.filter((each) => each.kind === 'request');
    if (!requests.some(({ method }) => method === 'tools/call')) return true;
    for (const { id } of requests) {
      this.#refuse(id, tapRefusal('a batch that contains a tool call is refused while a guard enforces'));
    }
    return false;
  }

  /** Refuses a message that no guard can check. Its id is not known, so the answer has the id null. */
  #refuseMessage(refusal: TapRefusal): false {
    this.#refuse(null, refusal);
    return false;
  }

  #refuse(id: MessageId | null, refusal: TapRefusal): void {
    const { wire, recording } = this.#options;
    const client = { jsonrpc: '2.0', id, ...refusal };
    recording.line(JSON.stringify({ ...this.#marks, for: id, mode: 'enforce', outcome: 'error', client }));
    wire.toClient(Buffer.from(JSON.stringify(client)));
  }
}
