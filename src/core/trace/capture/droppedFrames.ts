/** Frames that the tap did not record, used to explain calls without an answer and answers without a request. */
import { isJsonObject } from '../../base/json.ts';
import type { Line } from '../../base/lines.ts';
import type { Side } from '../../mcp/pairing.ts';
import type { Message, MessageId } from '../../mcp/message.ts';
import type { NativeRecord } from './nativeLine.ts';
import type { TraceProblems } from '../model/traceProblems.ts';

type DroppedRecord = Extract<NativeRecord, { kind: 'dropped' }>;

/** The last missing frame of a side that could be any message. */
interface Gap {
  readonly line: number;
  readonly reason: string;
}

const hint = 'Record longer messages with --max-message, and buffer more for a slow disk with --queue';

/** Frames that are missing from a capture, and lines that could not be read. */
export class DroppedFrames {
  readonly #problems: TraceProblems;
  /** By side and session. A record without a session may belong to any session. */
  readonly #gaps = new Map<string, Gap>();
  readonly #requests = new Map<string, Gap>();
  /** Lines of the capture that could not be read, in order, with their side where the line says it. */
  readonly #unread: { readonly line: number; readonly from: Side | null }[] = [];

  constructor(problems: TraceProblems) {
    this.#problems = problems;
  }

  /** Adds a frame that does not answer a known call. */
  add({ from, reason, request, session }: DroppedRecord, line: number): void {
    this.#problems.add('warning', 'trace/dropped-message', `The tap did not record something ${reason}`, line, hint);
    if (from === null) return;
    if (request === null) this.#gaps.set(gapKey(from, session), { line, reason });
    else this.#requests.set(requestKey(from, session, request), { line, reason });
  }

  /** Adds a frame that answered a call. */
  addAnswer(tool: string, reason: string, line: number): void {
    this.#problems.add(
      'warning',
      'trace/dropped-answer',
      `The tap did not record the answer to "${tool}" ${reason}`,
      line,
      hint,
    );
  }

  /** Adds a line that could not be read, which may have been any message of that side; null: of either side. */
  addUnread(line: Line, reason: string, from: Side | null): void {
    if (this.#unread.length < mostUnread) this.#unread.push({ line: line.number, from });
    const where = line.terminated ? 'This line was skipped' : 'The last line is incomplete and was skipped';
    this.#problems.add(line.terminated ? 'error' : 'warning', 'trace/bad-line', `${where}: ${reason}`, line.number);
  }

  /**
   * Adds a line whose JSON is no message. A server of the MCP SDK stores the event that opens a stream as `{}`, and repeats it when the
   * client resumes the stream.
   */
  addInvalid({ reason, raw }: Extract<Message, { kind: 'invalid' }>, from: Side, line: Line): void {
    if (from === 'server' && isJsonObject(raw) && Object.keys(raw).length === 0) {
      const message = 'The server sent {}, which is not a message: servers repeat it when a client resumes a stream';
      this.#problems.add('info', 'trace/empty-message', message, line.number, 'Nothing is missing');
    } else this.addUnread(line, `not a JSON-RPC message: ${reason}`, from);
  }

  /** Returns the first unreadable line after this line that may be a message of the server. */
  unreadAfter(line: number): number | undefined {
    return this.#unread.find((unread) => unread.line > line && unread.from !== 'client')?.line;
  }

  /** Explains why an answer has no request of that side before it; null when nothing is known to be missing. */
  request(from: Side, session: string, id: MessageId | null): string | null {
    const known = id === null ? undefined : this.#requests.get(requestKey(from, session, id));
    if (known !== undefined) return `the tap did not record it (line ${known.line}, ${known.reason})`;
    const unread = this.#unread.findLast((each) => each.from === null || each.from === from);
    return shown(this.#gap(from, session)) ?? (unread === undefined ? null : unreadableLineHint(unread.line));
  }

  /** Explains why the request on that line has no answer; null when nothing after it is known to be missing. */
  answer(session: string, requestLine: number): string | null {
    const gap = this.#gap('server', session);
    return gap !== undefined && gap.line > requestLine ? shown(gap) : null;
  }

  /** Drops all gaps, for a new recording in the same file. */
  clear(): void {
    this.#gaps.clear();
    this.#requests.clear();
    this.#unread.length = 0;
  }

  #gap(from: Side, session: string): Gap | undefined {
    return this.#gaps.get(gapKey(from, session)) ?? this.#gaps.get(gapKey(from, ''));
  }
}

/** Maximum number of unreadable lines that are remembered. */
const mostUnread = 1000;

/** Explains a missing message by an unreadable line, as the end of a sentence. */
export function unreadableLineHint(line: number): string {
  return `it may be in line ${line}, which could not be read`;
}

function shown(gap: Gap | undefined): string | null {
  return gap === undefined
    ? null
    : `it may be the message that the tap did not record (line ${gap.line}, ${gap.reason})`;
}

function gapKey(from: Side, session: string): string {
  return `${from} ${session}`;
}

function requestKey(from: Side, session: string, id: MessageId): string {
  return `${from} ${session} ${JSON.stringify(id)}`;
}
