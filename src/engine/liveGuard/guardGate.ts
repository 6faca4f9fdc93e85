/** A guard between a client and its server: watches every tool call beside the traffic, or decides what the client gets. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/base/json.ts';
import { jsonText } from '../../core/base/jsonText.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import type { GuardCallRecord } from '../../core/difc/record/guardCall.ts';
import { classifyMessage, type Message, type MessageId, toolCallParams } from '../../core/mcp/message.ts';
import type { Gate, GatePorts } from '../tap/gate/gate.ts';
import type { RecordingSink } from '../recording/tapSide/recordingSink.ts';
import { type Answer, answerOf, answerText, refusal, within } from './gateAnswers.ts';
import { callOf, goRefuses, idText, invalid, keyOf, mayBeMessage, parseMessage, unparsed } from './gateMessages.ts';
import { KnownCall } from './liveHistory.ts';
import type { LiveGuard } from './liveGuard.ts';
import { LiveLookups } from './liveLookups.ts';
import { withoutOutputSchemas } from './toolLists.ts';

export interface GuardGateOptions {
  readonly guard: LiveGuard;
  readonly wire: GatePorts;
  readonly recording: RecordingSink;
  readonly server: string;
  /** Name of the connection in the capture; empty where there is only one. */
  readonly session: string;
  /** Milliseconds that the server may take for a call, as with the gateway's tool timeout. */
  readonly deadlineMs: number;
}

type Request = Extract<Message, { kind: 'request' }>;

/** A call of the client on its way. */
interface OpenCall {
  readonly id: MessageId;
  /** As the client wrote it. */
  readonly idText: string;
  readonly known: KnownCall;
  /** Whether the client waits for what the guard says. */
  readonly enforced: boolean;
  readonly answered: (answer: Answer) => void;
  cancelled: boolean;
}

export class GuardGate implements Gate {
  readonly #options: GuardGateOptions;
  readonly #lookups: LiveLookups;
  readonly #open = new Map<string, OpenCall>();
  /** Enforced calls that the client has its answer to. */
  readonly #decided = new Set<string>();
  /** Requests for tool lists that the client gets without output schemas. */
  readonly #lists = new Set<string>();
  #count = 0;
  /** One guard instance serves one call after the other, in the order in which they came. */
  #queue: Promise<void>;

  constructor(options: GuardGateOptions) {
    this.#options = options;
    const { recording, wire } = options;
    this.#queue = options.guard.prepare();
    this.#lookups = new LiveLookups((message, madeFor) => {
      recording.message('client', message, { ...this.#marks, by: 'guard', for: madeFor });
      wire.toServer(message);
    });
  }

  fromClient(bytes: Uint8Array): boolean {
    const { recording } = this.#options;
    recording.message('client', bytes, this.#marks);
    const frame = parseMessage(bytes);
    const mode = this.#options.guard.mode();
    if (frame === undefined) return mode !== 'enforce' || !mayBeMessage(bytes) || this.#refuseUnread(unparsed);
    if (Array.isArray(frame)) return mode !== 'enforce' || this.#refuseBatch(frame);
    const message = classifyMessage(frame);
    if (message.kind === 'notification' && message.method === 'notifications/cancelled')
      return this.#cancelled(message.params);
    // Such as an id that is no id, or "Method": some servers take it for a call all the same.
    if (message.kind === 'invalid' && isJsonObject(frame) && mode === 'enforce') return this.#refuseUnread(invalid);
    if (message.kind !== 'request') return true;
    if (message.method === 'tools/list' && mode === 'enforce') this.#lists.add(keyOf(message.id));
    if (message.method !== 'tools/call') return true;
    const params = toolCallParams(message.params);
    // What is no call at all is the server's to refuse.
    if ('reason' in params) return true;
    if (mode === 'off') {
      this.#remember(message, params.tool, params.args);
      return true;
    }
    const enforced = mode === 'enforce';
    this.#begin(message, bytes, params.tool, params.args, enforced);
    return !enforced;
  }

  fromServer(bytes: Uint8Array): boolean {
    const { recording, wire } = this.#options;
    const frame = parseMessage(bytes);
    if (Array.isArray(frame)) {
      const passing = frame.filter((each: JsonValue) => this.#answered(each, Buffer.from(jsonText(each))));
      if (passing.length === frame.length) return true;
      for (const each of passing) wire.toClient(Buffer.from(jsonText(each)));
      return false;
    }
    if (frame !== undefined) return this.#answered(frame, bytes);
    recording.message('server', bytes, this.#marks);
    return this.passesUnseen() || !mayBeMessage(bytes);
  }

  passesUnseen(): boolean {
    return this.#options.guard.mode() !== 'enforce';
  }

  settled(): Promise<void> {
    return this.#queue;
  }

  async close(): Promise<void> {
    for (const { answered } of this.#open.values()) answered({ ok: false, error: 'the session has ended' });
    this.#open.clear();
    this.#lookups.close();
    await this.#queue;
  }

  get #marks(): { readonly session?: string } {
    const { session } = this.#options;
    return session === '' ? {} : { session };
  }

  /** A call that no guard looks at; one that comes later must still know of it. */
  #remember({ id }: Request, tool: string, args: JsonValue): void {
    const known = new KnownCall(callOf(this.#count++, this.#options.server, tool, args));
    const answered = (answer: Answer): void => {
      known.answer = answer;
    };
    this.#open.set(keyOf(id), { id, idText: '', known, enforced: false, answered, cancelled: false });
    this.#options.guard.remember(known);
  }

  /** Queues a call. In its turn an enforced one is sent on when the guard lets it. */
  #begin({ id }: Request, bytes: Uint8Array, tool: string, args: JsonValue, enforced: boolean): void {
    let answered: (answer: Answer) => void = () => undefined;
    const answer = new Promise<Answer>((resolve) => {
      answered = resolve;
    });
    const known = new KnownCall(callOf(this.#count++, this.#options.server, tool, args));
    const written = enforced ? idText(bytes) : '';
    const open: OpenCall = { id, idText: written, known, enforced, answered, cancelled: false };
    const key = keyOf(id);
    this.#open.set(key, open);
    this.#decided.delete(key);
    const callBackend = async (): Promise<Answer> => {
      if (open.cancelled) return { ok: false, error: 'context canceled' };
      if (enforced) this.#options.wire.toServer(bytes);
      known.answer = await within(this.#options.deadlineMs, answer);
      return known.answer;
    };
    // What the gateway could not read, no guard there would be asked about.
    const unread = enforced ? goRefuses(bytes) : null;
    this.#queue = this.#queue.then(async () => {
      const decided =
        unread !== null
          ? { failure: unread }
          : await this.#options.guard
              .decide(known, {
                callBackend,
                lookups: { kind: 'live', ask: (...asked) => this.#lookup(known, id, ...asked) },
              })
              .catch((thrown: unknown) => ({ failure: thrown instanceof Error ? thrown.message : String(thrown) }));
      // The answer of a call that the guard never let go on is no concern any more; one that it watched may still come.
      if (enforced) {
        this.#open.delete(key);
        this.#decided.add(key);
      }
      this.#tell(open, decided);
    });
  }

  async #lookup(
    known: KnownCall,
    id: MessageId,
    tool: string,
    args: JsonValue,
    signal: AbortSignal,
  ): Promise<Awaited<ReturnType<LiveLookups['ask']>>> {
    const answer = await this.#lookups.ask(tool, args, id, signal);
    known.addLookup(tool, args, answer);
    return answer;
  }

  /** Writes down what the guard did, and gives an enforced call its answer. */
  #tell(open: OpenCall, decided: { readonly record: DecisionRecord } | { readonly failure: string }): void {
    const { recording, wire } = this.#options;
    const record = 'record' in decided ? decided.record : null;
    const calls: readonly GuardCallRecord[] = record?.guardCalls ?? [];
    const about = { ...this.#marks, for: open.id };
    recording.line(jsonText({ ...about, guard: calls }));
    if (!open.enforced || open.cancelled) return;
    const client =
      record?.client ??
      refusal(`the guard cannot decide this call, so it is refused: ${'failure' in decided ? decided.failure : ''}`);
    const message = answerText(open.idText, client);
    const line = JSON.stringify({ ...about, mode: 'enforce', outcome: record?.outcome ?? 'error' });
    recording.line(`${line.slice(0, -1)},"client":${message}}`);
    wire.toClient(Buffer.from(message));
  }

  /** A message of the server; whether the client may see it. */
  #answered(frame: JsonValue, bytes: Uint8Array): boolean {
    const { recording } = this.#options;
    const message = classifyMessage(frame);
    if (message.kind !== 'response') {
      recording.message('server', bytes, this.#marks);
      return true;
    }
    if (this.#lookups.isOwn(message.id)) {
      const owner = this.#lookups.ownerOf(message.id);
      recording.message('server', bytes, { ...this.#marks, by: 'guard', ...(owner === null ? {} : { for: owner }) });
      this.#lookups.answer(message.id, message.body);
      return false;
    }
    recording.message('server', bytes, this.#marks);
    const key = message.id === null ? '' : keyOf(message.id);
    if (this.#lists.delete(key)) return this.#answeredList(message.raw, bytes);
    const open = this.#open.get(key);
    // A server that answers twice, or once more after a resumption, gets nothing past the guard.
    if (open === undefined) return !this.#decided.has(key);
    this.#options.guard.weigh(open.known, bytes.length);
    open.answered(answerOf(message.body));
    if (!open.enforced) this.#open.delete(key);
    return !open.enforced;
  }

  #answeredList(answer: JsonObject, bytes: Uint8Array): boolean {
    const plain = withoutOutputSchemas(answer);
    if (plain === null) return true;
    const { jsonrpc: _, id: __, ...body } = plain;
    this.#options.wire.toClient(Buffer.from(answerText(idText(bytes), body)));
    return false;
  }

  /** The client gives a call up: it gets no answer, and one that was not sent yet never is. */
  #cancelled(params: JsonValue): boolean {
    const id = isJsonObject(params) ? params['requestId'] : undefined;
    const open = typeof id === 'string' || typeof id === 'number' ? this.#open.get(keyOf(id)) : undefined;
    if (open === undefined) return true;
    open.cancelled = true;
    open.answered({ ok: false, error: 'context canceled' });
    return true;
  }

  /** A batch might hold a call that nobody looked at. MCP has none since 2025-06-18, and the gateway takes none. */
  #refuseBatch(frame: readonly JsonValue[]): boolean {
    const messages = frame.map((each) => classifyMessage(each));
    if (messages.some((each) => each.kind === 'invalid')) return this.#refuseUnread(invalid);
    const requests = messages.filter((each) => each.kind === 'request');
    if (!requests.some(({ method }) => method === 'tools/call')) return true;
    const { wire, recording } = this.#options;
    for (const { id } of requests) {
      const message = {
        jsonrpc: '2.0',
        id,
        ...refusal('a batch that holds a tool call is refused while a guard enforces'),
      };
      recording.line(JSON.stringify({ ...this.#marks, for: id, mode: 'enforce', outcome: 'error', client: message }));
      wire.toClient(Buffer.from(JSON.stringify(message)));
    }
    return false;
  }

  /** What a guard cannot look at must not get past it. Nobody knows an id to answer under. */
  #refuseUnread({ code, message }: { readonly code: number; readonly message: string }): false {
    const { wire, recording } = this.#options;
    const client = { jsonrpc: '2.0', id: null, error: { code, message: `guardscope: ${message}` } };
    recording.line(JSON.stringify({ ...this.#marks, for: null, mode: 'enforce', outcome: 'error', client }));
    wire.toClient(Buffer.from(JSON.stringify(client)));
    return false;
  }
}
