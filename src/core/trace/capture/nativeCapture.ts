/** Reads a native capture line by line into call drafts. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { KnownTools } from '../../mcp/knownTools.ts';
import type { Line } from '../../base/lines.ts';
import { classifyFrame, type Message, type MessageId, toolCallParams } from '../../mcp/message.ts';
import { redactedMark } from '../gatewayLog/sanitizer.ts';
import { skimAnswer } from './answerSkim.ts';
import { CallDraft } from '../model/draft.ts';
import { parseTime } from '../model/times.ts';
import { CaptureEnd } from './captureEnd.ts';
import { DroppedFrames } from './droppedFrames.ts';
import { awaitGuardLines, type Growing } from '../model/growing.ts';
import { storedAnswer } from '../model/storedAnswer.ts';
import { listedTools, type RecordedToolList } from '../model/toolList.ts';
import type { RecordedAnswer } from '../model/traceModel.ts';
import {
  awaitAnswers,
  callFor,
  type Connection,
  isGateway,
  ListRequest,
  noteCancelled,
  openConnection,
  reportOrphan,
  reportUnanswered,
} from './nativeConnection.ts';
import { answerOfId, gatewayAnswer, sdkError } from './nativeAnswer.ts';
import { agentMember, nativeSchema, type NativeHeader, type NativeRecord, parseNativeLine } from './nativeLine.ts';
import type { LineStore } from '../model/payloads.ts';
import type { TraceProblems } from '../model/traceProblems.ts';
import { recordedLookups } from '../model/recordedLookups.ts';

type Of<K extends NativeRecord['kind']> = Extract<NativeRecord, { kind: K }>;
type MessageRecord = Of<'message'>;
type AnswerMember = 'from' | 'session' | 'exchange' | 't' | 'redacted' | 'byGuard';
/** An answer; `raw` is the message where it was parsed. */
type AnswerRecord = Pick<MessageRecord, AnswerMember> & { readonly raw?: JsonObject };
type Response = Extract<Message, { kind: 'response' }>;

/** Reader of a native capture. Lines must be passed in order. */
export class NativeCaptureReader {
  /** Calls recorded as messages; `#all` also has the look-ups that are only in the guard's records. */
  readonly #messages: CallDraft[] = [];
  readonly #all: CallDraft[] = [];
  /** Answers to `tools/list`, in order. */
  readonly toolLists: RecordedToolList[] = [];
  readonly #problems: TraceProblems;
  readonly #store: LineStore;
  readonly #connections = new Map<string, Connection>();
  #sessions = 0;
  readonly #droppedFrames: DroppedFrames;
  readonly #end: CaptureEnd;
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
    this.#end = new CaptureEnd(problems);
  }

  line(line: Line, bytes: Uint8Array, text: string): void {
    if (this.#refused) return;
    const record = parseNativeLine(text);
    if (record.kind === 'header') this.#readHeader(record.header, line);
    else if (record.kind === 'newer') this.#refuse(record.schema, line);
    else if (record.kind === 'bad') this.#droppedFrames.addUnread(line, record.reason, null);
    else if (record.kind === 'dropped') this.#dropped(record, line);
    else if (record.kind === 'other') return;
    else if (record.kind === 'end') this.#end.take(record, line.number, this.#time(record.t));
    else if (record.kind === 'gate') this.#gate(record, line);
    else {
      this.#requireHeader();
      if (record.kind === 'guard') this.#guard(record, line);
      else for (const message of classifyFrame(record.msg)) this.#message(message, record, line, bytes, text);
    }
  }

  /** Reads an ordinary answer from its bytes alone. Returns false if `line` must read it with its text. */
  skim(line: Line, bytes: Uint8Array): boolean {
    const found = this.#header === null || this.#refused || !line.terminated ? null : skimAnswer(bytes);
    if (found === null) return false;
    const keep = (id: MessageId): RecordedAnswer => storedAnswer(line, bytes, this.#store, answerOfId, id);
    this.#answered({ ...found, from: 'server' }, found.id, line, keep);
    return true;
  }

  /** Number of client sessions in which the agent made calls. */
  get sessions(): number {
    return this.#sessions;
  }

  /** The calls in the order of their lines. Look-ups come from messages if the capture has them, otherwise from the guard's records. */
  get drafts(): readonly CallDraft[] {
    return this.#hasGuardMessages ? this.#messages : this.#all;
  }

  /** Decides who made each call. Requests without an answer are reported, or marked as waiting while the capture grows. */
  finish(problems: TraceProblems, growing: Growing | null): void {
    if (growing === null) this.#end.report(problems);
    const open = this.#behindGateway ? [] : this.#messages.filter(({ origin }) => origin === null);
    for (const draft of open) draft.decide('agent', this.#hasGuardLines ? 'capture' : 'no-guard');
    for (const [session, connection] of this.#connections) {
      if (growing === null) reportUnanswered(connection, session, this.#droppedFrames, problems);
      else {
        awaitAnswers(connection);
        if (growing.watched || this.#hasGuardLines) awaitGuardLines(connection.calls);
      }
    }
  }

  #readHeader(header: NativeHeader, line: Line): void {
    if (this.#header !== null) {
      const message = 'A second header: a new recording was appended, whose ids and times start again';
      this.#problems.add('info', 'trace/second-header', message, line.number);
      for (const [session, connection] of this.#connections) {
        reportUnanswered(connection, session, this.#droppedFrames, this.#problems);
      }
      this.#connections.clear();
      this.#droppedFrames.clear();
    }
    this.#end.begin(header, line.number);
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
    const message = 'The capture has no header line, so its server and times are unknown';
    this.#problems.add('warning', 'trace/no-header', message, 1, 'Its first line is probably missing');
  }

  #refuse(schema: string, line: Line): void {
    this.#refused = true;
    const message = `The capture is of schema "${schema}"; this version reads up to "${nativeSchema.name}/${nativeSchema.version}"`;
    this.#problems.add('error', 'trace/newer-schema', message, line.number, 'Update Guardscope');
  }

  /** Reads the record of a message that the tap did not record. A call whose answer was dropped still gets its time. */
  #dropped(record: Of<'dropped'>, line: Line): void {
    const { from, answer, reason, session, exchange } = record;
    const isAnswer = from === 'server' && answer !== null;
    const request = isAnswer ? this.#connection(session).exchanges.respond(from, answer, exchange) : undefined;
    if (!(request instanceof CallDraft)) {
      this.#droppedFrames.add(record, line.number);
      return;
    }
    request.answerTime = this.#time(record.t);
    this.#droppedFrames.addAnswer(request.start.tool, reason, line.number);
  }

  #message(message: Message, record: MessageRecord, line: Line, bytes: Uint8Array, text: string): void {
    const connection = this.#connection(record.session);
    if (message.kind === 'invalid') this.#droppedFrames.addInvalid(message, record.from, line);
    else if (message.kind === 'request') this.#request(message, record, connection, line, text);
    else if (message.kind === 'response') this.#response(message, record, line, bytes, text);
    else if (message.method === 'notifications/tools/list_changed') connection.tools.changed();
    else if (message.method === 'notifications/cancelled' && record.from === 'client') {
      noteCancelled(connection, message.params);
    }
  }

  /** Reads what the tap sent to the client on a guard's decision. A refused call has no answer, which is not a problem. */
  #gate({ request, session, exchange, outcome, client }: Of<'gate'>, line: Line): void {
    if (request === null) return;
    const connection = this.#connection(session);
    connection.exchanges.end('client', request, exchange);
    const draft = connection.byId.get(request, exchange);
    if (draft !== undefined) draft.enforced = { outcome, client, line: line.number };
  }

  #request(
    message: Extract<Message, { kind: 'request' }>,
    record: MessageRecord,
    connection: Connection,
    line: Line,
    text: string,
  ): void {
    const { id, method, params } = message;
    if (method === 'initialize' && isGateway(params)) this.#behindGateway = true;
    const isCall = method === 'tools/call' && record.from === 'client';
    const retried = isCall && !record.byGuard ? connection.rounds.retried(params) : null;
    const draft = retried ?? (isCall ? this.#draft(params, record, connection, line, text) : null);
    const list = method === 'tools/list' ? new ListRequest(isJsonObject(params) ? params['cursor'] : undefined) : null;
    const replaced = connection.exchanges.request(record.from, id, draft ?? list, record.exchange);
    if (replaced instanceof CallDraft) {
      const report = `The id ${JSON.stringify(id)} was used again before "${replaced.start.tool}" was answered`;
      this.#problems.add('warning', 'trace/id-reused', report, line.number);
    }
    if (draft !== null && !record.byGuard) connection.byId.set(id, record.exchange, draft);
    if (draft === null || retried !== null) return;
    if (record.byGuard) {
      this.#hasGuardMessages = true;
      draft.decide('guard', 'capture');
      draft.madeFor = callFor(connection, record);
    } else {
      connection.lastCall = draft;
      if (connection.calls.push(draft) === 1) this.#sessions++;
    }
    this.#messages.push(draft);
    this.#all.push(draft);
  }

  #draft(params: JsonValue, record: MessageRecord, { tools }: Connection, line: Line, text: string): CallDraft | null {
    const call = record.overflow === null ? toolCallParams(params) : { reason: record.overflow };
    if ('reason' in call) {
      this.#droppedFrames.addUnread(line, call.reason, record.from);
      return null;
    }
    return new CallDraft({
      server: this.#header?.server ?? '',
      ...call,
      time: this.#time(record.t),
      requestLine: line.number,
      agentLabels: null,
      redacted: record.redacted || text.includes(redactedMark),
      ...(!record.byGuard && tools.lacks(call.tool) ? { unlisted: true } : {}),
      ...(this.#header === null ? {} : agentMember(this.#header, record.agent)),
      run: 0,
    });
  }

  #response({ id, body, raw }: Response, record: MessageRecord, line: Line, bytes: Uint8Array, text: string): void {
    const redacted = record.redacted || text.includes(redactedMark);
    this.#answered({ ...record, redacted, raw }, id, line, (asked) => {
      const answer = record.overflow === null ? gatewayAnswer(body) : { error: sdkError(record.overflow) };
      if (answer.error !== undefined) return answer;
      return storedAnswer(line, bytes, this.#store, answerOfId, asked);
    });
  }

  #answered(
    { from, session, exchange, t, redacted, byGuard, raw }: AnswerRecord,
    id: MessageId | null,
    line: Line,
    answer: (id: MessageId) => RecordedAnswer,
  ): void {
    const connection = this.#connection(session);
    const { exchanges, tools, rounds } = connection;
    const draft = id === null ? undefined : exchanges.respond(from, id, exchange);
    if (draft === undefined) {
      const orphan = { from, session, exchange, byGuard };
      reportOrphan(orphan, id, line.number, connection, this.#droppedFrames, this.#problems);
    }
    if (draft instanceof ListRequest && raw !== undefined) this.#listed(draft, tools, raw, line);
    if (!(draft instanceof CallDraft) || id === null) return;
    draft.answerLine = line.number;
    draft.answerBytes = line.length;
    draft.answerTime = this.#time(t);
    draft.answerRedacted = redacted;
    draft.answer = answer(id);
    rounds.answered(draft, raw);
  }

  #listed({ cursor }: ListRequest, known: KnownTools, answer: JsonObject, line: Line): void {
    known.page(cursor, answer['result'] ?? null);
    const tools = listedTools(answer);
    if (tools.length > 0) this.toolLists.push({ server: this.#header?.server ?? '', line: line.number, tools });
  }

  #guard(record: Of<'guard'>, line: Line): void {
    this.#hasGuardLines = true;
    const connection = this.#connection(record.session);
    const madeFor = callFor(connection, record);
    if (madeFor !== null) {
      madeFor.watched = true;
      madeFor.guardLines = [...madeFor.guardLines, line.number];
    }
    for (const { tool, args, answer } of record.records.flatMap((call) => recordedLookups(call))) {
      const start = { server: this.#header?.server ?? '', tool, args, time: this.#time(record.t) };
      const draft = new CallDraft({ ...start, requestLine: line.number, agentLabels: null, redacted: false, run: 0 });
      draft.decide('guard', 'capture');
      draft.answer = answer;
      draft.answerLine = line.number;
      draft.madeFor = madeFor;
      this.#all.push(draft);
    }
  }

  #connection(session: string): Connection {
    let connection = this.#connections.get(session);
    if (connection === undefined) this.#connections.set(session, (connection = openConnection()));
    return connection;
  }

  #time(t: number | null): number | null {
    return this.#start === null || t === null ? null : this.#start + t;
  }
}
