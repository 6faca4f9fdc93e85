/** One MCP session of an HTTP tap with a gate in it: which of the client's requests wait, and where each message of the gate belongs. */
import type { ServerResponse } from 'node:http';
import type { JsonValue } from '../../../core/base/json.ts';
import { isJsonObject } from '../../../core/base/json.ts';
import { classifyMessage } from '../../../core/mcp/message.ts';
import type { Gate, GateFactory, GatePorts } from '../gate/gate.ts';
import type { RecordingSink } from '../../recording/tapSide/recordingSink.ts';
import type { ClientReply } from './clientReply.ts';
import { eventOf } from './eventSplitter.ts';
import type { RawHeaders } from './headers.ts';
import { postOwn } from './ownPost.ts';
import type { Upstream } from './upstream.ts';

/** What every session of a tap shares. */
export interface GatedContext {
  readonly make: GateFactory;
  readonly recording: RecordingSink;
  readonly upstream: Upstream;
  readonly maxMessageBytes: number;
}

/** Where and as whom the client of a session speaks to the server. */
export interface ClientVoice {
  readonly path: string;
  /** Without a length. */
  readonly headers: RawHeaders;
}

export class GatedSession implements GatePorts {
  /** As the capture calls it; empty where the server gave no id. */
  readonly name: string;
  readonly gate: Gate;
  readonly #world: GatedContext;
  readonly #replies = new Set<ClientReply>();
  readonly #streams = new Set<ServerResponse>();
  readonly #posts = new Set<() => void>();
  /** How a held request is sent when the gate lets it. */
  readonly #voices = new Map<string, ClientVoice>();
  #voice: ClientVoice | null = null;

  constructor(name: string, world: GatedContext) {
    this.name = name;
    this.#world = world;
    this.gate = world.make(this, name);
  }

  /** Nothing is on its way, and no stream is open. */
  get isIdle(): boolean {
    return this.#replies.size === 0 && this.#streams.size === 0 && this.#posts.size === 0;
  }

  /** A POST of the client with its requests. False: a request with one of these ids was not answered yet. */
  wait(reply: ClientReply, ids: readonly string[], voice: ClientVoice): boolean {
    this.#voice = voice;
    const isNew = !ids.some((id) => [...this.#replies].some((each) => each.waitsFor(id)));
    this.#replies.add(reply);
    for (const id of ids) this.#voices.set(id, voice);
    reply.onGone(() => {
      this.#replies.delete(reply);
      for (const id of ids) this.#voices.delete(id);
    });
    return isNew;
  }

  /** A stream that the client opened to listen. */
  listen(stream: ServerResponse, voice: ClientVoice | null): void {
    if (voice !== null) this.#voice = voice;
    this.#streams.add(stream);
    stream.on('close', () => this.#streams.delete(stream));
  }

  toServer(message: Uint8Array): void {
    const id = requestId(message);
    const voice = (id === null ? undefined : this.#voices.get(id)) ?? this.#voice;
    if (voice === null) return this.#refuse(message, 'nobody has spoken in this session yet');
    const home = (): ClientReply | null =>
      id === null ? null : ([...this.#replies].find((reply) => reply.waitsFor(id)) ?? null);
    let status = 0;
    let answered = false;
    let reason = '';
    const { upstream, maxMessageBytes, recording } = this.#world;
    const cancel = postOwn(upstream, voice.path, voice.headers, message, maxMessageBytes, recording, {
      answered: (code, isEvents) => {
        status = code;
        const reply = home();
        if (reply === null) return;
        reply.prefersEvents = isEvents;
        // The client must learn that its session is gone, or that it may not speak.
        if (code >= 400) reply.status = code;
      },
      message: (bytes) => {
        const answers = id !== null && responseIds(bytes).includes(id);
        answered ||= answers;
        if (status >= 400 && !answers) reason = `: ${bytes.toString('utf8', 0, mostQuoted)}`;
        // "Accepted" and the like say nothing.
        else if (isJsonText(bytes)) this.fromServer(bytes, home());
      },
      ended: (failure) => {
        this.#posts.delete(cancel);
        if (failure !== null) recording.event('unreachable', { ...this.#marks, reason: failure.message });
        // On the older transport the answer comes on the stream.
        if (answered || (failure === null && status === 202)) return;
        this.#refuse(message, failure?.message ?? `the server answered with ${status}${reason}`);
      },
    });
    this.#posts.add(cancel);
  }

  toClient(message: Uint8Array): void {
    const [id = null] = responseIds(message);
    if (id !== null && [...this.#replies].some((reply) => reply.answer(id, message))) return;
    if (!this.#tellStream(message)) this.#lost();
  }

  /** A message of the server's that came to the tap itself: to the gate, and on to the client if it may see it. */
  fromServer(bytes: Buffer, home: ClientReply | null): void {
    if (!this.gate.fromServer(bytes)) return;
    const [id = null] = responseIds(bytes);
    if (id !== null && [...this.#replies].some((reply) => reply.answer(id, bytes))) return;
    if (home?.aside(bytes) === true || this.#tellStream(bytes)) return;
    this.#lost();
  }

  /** Ends it: what the guard still decides, it decides without the server. */
  async close(): Promise<void> {
    for (const cancel of this.#posts) cancel();
    await this.gate.close();
  }

  get #marks(): { readonly session?: string } {
    return this.name === '' ? {} : { session: this.name };
  }

  /** The newest stream: an older one may be a connection that nobody has noticed to be gone. */
  #tellStream(message: Uint8Array): boolean {
    const stream = [...this.#streams].at(-1);
    if (stream === undefined) return false;
    this.#world.recording.whenDurable(() => stream.write(eventOf(message)));
    return true;
  }

  #lost(): void {
    this.#world.recording.event('undelivered', { ...this.#marks });
  }

  /** The gate waits for an answer that will not come. */
  #refuse(message: Uint8Array, reason: string): void {
    const frame = parse(message);
    const id = isJsonObject(frame) ? frame['id'] : undefined;
    if (id === undefined) return;
    const error = { code: -32_000, message: `guardscope tap: ${reason}` };
    this.fromServer(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, error })), null);
  }
}

/** Bytes of an error of the server that the client is told. */
const mostQuoted = 500;

/** Ids as keys: numbers and texts never match each other. */
export function requestIds(bytes: Uint8Array): readonly string[] {
  return idsOf(bytes, 'request');
}

/** The requests that the messages in these bytes answer. */
export function responseIds(bytes: Uint8Array): readonly string[] {
  return idsOf(bytes, 'response');
}

function requestId(bytes: Uint8Array): string | null {
  return requestIds(bytes)[0] ?? null;
}

function idsOf(bytes: Uint8Array, kind: 'request' | 'response'): readonly string[] {
  const frame = parse(bytes);
  const messages: readonly JsonValue[] = frame === undefined ? [] : Array.isArray(frame) ? frame : [frame];
  return messages.flatMap((each) => {
    const message = classifyMessage(each);
    return message.kind === kind && message.id !== null ? [JSON.stringify(message.id)] : [];
  });
}

/** Whether these bytes are JSON that no server takes for a call where the gate sees none. */
export function isClear(bytes: Uint8Array): boolean {
  const frame = parse(bytes);
  const messages: readonly JsonValue[] = Array.isArray(frame) ? frame : [frame ?? null];
  return (
    frame !== undefined && !messages.some((each) => isJsonObject(each) && classifyMessage(each).kind === 'invalid')
  );
}

export function isJsonText(bytes: Uint8Array): boolean {
  return parse(bytes) !== undefined;
}

/** undefined for what is no JSON. */
function parse(bytes: Uint8Array): JsonValue | undefined {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as JsonValue;
  } catch {
    return undefined;
  }
}
