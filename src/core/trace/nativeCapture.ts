/** Reads a native capture line by line into call drafts. */
import { isJsonObject, type JsonValue } from '../base/json.ts';
import type { Line } from '../base/lines.ts';
import { Exchanges } from '../mcp/exchange.ts';
import { classifyFrame, type Message, type MessageId, type ResponseBody, toolCallParams } from '../mcp/message.ts';
import { redactedMark } from '../mcp/redact.ts';
import { readSdkResult } from '../mcp/sdkResult.ts';
import { CallDraft, parseTime } from './draft.ts';
import { DroppedFrames } from './droppedFrames.ts';
import { awaitGuardLines, type Growing } from './growing.ts';
import { keptAnswer } from './keptAnswer.ts';
import type { RecordedAnswer } from './model.ts';
import { nativeSchema, type NativeHeader, type NativeRecord, parseNativeLine } from './nativeLine.ts';
import type { LineStore } from './payloads.ts';
import type { TraceProblems } from './problems.ts';
import { recordedLookups } from './recordedLookups.ts';

type MessageRecord = Extract<NativeRecord, { kind: 'message' }>;
type GuardRecord = Extract<NativeRecord, { kind: 'guard' }>;
type DroppedRecord = Extract<NativeRecord, { kind: 'dropped' }>;
type GateRecord = Extract<NativeRecord, { kind: 'gate' }>;
type Response = Extract<Message, { kind: 'response' }>;

/** One connection: open requests (null for those that are no calls), and the client's calls by id. */
interface Connection {
  readonly exchanges: Exchanges<CallDraft | null>;
  readonly byId: Map<MessageId, CallDraft>;
  /** The client's calls in order. */
  readonly calls: CallDraft[];
  /** Calls that the client no longer waits for. */
  readonly cancelled: Set<CallDraft>;
  lastCall: CallDraft | null;
}

/** The name by which the gateway introduces itself to a backend (gateway `internal/mcp/http_transport_client.go`). */
const gatewayClientName = 'awmg';

/** Takes lines in order. */
export class NativeCaptureReader {
  /** Calls as messages, and those with the look-ups that only the guard's own records tell of. */
  readonly #messages: CallDraft[] = [];
  readonly #all: CallDraft[] = [];
  readonly #problems: TraceProblems;
  readonly #store: LineStore;
  readonly #connections = new Map<string, Connection>();
  readonly #droppedFrames: DroppedFrames;
  #header: NativeHeader | null = null;
  #start: number | null = null;
  #refused = false;
  #behindGateway = false;
  #hasGuardLines = false;
  #hasGuardMessages = false;

  constructor(problems: TraceProblems, store: LineStore) {
    this.#problems = problems;
    this.#store = store;
    this.#droppedFrames = new DroppedFrames(problems);
  }

  line(line: Line, bytes: Uint8Array, text: string): void {
    if (this.#refused) return;
    const record = parseNativeLine(text);
    if (record.kind === 'header') this.#readHeader(record.header, line);
    else if (record.kind === 'newer') this.#refuse(record.schema, line);
    else if (record.kind === 'bad') this.#badLine(line, record.reason);
    else if (record.kind === 'dropped') this.#dropped(record, line);
    else if (record.kind === 'other') return;
    else if (record.kind === 'gate') this.#gate(record);
    else {
      this.#requireHeader();
      if (record.kind === 'guard') this.#guard(record, line);
      else for (const message of classifyFrame(record.msg)) this.#message(message, record, line, bytes, text);
    }
  }

  /** The calls in the order of their lines; of look-ups the messages themselves, where the capture has them. */
  get drafts(): readonly CallDraft[] {
    return this.#hasGuardMessages ? this.#messages : this.#all;
  }

  /** Decides whose calls these are; requests without an answer are reported, or waited for while the capture grows. */
  finish(problems: TraceProblems, growing: Growing | null): void {
    for (const draft of this.#messages) {
      if (draft.origin !== null) continue;
      if (!this.#behindGateway) draft.decide('agent', this.#hasGuardLines ? 'capture' : 'no-guard');
    }
    for (const [session, { exchanges, cancelled, calls }] of this.#connections) {
      for (const draft of exchanges.unanswered('client')) {
        if (draft === null) continue;
        if (growing === null) this.#reportUnanswered(draft, session, problems);
        else if (!cancelled.has(draft)) draft.awaits = 'answer';
      }
      if (growing !== null && (growing.watched || this.#hasGuardLines)) awaitGuardLines(calls);
    }
  }

  #readHeader(header: NativeHeader, line: Line): void {
    if (this.#header !== null) {
      const message = 'A second header: the capture was appended to, and its ids and times start anew';
      this.#problems.add('info', 'trace/second-header', message, line.number);
      this.#connections.clear();
      this.#droppedFrames.clear();
    }
    this.#header = header;
    this.#start = parseTime(header.start);
    if (this.#start === null) {
      const message = `The header's start "${header.start}" is not an ISO 8601 time, so the calls have no times`;
      this.#problems.add('warning', 'trace/bad-header', message, line.number);
    }
  }

  #requireHeader(): void {
    if (this.#header !== null) return;
    this.#header = { tool: '', version: '', start: '', server: '', transport: '', redaction: [] };
    const message = 'The capture has no header line, so server and times are not known';
    this.#problems.add('warning', 'trace/no-header', message, 1, 'Its first line must have been lost');
  }

  #refuse(schema: string, line: Line): void {
    this.#refused = true;
    const message = `The capture is of schema "${schema}"; this version reads up to "${nativeSchema.name}/${nativeSchema.version}"`;
    this.#problems.add('error', 'trace/newer-schema', message, line.number, 'Update Guardscope');
  }

  /** A message that the tap did not keep. When it was the answer to a call, the call has none, but its time is known. */
  #dropped(record: DroppedRecord, line: Line): void {
    const { from, answer, reason, session } = record;
    const isAnswer = from === 'server' && answer !== null;
    const draft = isAnswer ? this.#connection(session).exchanges.respond(from, answer) : undefined;
    if (draft === undefined || draft === null) {
      this.#droppedFrames.add(record, line.number);
      return;
    }
    draft.answerTime = this.#time(record.t);
    this.#droppedFrames.addAnswer(draft.start.tool, reason, line.number);
  }

  #message(message: Message, record: MessageRecord, line: Line, bytes: Uint8Array, text: string): void {
    const connection = this.#connection(record.session);
    if (message.kind === 'invalid') this.#badLine(line, `not a JSON-RPC message: ${message.reason}`);
    else if (message.kind === 'request') this.#request(message, record, connection, line, text);
    else if (message.kind === 'response') this.#response(message, record, connection, line, bytes, text);
    else if (message.method === 'notifications/cancelled' && record.from === 'client') {
      const id = isJsonObject(message.params) ? message.params['requestId'] : undefined;
      const draft = typeof id === 'string' || typeof id === 'number' ? connection.byId.get(id) : undefined;
      if (draft !== undefined) connection.cancelled.add(draft);
    }
  }

  /** What a guard decided while it was recorded: a call that it refused has no answer, and none is missing. */
  #gate({ request, session }: GateRecord): void {
    if (request !== null) this.#connection(session).exchanges.respond('server', request);
  }

  #request(
    message: Extract<Message, { kind: 'request' }>,
    record: MessageRecord,
    connection: Connection,
    line: Line,
    text: string,
  ): void {
    const { id, method, params } = message;
    if (method === 'initialize' && clientName(params) === gatewayClientName) this.#behindGateway = true;
    const draft = method === 'tools/call' && record.from === 'client' ? this.#draft(params, record, line, text) : null;
    const replaced = connection.exchanges.request(record.from, id, draft);
    if (replaced !== undefined && replaced !== null) {
      const report = `The id ${JSON.stringify(id)} was used again before "${replaced.start.tool}" was answered`;
      this.#problems.add('warning', 'trace/id-reused', report, line.number);
    }
    if (draft === null) return;
    if (record.byGuard) {
      this.#hasGuardMessages = true;
      draft.decide('guard', 'capture');
      const made = record.request === null ? connection.lastCall : connection.byId.get(record.request);
      draft.madeFor = made ?? null;
    } else {
      connection.lastCall = draft;
      connection.calls.push(draft);
      connection.byId.set(id, draft);
    }
    this.#messages.push(draft);
    this.#all.push(draft);
  }

  #draft(params: JsonValue, record: MessageRecord, line: Line, text: string): CallDraft | null {
    const call = record.overflow === null ? toolCallParams(params) : { reason: record.overflow };
    if ('reason' in call) {
      this.#badLine(line, call.reason);
      return null;
    }
    return new CallDraft({
      server: this.#header?.server ?? '',
      ...call,
      time: this.#time(record.t),
      requestLine: line.number,
      agentLabels: null,
      redacted: record.redacted || text.includes(redactedMark),
      run: 0,
    });
  }

  #response(
    message: Response,
    record: MessageRecord,
    connection: Connection,
    line: Line,
    bytes: Uint8Array,
    text: string,
  ): void {
    const { id, body } = message;
    const draft = id === null ? undefined : connection.exchanges.respond(record.from, id);
    if (draft === undefined) {
      const report = `An answer with the id ${JSON.stringify(id)} has no request before it`;
      const gap = this.#droppedFrames.request(record.session, id);
      if (gap === null) this.#problems.add('warning', 'trace/orphan-answer', report, line.number);
      else this.#problems.add('warning', 'trace/dropped-request', `${report}: ${gap}`, line.number);
      return;
    }
    if (draft === null || id === null) return;
    draft.answerLine = line.number;
    draft.answerBytes = line.length;
    draft.answerTime = this.#time(record.t);
    draft.answerRedacted = record.redacted || text.includes(redactedMark);
    const answer = record.overflow === null ? gatewayAnswer(body) : { error: sdkError(record.overflow) };
    draft.answer =
      answer.error === undefined ? keptAnswer(line, bytes, this.#store, (kept) => answerOfLine(kept, id)) : answer;
  }

  #guard(record: GuardRecord, line: Line): void {
    this.#hasGuardLines = true;
    const connection = this.#connection(record.session);
    const madeFor = record.request === null ? connection.lastCall : (connection.byId.get(record.request) ?? null);
    if (madeFor !== null) madeFor.watched = true;
    for (const lookup of record.records.flatMap((call) => recordedLookups(call))) {
      const { tool, args, answer } = lookup;
      const start = { server: this.#header?.server ?? '', tool, args, time: this.#time(record.t) };
      const draft = new CallDraft({ ...start, requestLine: line.number, agentLabels: null, redacted: false, run: 0 });
      draft.decide('guard', 'capture');
      draft.answer = answer;
      draft.answerLine = line.number;
      draft.madeFor = madeFor;
      this.#all.push(draft);
    }
  }

  #reportUnanswered({ start: { tool, requestLine } }: CallDraft, session: string, problems: TraceProblems): void {
    const message = `The capture has no answer to "${tool}"`;
    const gap = this.#droppedFrames.answer(session, requestLine);
    if (gap === null) problems.add('warning', 'trace/unanswered', message, requestLine, 'The capture ended before it');
    else problems.add('warning', 'trace/dropped-answer', `${message}: ${gap}`, requestLine);
  }

  #connection(session: string): Connection {
    const known = this.#connections.get(session);
    if (known !== undefined) return known;
    const connection: Connection = {
      exchanges: new Exchanges(),
      byId: new Map(),
      calls: [],
      cancelled: new Set(),
      lastCall: null,
    };
    this.#connections.set(session, connection);
    return connection;
  }

  #time(t: number | null): number | null {
    return this.#start === null || t === null ? null : this.#start + t;
  }

  #badLine(line: Line, reason: string): void {
    const where = line.terminated ? 'This line was left out' : 'The last line is cut off and was left out';
    this.#problems.add(line.terminated ? 'error' : 'warning', 'trace/bad-line', `${where}: ${reason}`, line.number);
  }
}

/** A backend's JSON-RPC error as the gateway's SDK words it (go-sdk v1.7.0 mcp/transport.go). */
function sdkError(message: string): string {
  return `calling "tools/call": ${message}`;
}

/** The answer as the gateway would have it: what its library makes of the raw one. */
export function gatewayAnswer(body: ResponseBody): RecordedAnswer {
  if (body.error !== undefined) return { error: sdkError(body.error.message) };
  const read = readSdkResult(body.result);
  return read.ok ? { result: read.value } : { error: sdkError(read.error) };
}

function answerOfLine(text: string, id: MessageId): RecordedAnswer {
  const record = parseNativeLine(text);
  const messages = record.kind === 'message' ? classifyFrame(record.msg) : [];
  const message = messages.find((each): each is Response => each.kind === 'response' && each.id === id);
  return message === undefined ? { result: null } : gatewayAnswer(message.body);
}

function clientName(params: JsonValue): JsonValue | undefined {
  const info = isJsonObject(params) ? params['clientInfo'] : undefined;
  return isJsonObject(info) ? info['name'] : undefined;
}
