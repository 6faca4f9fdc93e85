/** The tool calls of a connection in the order in which they came: the guard decides one after the other, with the server's answers. */
import type { JsonObject, JsonValue } from '../../core/base/json.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import type { MessageId } from '../../core/mcp/message.ts';
import { type ServerAnswer, withTimeout } from './gateAnswers.ts';
import type { GateLog } from './gateLog.ts';
import type { LiveGuard } from './liveGuard.ts';
import type { LiveCall } from './liveHistory.ts';
import type { LiveLookups } from './liveLookups.ts';

/** A call that waits for its decision. */
export interface QueuedCall {
  readonly id: MessageId;
  readonly exchange: number;
  /** Parameters of the request. */
  readonly params: JsonObject | null;
  readonly live: LiveCall;
  /** The answer of the server. */
  readonly answer: Promise<ServerAnswer>;
  /** Sends the call to the server, when the guard allows it; null for a call that the server has already. */
  readonly send: (() => void) | null;
  /** Whether the client has cancelled it. */
  readonly isCancelled: () => boolean;
  /** The guard has decided, or why it could not. */
  readonly decided: (decision: CallDecision) => void;
}

/** The record of a decision, or why there is none. */
export type CallDecision = Awaited<ReturnType<LiveGuard['decide']>>;

export class CallQueue {
  readonly #guard: LiveGuard;
  readonly #lookups: LiveLookups;
  readonly #log: GateLog;
  readonly #deadlineMs: number;
  #last: Promise<void>;
  #undecided = 0;

  /** `deadlineMs`: milliseconds for the server's answer to a call, as the gateway's tool timeout. */
  constructor(guard: LiveGuard, lookups: LiveLookups, log: GateLog, deadlineMs: number) {
    this.#guard = guard;
    this.#lookups = lookups;
    this.#log = log;
    this.#deadlineMs = deadlineMs;
    this.#last = guard.prepare();
  }

  /** Number of calls that are not decided. */
  get undecided(): number {
    return this.#undecided;
  }

  add(call: QueuedCall): void {
    this.#undecided += 1;
    this.#last = this.#last.then(async () => {
      const decision = await this.#decide(call);
      this.#undecided -= 1;
      const record: DecisionRecord | null = 'record' in decision ? decision.record : null;
      this.#log.guardCalls(call.id, call.exchange, record?.guardCalls ?? []);
      call.decided(decision);
    });
  }

  /** Resolves when every call so far is decided. */
  settled(): Promise<void> {
    return this.#last;
  }

  async #decide({ id, exchange, params, live, answer, send, isCancelled }: QueuedCall): Promise<CallDecision> {
    const callBackend = async (): Promise<ServerAnswer> => {
      if (isCancelled()) return { ok: false, error: 'context canceled' };
      send?.();
      live.answer = await withTimeout(this.#deadlineMs, answer);
      return live.answer;
    };
    const ask = async (
      tool: string,
      args: JsonValue,
      signal: AbortSignal,
    ): Promise<Awaited<ReturnType<LiveLookups['ask']>>> => {
      const found = await this.#lookups.ask(tool, args, { id, exchange, params }, signal);
      live.addLookup(tool, args, found);
      return found;
    };
    try {
      return await this.#guard.decide(live, { callBackend, lookups: { kind: 'live', ask } });
    } catch (thrown) {
      return { failure: thrown instanceof Error ? thrown.message : String(thrown) };
    }
  }
}
