/** What the guard of a live session asks the server: requests of its own among those of the client, with answers that nobody else sees. */
import { randomBytes } from 'node:crypto';
import { encodeGoJson } from '../../core/go/goJson.ts';
import type { JsonValue } from '../../core/base/json.ts';
import type { MessageId, ResponseBody } from '../../core/mcp/message.ts';
import { gatewayAnswer } from '../../core/trace/capture/nativeAnswer.ts';
import type { BackendAnswer } from '../../core/guard/backend.ts';

/** What sends a request and records it. */
export type SendLookup = (message: Uint8Array, madeFor: MessageId) => void;

export class LiveLookups {
  readonly #send: SendLookup;
  /** No client can guess it, so no client's request is taken for one of these. */
  readonly #prefix = `guardscope-${randomBytes(9).toString('base64url')}-`;
  readonly #open = new Map<
    string,
    { readonly madeFor: MessageId; readonly resolve: (answer: BackendAnswer) => void }
  >();
  #count = 0;

  constructor(send: SendLookup) {
    this.#send = send;
  }

  /** Asks the server for a tool. An answer after the signal has aborted is dropped when it comes. */
  ask(tool: string, args: JsonValue, madeFor: MessageId, signal: AbortSignal): Promise<BackendAnswer> {
    const id = `${this.#prefix}${++this.#count}`;
    // As Go writes them, the arguments keep a -0 and may be nested deeper than the engine's own encoder goes.
    const params = `{"name":${encodeGoJson(tool)},"arguments":${encodeGoJson(args ?? {})}}`;
    const request = `{"jsonrpc":"2.0","id":"${id}","method":"tools/call","params":${params}}`;
    return new Promise((resolve) => {
      this.#open.set(id, { madeFor, resolve });
      signal.addEventListener('abort', () => resolve({ error: 'context canceled' }), { once: true });
      this.#send(Buffer.from(request), madeFor);
    });
  }

  /** The client's request that a look-up with this id was made for; null when the id is none of a look-up. */
  ownerOf(id: MessageId | null): MessageId | null {
    return typeof id === 'string' ? (this.#open.get(id)?.madeFor ?? null) : null;
  }

  /** Whether an id looks like one of a look-up, answered already or not. */
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

  /** Nobody answers any more. */
  close(): void {
    for (const { resolve } of this.#open.values()) resolve({ error: 'the session has ended' });
    this.#open.clear();
  }
}
