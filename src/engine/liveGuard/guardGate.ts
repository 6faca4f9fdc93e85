/** A guard between a client and its server: it watches the tool calls, or decides what each side gets. */
import { ownText, parseMessage, withId } from '../../core/mcp/rawMessage.ts';
import { isJsonObject, type JsonValue } from '../../core/base/json.ts';
import { jsonText } from '../../core/base/jsonText.ts';
import { classifyMessage, type Message } from '../../core/mcp/message.ts';
import type { Gate, GatePorts } from '../tap/gate/gate.ts';
import type { RecordingSink } from '../recording/tapSide/recordingSink.ts';
import { CallQueue } from './callQueue.ts';
import { EnforcedTraffic } from './enforcedTraffic.ts';
import { GateLog } from './gateLog.ts';
import { KnownTools } from '../../core/mcp/knownTools.ts';
import type { HeaderPair } from '../../core/mcp/paramHeaders.ts';
import { settledOrStopped } from './hurriedEnd.ts';
import type { LiveGuard } from './liveGuard.ts';
import { LiveLookups } from './liveLookups.ts';
import { OwnIds } from './ownIds.ts';
import { WatchedTraffic } from './watchedTraffic.ts';

export interface GuardGateOptions {
  readonly guard: LiveGuard;
  readonly wire: GatePorts;
  readonly recording: RecordingSink;
  readonly server: string;
  /** Milliseconds for the server's answer to a call, as the gateway's tool timeout. */
  readonly deadlineMs: number;
  /** Called when the end of the tap stops the guard, with the number of calls that it has not decided. */
  readonly onStopped?: (undecided: number) => void;
}

/**
 * While the guard watches, every byte passes as it came. While it enforces, every message is written anew from what was judged, under ids of
 * the gate (see `EnforcedTraffic`). The mode may change at any message; an answer is treated by the mode in which its request was sent.
 */
export class GuardGate implements Gate {
  readonly #options: GuardGateOptions;
  readonly #log: GateLog;
  readonly #ids = new OwnIds();
  readonly #lookups: LiveLookups;
  readonly #queue: CallQueue;
  readonly #tools = new KnownTools();
  readonly #watched: WatchedTraffic;
  readonly #enforced: EnforcedTraffic;

  constructor(options: GuardGateOptions) {
    this.#options = options;
    const { guard, wire, recording, server, deadlineMs } = options;
    this.#log = new GateLog(recording, wire);
    this.#lookups = new LiveLookups(this.#ids, (message, { id, exchange }) => {
      this.#log.own('client', message, exchange, id);
      wire.toServer(message, exchange);
    });
    this.#queue = new CallQueue(guard, this.#lookups, this.#log, deadlineMs);
    let calls = 0;
    const nextIndex = (): number => calls++;
    const isShared = (exchange: number): boolean => wire.session === '' && exchange !== 0;
    const parts = { guard, server, queue: this.#queue, tools: this.#tools, nextIndex, isShared };
    this.#watched = new WatchedTraffic(parts);
    this.#enforced = new EnforcedTraffic({ ...parts, wire, log: this.#log, ids: this.#ids });
  }

  fromClient(bytes: Uint8Array, exchange: number): Uint8Array | null {
    const mode = this.#options.guard.mode();
    this.#log.message('client', bytes, exchange);
    if (mode === 'enforce') return this.#enforced.fromClient(bytes, exchange);
    this.#watched.fromClient(bytes, exchange, mode);
    return bytes;
  }

  fromServer(bytes: Uint8Array, exchange: number): Uint8Array | null {
    const frame = parseMessage(bytes);
    if (!Array.isArray(frame)) return this.#single(frame, bytes, exchange);
    const passing = frame.map((each: JsonValue) => this.#single(each, Buffer.from(jsonText(each)), exchange));
    if (!passing.includes(null)) return bytes;
    for (const each of passing) if (each !== null) this.#options.wire.toClient(each, exchange);
    return null;
  }

  passesUnseen(): boolean {
    return this.#options.guard.mode() !== 'enforce';
  }

  tooLong(exchange: number): void {
    this.#enforced.tooLong(exchange);
  }

  paramHeaders(message: Uint8Array): readonly HeaderPair[] {
    const call = parseMessage(message);
    if (!isJsonObject(call) || call['method'] !== 'tools/call' || !isJsonObject(call['params'])) return [];
    const { name, arguments: args } = call['params'];
    return typeof name === 'string' ? this.#tools.paramHeaders(name, args) : [];
  }

  named(): void {
    this.#log.named();
  }

  settled(): Promise<void> {
    return this.#queue.settled();
  }

  undecided(): number {
    return this.#queue.undecided;
  }

  async close(hurry?: AbortSignal): Promise<void> {
    this.#watched.close();
    this.#enforced.close();
    this.#lookups.close();
    const { guard, onStopped } = this.#options;
    await settledOrStopped(this.#queue.settled(), hurry, {
      isLoading: () => guard.isLoading,
      stop: () => {
        if (this.#queue.undecided > 0) onStopped?.(this.#queue.undecided);
        // A failure is that of the next call, which the owner of the guard makes.
        guard.close().catch(() => undefined);
      },
    });
  }

  /** One message of the server; undefined for bytes that are not JSON. */
  #single(frame: JsonValue | undefined, bytes: Uint8Array, exchange: number): Uint8Array | null {
    const message = frame === undefined || !isJsonObject(frame) ? null : classifyMessage(frame);
    if (message?.kind === 'response' && this.#ids.has(message.id)) return this.#ownAnswer(message, bytes, exchange);
    const enforces = this.#options.guard.mode() === 'enforce';
    this.#log.message('server', bytes, exchange);
    if (message?.kind !== 'response') return enforces ? this.#enforced.fromServer(message, exchange) : bytes;
    const known = message.id !== null && this.#watched.answered(message.id, exchange, message.body, bytes.length);
    if (!enforces) return bytes;
    // The request was sent before the guard enforced.
    if (known) return Buffer.from(ownText(message.raw));
    this.#log.event('not-passed', { why: 'it answers no open request' });
    return null;
  }

  /** An answer to a request of the gate: a look-up of the guard, or a request that the gate wrote for the client. */
  #ownAnswer(
    { id, body }: Extract<Message, { kind: 'response' }>,
    bytes: Uint8Array,
    exchange: number,
  ): Uint8Array | null {
    if (!this.#ids.has(id)) return null;
    const open = this.#enforced.take(id);
    if (open !== null) {
      this.#log.message('server', withId(bytes, open.idText), open.exchange);
      return open.answered(body, bytes.length, exchange);
    }
    const owner = this.#lookups.ownerOf(id) ?? this.#enforced.givenUp(id);
    this.#log.own('server', bytes, owner?.exchange ?? exchange, owner?.id ?? null);
    this.#lookups.answer(id, body);
    return null;
  }
}
