/** One MCP session of an HTTP tap with a gate: knows which requests of the client wait, and where each message of the gate goes. */
import type { ServerResponse } from 'node:http';
import type { JsonValue } from '../../../../core/base/json.ts';
import { isJsonObject } from '../../../../core/base/json.ts';
import { classifyMessage } from '../../../../core/mcp/message.ts';
import { parseMessage } from '../../../../core/mcp/rawMessage.ts';
import type { Gate, GatePorts, Gates } from '../../gate/gate.ts';
import type { RecordingSink } from '../../../recording/tapSide/recordingSink.ts';
import type { AgentTokens } from '../agentTokens.ts';
import type { ClientReply } from '../clientReply.ts';
import { eventOf } from '../eventSplitter.ts';
import type { RawHeaders } from '../headers.ts';
import { ownRequestHeaders } from './enforcedHeads.ts';
import { postOwn } from './ownPost.ts';
import type { Upstream } from '../upstream.ts';

/** What all sessions of a tap share. */
export interface GatedContext {
  readonly gates: Gates;
  readonly recording: RecordingSink;
  readonly upstream: Upstream;
  readonly maxMessageBytes: number;
  readonly agents: AgentTokens;
}

/** Path and headers of a request of the client, which messages of the gate reuse. */
export interface RequestHead {
  readonly path: string;
  readonly headers: RawHeaders;
}

/** A request of the client that waits for its answer. */
interface WaitingPost {
  readonly reply: ClientReply;
  readonly head: RequestHead;
  /** Whether the answers come on the session's stream, as in the older transport. */
  readonly isAnsweredOnStream: boolean;
}

export class GatedSession implements GatePorts {
  readonly gate: Gate;
  readonly #context: GatedContext;
  /** null until the answer to the request that opens the session names it. */
  #name: string | null;
  /** By the exchange. */
  readonly #waiting = new Map<number, WaitingPost>();
  readonly #streams = new Set<ServerResponse>();
  readonly #posts = new Set<() => void>();
  #lastHead: RequestHead | null = null;

  constructor(name: string | null, context: GatedContext) {
    this.#name = name;
    this.#context = context;
    this.gate = context.gates.make(this);
  }

  /** Its name in the capture; empty where the server gave no session id, null while it is not known. */
  get session(): string | null {
    return this.#name;
  }

  readonly agentOf = (exchange: number): string => {
    const head = this.#waiting.get(exchange)?.head ?? this.#lastHead;
    return head === null ? '' : this.#context.agents.ofRawHeaders(head.headers);
  };

  /** The answer to the request that opens the session names it. */
  named(name: string): void {
    this.#name = name;
    this.gate.named();
  }

  /** Whether no request waits, and no stream is open. */
  get isIdle(): boolean {
    return this.#waiting.size === 0 && this.#streams.size === 0 && this.#posts.size === 0;
  }

  /** Notes a POST of the client, in this exchange. */
  wait(exchange: number, post: WaitingPost): void {
    this.#lastHead = post.head;
    this.#waiting.set(exchange, post);
    post.reply.onGone(() => this.#waiting.delete(exchange));
  }

  /** Notes a stream that the client opened to listen. */
  listen(stream: ServerResponse, head: RequestHead | null): void {
    if (head !== null) this.#lastHead = head;
    this.#streams.add(stream);
    stream.on('close', () => this.#streams.delete(stream));
  }

  toServer(message: Uint8Array, exchange: number): void {
    const head = this.#waiting.get(exchange)?.head ?? this.#lastHead;
    if (head === null) return this.#refuse(message, exchange, 'the client has sent nothing in this session yet');
    const id = requestIds(message)[0] ?? null;
    const waitingReply = (): ClientReply | null => (id === null ? null : (this.#waiting.get(exchange)?.reply ?? null));
    let status = 0;
    let answered = false;
    let reason = '';
    const { upstream, maxMessageBytes, recording } = this.#context;
    const cancel = postOwn(
      upstream,
      { ...head, headers: ownRequestHeaders(head.headers, message, this.gate) },
      message,
      maxMessageBytes,
      recording,
      {
        answered: (code, isEvents) => {
          status = code;
          const reply = waitingReply();
          if (reply === null) return;
          reply.prefersEvents = isEvents;
          // The client must get the status for an ended session or a missing authorization.
          if (code >= 400) reply.status = code;
        },
        message: (bytes) => {
          const answers = id !== null && responseIds(bytes).includes(id);
          answered ||= answers;
          if (status >= 400 && !answers) {
            const quoted = bytes.toString('utf8', 0, mostQuoted);
            // A server may quote in an error page what the guard protects.
            if (this.gate.passesUnseen()) reason = `: ${quoted}`;
            else recording.event('not-passed', { ...this.#marks, status, text: quoted });
            // A body such as "Accepted" is not a message.
          } else if (isJsonText(bytes)) this.#fromServer(bytes, exchange);
        },
        ended: (failure) => {
          this.#posts.delete(cancel);
          if (failure !== null) recording.event('unreachable', { ...this.#marks, reason: failure.message });
          // In the older transport the answer comes on the stream.
          if (answered || (failure === null && status === 202)) return;
          this.#refuse(message, exchange, failure?.message ?? `the server answered with ${status}${reason}`);
        },
      },
    );
    this.#posts.add(cancel);
  }

  toClient(message: Uint8Array, exchange: number): void {
    const post = this.#waiting.get(exchange);
    if (post !== undefined && !post.isAnsweredOnStream && sendInReply(post.reply, message)) return;
    if (!this.#sendOnStream(message)) this.#reportUndelivered();
  }

  /** Ends the session. What the guard still decides, it decides without the server. */
  async close(hurry?: AbortSignal): Promise<void> {
    for (const cancel of this.#posts) cancel();
    await this.gate.close(hurry);
  }

  get #marks(): { readonly session?: string } {
    return this.#name === null || this.#name === '' ? {} : { session: this.#name };
  }

  /** A message of the server in an answer to the tap: shows it to the gate, and passes on to the client what the gate lets through. */
  #fromServer(bytes: Buffer, exchange: number): void {
    const passed = this.gate.fromServer(bytes, exchange);
    if (passed !== null) this.toClient(passed, exchange);
  }

  /**
   * On the newest stream: the connection of an older one may be broken without a notice. Without a session the streams may be those of other
   * clients.
   */
  #sendOnStream(message: Uint8Array): boolean {
    const stream = [...this.#streams].at(-1);
    if (stream === undefined || (this.#name ?? '') === '') return false;
    this.#context.recording.whenDurable(() => stream.write(eventOf(message)));
    return true;
  }

  #reportUndelivered(): void {
    this.#context.recording.event('undelivered', { ...this.#marks });
  }

  /** Answers the gate in place of the server, whose answer will not come. */
  #refuse(message: Uint8Array, exchange: number, reason: string): void {
    const [id] = requestIds(message);
    if (id === undefined) return;
    const error = { code: -32_000, message: `guardscope tap: ${reason}` };
    this.#fromServer(Buffer.from(`{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(error)}}`), exchange);
  }
}

/** Bytes of a server's error that the client gets to see. */
const mostQuoted = 500;

/** Ids of the requests in these bytes, as keys: a number never equals a string. */
export function requestIds(bytes: Uint8Array): readonly string[] {
  return idsOf(bytes, 'request');
}

/** Ids of the requests that the messages in these bytes answer, as keys. */
export function responseIds(bytes: Uint8Array): readonly string[] {
  return idsOf(bytes, 'response');
}

function idsOf(bytes: Uint8Array, kind: 'request' | 'response'): readonly string[] {
  const root = parseMessage(bytes);
  const messages: readonly JsonValue[] = root === undefined ? [] : Array.isArray(root) ? root : [root];
  return messages.flatMap((each) => {
    const message = classifyMessage(each);
    return message.kind === kind && message.id !== null ? [JSON.stringify(message.id)] : [];
  });
}

/** Sends a message in the answer to a POST. False when it does not belong there, or when that answer is over. */
function sendInReply(reply: ClientReply, message: Uint8Array): boolean {
  const [id = null] = responseIds(message);
  if (id !== null && reply.answer(id, message)) return true;
  const parsed = parseMessage(message);
  // A message that was refused as a whole may have no id that its sender could wait for.
  if (isJsonObject(parsed) && parsed['error'] !== undefined) return reply.reject(message);
  return id === null && reply.sendBefore(message);
}

/** Whether these bytes are JSON. */
export function isJsonText(bytes: Uint8Array): boolean {
  return parseMessage(bytes) !== undefined;
}
