/** Look-ups of the guard of a live session: requests to the server among those of the client, with answers that the client never sees. */
import { randomBytes } from 'node:crypto';
import { encodeGoJson } from '../../core/go/goJson.ts';
import type { JsonValue } from '../../core/base/json.ts';
import type { MessageId, ResponseBody } from '../../core/mcp/message.ts';
import { gatewayAnswer } from '../../core/trace/capture/nativeAnswer.ts';
import type { BackendAnswer } from '../../core/guard/backend.ts';

/** Sends a request to the server and records it. `madeFor`: id of the client's request that the guard decides. */
export type SendLookup = (message: Uint8Array, madeFor: MessageId) => void;

export class LiveLookups {
  readonly #send: SendLookup;
  /** Random, so that no request of a client can have an id of this kind. */
  readonly #prefix = `guardscope-${randomBytes(9).toString('base64url')}-`;
  readonly #open = new Map<
    string,
    { readonly madeFor: MessageId; readonly resolve: (answer: BackendAnswer) => void }
  >();
  #count = 0;

  constructor(send: SendLookup) {
    this.#send = send;
  }

  /** Calls a tool of the server. After the signal has aborted, an answer that still comes is ignored. */
  ask(tool: string, args: JsonValue, madeFor: MessageId, signal: AbortSignal): Promise<BackendAnswer> {
    const id = `${this.#prefix}${++this.#count}`;
    // Go's encoding keeps a -0, and handles deeper nesting than JSON.stringify does.
    const params = `{"name":${encodeGoJson(tool)},"arguments":${encodeGoJson(args ?? {})}}`;
    const request = `{"jsonrpc":"2.0","id":"${id}","method":"tools/call","params":${params}}`;
    return new Promise((resolve) => {
      this.#open.set(id, { madeFor, resolve });
      signal.addEventListener('abort', () => resolve({ error: 'context canceled' }), { once: true });
      this.#send(Buffer.from(request), madeFor);
    });
  }

  /** The client's request that the open look-up with this id was made for; null when there is no such look-up. */
  ownerOf(id: MessageId | null): MessageId | null {
    return typeof id === 'string' ? (this.#open.get(id)?.madeFor ?? null) : null;
  }

  /** Whether an id is that of a look-up, open or answered. */
  isOwn(id: MessageId | null): boolean {
    return typeof id === 'string' && id.startsWith(this.#prefix);
  }

  answer(id: MessageId | null, body: ResponseBody): void {
    if (typeof id !== 'string') return;
    const open = this.#open.get(id);
    this.#open.delete(id);
    if (open === undefined) return;
    const answer = gatewayAnswer(body);
    open.resolve(answer.error === undefined ? { result: answer.result } : { error: answer.error });
  }

  /** Answers every open look-up with an error. */
  close(): void {
    for (const { resolve } of this.#open.values()) resolve({ error: 'the session has ended' });
    this.#open.clear();
  }
}
