/** Finds the guard's look-ups in a debug log. It always has the tool names; only a log file has requests and answers, as `rpc` lines. */
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import type { Line } from '../../base/lines.ts';
import { toolCallParams } from '../../mcp/message.ts';
import type { DebugInput } from './debugLogInput.ts';
import { parseDebugLogLine } from './debugLogLine.ts';
import { loggedAnswer } from '../gatewayLog/gatewayLine.ts';
import { readSanitizedText } from '../gatewayLog/sanitizer.ts';
import { storedAnswer } from '../model/storedAnswer.ts';
import type { RecordedAnswer } from '../model/traceModel.ts';
import type { LineStore } from '../model/payloads.ts';
import type { TraceProblems } from '../model/traceProblems.ts';

/** One `call_backend` of the recorded guard. */
export interface DebugLookup {
  readonly tool: string;
  /** The guard call that made it. */
  readonly input: DebugInput | null;
  readonly line: number;
  /** undefined when the log does not have them; then the look-up cannot be replayed. */
  args: JsonValue | undefined;
  answer: RecordedAnswer | undefined;
  answerLine: number | null;
  redacted: boolean;
}

/** Pairs lines in order: the message of the guard's host, then the request and its answer (gateway `internal/logger/rpc_format.go`). */
export class DebugLogLookups {
  readonly #problems: TraceProblems;
  readonly #store: LineStore;
  readonly #lookups: DebugLookup[] = [];
  /** Look-ups that were announced, and neither sent nor failed yet. */
  #waiting: DebugLookup[] = [];
  /** Requests without an answer by server, oldest first; null for requests that are not look-ups. */
  readonly #open = new Map<string, (DebugLookup | null)[]>();

  constructor(problems: TraceProblems, store: LineStore) {
    this.#problems = problems;
    this.#store = store;
  }

  asked(tool: string, input: DebugInput | null, line: number): void {
    const lookup = { tool, input, line, args: undefined, answer: undefined, answerLine: null, redacted: false };
    this.#lookups.push(lookup);
    // A look-up that is never sent has no further lines, so only the last ones are remembered.
    this.#waiting = [...this.#waiting.slice(-waitingLookups), lookup];
  }

  /** Handles the host's message that a look-up failed. If the request was sent, its answer line has the error. */
  failed(error: string): void {
    const lookup = this.#lookups.at(-1);
    if (lookup?.answer === undefined && lookup?.answerLine === null) lookup.answer = { error };
    this.#waiting = this.#waiting.filter((each) => each !== lookup);
  }

  /** Reads an operational line about a message to or from a backend. */
  rpc(message: string, line: Line, bytes: Uint8Array): void {
    const found = rpcPattern.exec(message);
    if (found === null) return;
    const [, server = '', arrow, method, size, rest = ''] = found;
    const open = this.#open.get(server) ?? [];
    this.#open.set(server, open);
    if (arrow === '→') open.push(method === 'tools/call' ? this.#question(rest, Number(size), line) : null);
    else this.#answer(open.shift() ?? null, rest, Number(size), line, bytes);
  }

  end(): readonly DebugLookup[] {
    return this.#lookups;
  }

  #question(text: string, size: number, line: Line): DebugLookup | null {
    if (this.#waiting.length === 0) return null;
    const { value, redacted } = readSanitizedText(text);
    const call = isJsonObject(value) ? toolCallParams(value['params'] ?? null) : null;
    if (call === null || 'reason' in call) {
      this.#bad(line, size, text);
      return null;
    }
    const lookup = this.#waiting.find(({ tool }) => tool === call.tool) ?? null;
    if (lookup === null) return null;
    this.#waiting = this.#waiting.filter((each) => each !== lookup);
    lookup.args = call.args;
    lookup.redacted = redacted;
    return lookup;
  }

  #answer(lookup: DebugLookup | null, rest: string, size: number, line: Line, bytes: Uint8Array): void {
    if (lookup === null) return;
    lookup.answerLine = line.number;
    const answer = rpcAnswer(rest);
    if (answer === null) {
      this.#bad(line, size, rest);
      return;
    }
    lookup.redacted ||= answer.redacted;
    lookup.answer =
      answer.value.result === undefined ? answer.value : storedAnswer(line, bytes, this.#store, answerOfRpcLine);
  }

  #bad(line: Line, size: number, text: string): void {
    const why = text.endsWith('...')
      ? `the log has only the first 10 KiB of ${size} bytes`
      : 'its sanitiser destroyed the message';
    const message = `A look-up of the guard cannot be read from the log: ${why}`;
    this.#problems.add(
      'warning',
      'trace/cut-line',
      message,
      line.number,
      'rpc-messages.jsonl of the session has the complete message',
    );
  }
}

function answerOfRpcLine(text: string): RecordedAnswer {
  const rest = rpcPattern.exec(parseDebugLogLine(text)?.message ?? '')?.[5] ?? '';
  return rpcAnswer(rest)?.value ?? { result: null };
}

/** Returns null when the payload is cut or destroyed. */
function rpcAnswer(rest: string): { readonly value: RecordedAnswer; readonly redacted: boolean } | null {
  const error = /^err:(.*?)(?: \{.*)?$/s.exec(rest)?.[1];
  if (error !== undefined) return { value: { error }, redacted: false };
  const payload = readSanitizedText(rest);
  if (payload.remains !== null) return null;
  const shared = { server: '', time: null, labels: null, overflow: null, hasSchema: false };
  const value = loggedAnswer({ kind: 'response', error: null, payload, ...shared });
  return value === undefined ? null : { value, redacted: payload.redacted };
}

const rpcPattern = /^(.*?)([→←])(\S+) (\d+)b(?: (.*))?$/s;
const waitingLookups = 50;
