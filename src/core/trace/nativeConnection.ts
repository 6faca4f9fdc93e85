/** One connection of a native capture while it is read: its open requests, and the client's calls. */
import { Exchanges } from '../mcp/exchange.ts';
import type { MessageId } from '../mcp/message.ts';
import type { CallDraft } from './draft.ts';

/** Open requests (null for those that are no calls), and the client's calls by id. */
export interface Connection {
  readonly exchanges: Exchanges<CallDraft | null>;
  readonly byId: Map<MessageId, CallDraft>;
  /** The client's calls in order. */
  readonly calls: CallDraft[];
  /** Calls that the client no longer waits for. */
  readonly cancelled: Set<CallDraft>;
  lastCall: CallDraft | null;
}

export function openConnection(): Connection {
  return { exchanges: new Exchanges(), byId: new Map(), calls: [], cancelled: new Set(), lastCall: null };
}
