/** What a tap did not keep of a session, and what its gaps explain: a call without an answer, an answer without a call. */
import type { Side } from '../../mcp/pairing.ts';
import type { MessageId } from '../../mcp/message.ts';
import type { NativeRecord } from './nativeLine.ts';
import type { TraceProblems } from '../model/traceProblems.ts';

type DroppedRecord = Extract<NativeRecord, { kind: 'dropped' }>;

/** The last frame of a side that is missing, and could be any message. */
interface Gap {
  readonly line: number;
  readonly reason: string;
}

const hint = 'The tap keeps longer messages with --max-message, and more for a slow disk with --queue';

export class DroppedFrames {
  readonly #problems: TraceProblems;
  /** By side and session; a record without a session may belong to any. */
  readonly #gaps = new Map<string, Gap>();
  readonly #requests = new Map<string, Gap>();
  /** Lines of the capture that could not be read, in order. */
  readonly #unread: number[] = [];

  constructor(problems: TraceProblems) {
    this.#problems = problems;
  }

  /** A frame that could not be matched with a call. */
  add({ from, reason, request, session }: DroppedRecord, line: number): void {
    this.#problems.add('warning', 'trace/dropped-message', `The tap did not keep something ${reason}`, line, hint);
    if (from === null) return;
    if (request === null) this.#gaps.set(gapKey(from, session), { line, reason });
    else this.#requests.set(requestKey(session, request), { line, reason });
  }

  /** The answer to a call. */
  addAnswer(tool: string, reason: string, line: number): void {
    this.#problems.add(
      'warning',
      'trace/dropped-answer',
      `The tap did not keep the answer to "${tool}" ${reason}`,
      line,
      hint,
    );
  }

  /** A line that could not be read: it may have been anything. */
  addUnread(line: number): void {
    if (this.#unread.length < mostUnread) this.#unread.push(line);
  }

  /** The first line after this one that could not be read. */
  unreadAfter(line: number): number | undefined {
    return this.#unread.find((unread) => unread > line);
  }

  /** Why an answer has no request before it; null when nothing is known to be missing. */
  request(session: string, id: MessageId | null): string | null {
    const known = id === null ? undefined : this.#requests.get(requestKey(session, id));
    if (known !== undefined) return `the tap did not keep that (line ${known.line}, ${known.reason})`;
    const unread = this.#unread.at(-1);
    return shown(this.#gap('client', session)) ?? (unread === undefined ? null : mayStandIn(unread));
  }

  /** Why a request of that line has no answer; null when nothing after it is known to be missing. */
  answer(session: string, requestLine: number): string | null {
    const gap = this.#gap('server', session);
    return gap !== undefined && gap.line > requestLine ? shown(gap) : null;
  }

  /** A session starts anew. */
  clear(): void {
    this.#gaps.clear();
    this.#requests.clear();
    this.#unread.length = 0;
  }

  #gap(from: Side, session: string): Gap | undefined {
    return this.#gaps.get(gapKey(from, session)) ?? this.#gaps.get(gapKey(from, ''));
  }
}

/** More than so many lines that cannot be read explain nothing any more. */
const mostUnread = 1000;

export function mayStandIn(line: number): string {
  return `it may stand in line ${line}, which could not be read`;
}

function shown(gap: Gap | undefined): string | null {
  return gap === undefined ? null : `it may be what the tap did not keep (line ${gap.line}, ${gap.reason})`;
}

function gapKey(from: Side, session: string): string {
  return `${from} ${session}`;
}

function requestKey(session: string, id: MessageId): string {
  return `${session} ${JSON.stringify(id)}`;
}
