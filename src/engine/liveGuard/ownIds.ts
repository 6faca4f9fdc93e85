/** Ids of the requests that a gate sends to the server: no id of a client equals one, and none can be guessed. */
import { randomBytes } from 'node:crypto';
import type { MessageId } from '../../core/mcp/message.ts';

export class OwnIds {
  readonly #prefix = `guardscope-${randomBytes(9).toString('base64url')}-`;
  #count = 0;

  next(): string {
    return `${this.#prefix}${++this.#count}`;
  }

  /** Whether an id is one of the gate's, open or answered. */
  has(id: MessageId | null): id is string {
    return typeof id === 'string' && id.startsWith(this.#prefix);
  }
}
