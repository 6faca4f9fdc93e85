/** Look-ups of the guard of a live session: requests to the server among those of the client, with answers that the client never sees. */

import type { JsonObject, JsonValue } from '../../core/base/json.ts';
import { callParams } from '../../core/mcp/gatewayMethods.ts';
import type { MessageId, ResponseBody } from '../../core/mcp/message.ts';
import { gatewayAnswer } from '../../core/trace/capture/nativeAnswer.ts';
import type { BackendAnswer } from '../../core/guard/backend.ts';
import { ownText } from '../../core/mcp/rawMessage.ts';
import type { OwnIds } from './ownIds.ts';

/** The request of the client that a look-up is made for. */
export interface LookupOwner {
  readonly id: MessageId;
  readonly exchange: number;
  /** Its parameters: since MCP 2026-07-28 each request says in `_meta` which revision it is of, and a look-up says the same. */
  readonly params: JsonObject | null;
}

/** Sends a request to the server and records it. */
export type SendLookup = (message: Uint8Array, madeFor: LookupOwner) => void;

export class LiveLookups {
  readonly #ids: OwnIds;
  readonly #send: SendLookup;
  readonly #open = new Map<
    string,
    { readonly madeFor: LookupOwner; readonly resolve: (answer: BackendAnswer) => void }
  >();

  constructor(ids: OwnIds, send: SendLookup) {
    this.#ids = ids;
    this.#send = send;
  }

  /** Calls a tool of the server. After the signal has aborted, an answer that still comes is ignored. */
  ask(tool: string, args: JsonValue, madeFor: LookupOwner, signal: AbortSignal): Promise<BackendAnswer> {
    const id = this.#ids.next();
    // Go's encoding keeps a -0, and handles deeper nesting than JSON.stringify does.
    const params = ownText(callParams(tool, args, madeFor.params));
    const request = `{"jsonrpc":"2.0","id":"${id}","method":"tools/call","params":${params}}`;
    return new Promise((resolve) => {
      this.#open.set(id, { madeFor, resolve });
      signal.addEventListener('abort', () => resolve({ error: 'context canceled' }), { once: true });
      this.#send(Buffer.from(request), madeFor);
    });
  }

  /** The client's request that the open look-up with this id was made for; null when there is no such look-up. */
  ownerOf(id: string): LookupOwner | null {
    return this.#open.get(id)?.madeFor ?? null;
  }

  answer(id: string, body: ResponseBody): void {
    const open = this.#open.get(id);
    this.#open.delete(id);
    if (open === undefined) return;
    const answer = gatewayAnswer(body);
    open.resolve(answer.error === undefined ? { result: answer.result } : { error: answer.error });
  }

  /** Answers every open look-up with an error. They stay known, because an answer on its way is recorded with its call. */
  close(): void {
    for (const { resolve } of this.#open.values()) resolve({ error: 'the session has ended' });
  }
}
