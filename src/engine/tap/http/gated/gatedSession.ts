/** One MCP session of an HTTP tap with a gate: knows which requests of the client wait, and where each message of the gate goes. */
import type { ServerResponse } from 'node:http';
import type { JsonValue } from '../../../../core/base/json.ts';
import { isJsonObject } from '../../../../core/base/json.ts';
import { classifyMessage } from '../../../../core/mcp/message.ts';
import type { Gate, GateFactory, GatePorts } from '../../gate/gate.ts';
import type { RecordingSink } from '../../../recording/tapSide/recordingSink.ts';
import type { ClientReply } from '../clientReply.ts';
import { eventOf } from '../eventSplitter.ts';
import type { RawHeaders } from '../headers.ts';
import { postOwn } from './ownPost.ts';
import type { Upstream } from '../upstream.ts';

/** What all sessions of a tap share. */
export interface GatedContext {
  readonly make: GateFactory;
  readonly recording: RecordingSink;
  readonly upstream: Upstream;
  readonly maxMessageBytes: number;
}

/** Path and headers of a request of the client, which messages of the gate reuse. */
export interface RequestHead {
  readonly path: string;
  /** Without `Content-Length`. */
  readonly headers: RawHeaders;
}

export class GatedSession implements GatePorts {
  /** Its name in the capture; empty where the server gave no session id. */
  readonly name: string;
  readonly gate: Gate;
  readonly #context: GatedContext;
  readonly #replies = new Set<ClientReply>();
  readonly #streams = new Set<ServerResponse>();
  readonly #posts = new Set<() => void>();
  /** The head of each waiting request, by its id. */
  readonly #heads = new Map<string, RequestHead>();
  #lastHead: RequestHead | null = null;

  constructor(name: string, context: GatedContext) {
    this.name = name;
    this.#context = context;
    this.gate = context.make(this, name);
  }

  /** Whether no request waits, and no stream is open. */
  get isIdle(): boolean {
    return this.#replies.size === 0 && this.#streams.size === 0 && this.#posts.size === 0;
  }

  /** Notes a POST of the client with its requests. False when a request with one of these ids is still unanswered. */
  wait(reply: ClientReply, ids: readonly string[], head: RequestHead): boolean {
    this.#lastHead = head;
    const isNew = !ids.some((id) => [...this.#replies].some((each) => each.waitsFor(id)));
    this.#replies.add(reply);
    for (const id of ids) this.#heads.set(id, head);
    reply.onGone(() => {
      this.#replies.delete(reply);
      for (const id of ids) this.#heads.delete(id);
    });
    return isNew;
  }

  /** Notes a stream that the client opened to listen. */
  listen(stream: ServerResponse, head: RequestHead | null): void {
    if (head !== null) this.#lastHead = head;
    this.#streams.add(stream);
    stream.on('close', () => this.#streams.delete(stream));
  }

  toServer(message: Uint8Array): void {
    const id = requestId(message);
    const head = (id === null ? undefined : this.#heads.get(id)) ?? this.#lastHead;
    if (head === null) return this.#refuse(message, 'the client has sent nothing in this session yet');
    const waitingReply = (): ClientReply | null =>
      id === null ? null : ([...this.#replies].find((reply) => reply.waitsFor(id)) ?? null);
    let status = 0;
    let answered = false;
    let reason = '';
    const { upstream, maxMessageBytes, recording } = this.#context;
    const cancel = postOwn(upstream, head.path, head.headers, message, maxMessageBytes, recording, {
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
        if (status >= 400 && !answers) reason = `: ${bytes.toString('utf8', 0, mostQuoted)}`;
        // A body such as "Accepted" is not a message.
        else if (isJsonText(bytes)) this.fromServer(bytes, waitingReply());
      },
      ended: (failure) => {
        this.#posts.delete(cancel);
        if (failure !== null) recording.event('unreachable', { ...this.#marks, reason: failure.message });
        // In the older transport the answer comes on the stream.
        if (answered || (failure === null && status === 202)) return;
        this.#refuse(message, failure?.message ?? `the server answered with ${status}${reason}`);
      },
    });
    this.#posts.add(cancel);
  }

  toClient(message: Uint8Array): void {
    const [id = null] = responseIds(message);
    if (id !== null && [...this.#replies].some((each) => each.answer(id, message))) return;
    if (!this.#sendOnStream(message)) this.#reportUndelivered();
  }

  /** A message of the server in an answer to the tap: shows it to the gate, and passes it on to the client if the gate lets it. */
  fromServer(bytes: Buffer, reply: ClientReply | null): void {
    if (!this.gate.fromServer(bytes)) return;
    const [id = null] = responseIds(bytes);
    if (id !== null && [...this.#replies].some((each) => each.answer(id, bytes))) return;
    if (reply?.sendBefore(bytes) === true || this.#sendOnStream(bytes)) return;
    this.#reportUndelivered();
  }

  /** Ends the session. What the guard still decides, it decides without the server. */
  async close(): Promise<void> {
    for (const cancel of this.#posts) cancel();
    await this.gate.close();
  }

  get #marks(): { readonly session?: string } {
    return this.name === '' ? {} : { session: this.name };
  }

  /** On the newest stream: the connection of an older one may be broken without a notice. */
  #sendOnStream(message: Uint8Array): boolean {
    const stream = [...this.#streams].at(-1);
    if (stream === undefined) return false;
    this.#context.recording.whenDurable(() => stream.write(eventOf(message)));
    return true;
  }

  #reportUndelivered(): void {
    this.#context.recording.event('undelivered', { ...this.#marks });
  }

  /** Answers the gate in place of the server, whose answer will not come. */
  #refuse(message: Uint8Array, reason: string): void {
    const root = parse(message);
    const id = isJsonObject(root) ? root['id'] : undefined;
    if (id === undefined) return;
    const error = { code: -32_000, message: `guardscope tap: ${reason}` };
    this.fromServer(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, error })), null);
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

function requestId(bytes: Uint8Array): string | null {
  return requestIds(bytes)[0] ?? null;
}

function idsOf(bytes: Uint8Array, kind: 'request' | 'response'): readonly string[] {
  const root = parse(bytes);
  const messages: readonly JsonValue[] = root === undefined ? [] : Array.isArray(root) ? root : [root];
  return messages.flatMap((each) => {
    const message = classifyMessage(each);
    return message.kind === kind && message.id !== null ? [JSON.stringify(message.id)] : [];
  });
}

/** Whether these bytes are JSON without an invalid message, which a server might take for a call that the gate does not see. */
export function isClear(bytes: Uint8Array): boolean {
  const root = parse(bytes);
  const messages: readonly JsonValue[] = Array.isArray(root) ? root : [root ?? null];
  return root !== undefined && !messages.some((each) => isJsonObject(each) && classifyMessage(each).kind === 'invalid');
}

export function isJsonText(bytes: Uint8Array): boolean {
  return parse(bytes) !== undefined;
}

/** undefined when the bytes are not JSON. */
function parse(bytes: Uint8Array): JsonValue | undefined {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as JsonValue;
  } catch {
    return undefined;
  }
}
