/** Reads the client's tool calls from the gateway's text log, because its JSON log does not contain them (gateway spec 4.7). */
import { decodeGoJson } from '../../go/goJson.ts';
import type { JsonValue } from '../../base/json.ts';
import type { Line } from '../../base/lines.ts';
import { readSanitized, redactedMark, type SanitizedPayload } from './sanitizer.ts';
import { parseTime } from '../model/draft.ts';

/** One tool call as the client sent it. */
export interface ClientCall {
  readonly tool: string;
  /** null when the sanitiser destroyed them. */
  readonly args: { readonly value: JsonValue } | null;
  readonly redacted: boolean;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly line: number;
  /** Time of the gateway's answer; null when the log ends before it. */
  readonly end: number | null;
  /** Whether the end was known when the JSON log was last read, so that a growing JSON log has everything that the call caused. */
  readonly settled: boolean;
}

/** The client's calls in a text log. */
export interface ClientCalls {
  readonly file: string;
  readonly calls: readonly ClientCall[];
  /** Times of the first and the last line; null for a file without lines. */
  readonly covers: { readonly from: number; readonly to: number } | null;
}

/** Reader of a text log. Lines must be passed in order; other lines and continued messages are skipped. */
export class GatewayTextLogReader {
  readonly #calls: Mutable[] = [];
  /** Open calls by session and tool, oldest first. */
  readonly #open = new Map<string, Mutable[]>();
  /** Calls that ended since the last `settle`. */
  #ended: Mutable[] = [];
  #from: number | null = null;
  #to: number | null = null;

  line({ number }: Line, text: string): void {
    const time = parseTime(lineTime.exec(text)?.[1]);
    if (time === null) return;
    this.#from ??= time;
    this.#to = time;
    const request = requestLine.exec(text);
    if (request !== null) {
      this.#request(request[1] ?? '', request[2] ?? '', request[3] ?? '', time, number);
      return;
    }
    const end = endLine.exec(text);
    if (end === null) return;
    const open = this.#open.get(openKey(end[1] ?? '', end[2] ?? ''))?.shift();
    if (open === undefined) return;
    open.end = time;
    this.#ended.push(open);
  }

  /** Marks all ended calls as settled; call this before reading the JSON log. Returns the number of newly settled calls. */
  settle(): number {
    for (const call of this.#ended) call.settled = true;
    return this.#ended.splice(0).length;
  }

  /** Returns the calls so far. */
  end(file: string): ClientCalls {
    const covers = this.#from === null || this.#to === null ? null : { from: this.#from, to: this.#to };
    return { file, calls: this.#calls, covers };
  }

  #request(session: string, tool: string, argsText: string, time: number, line: number): void {
    const { args, redacted } = readArgs(argsText);
    const call: Mutable = { tool, args, redacted, time, line, end: null, settled: false };
    this.#calls.push(call);
    const key = openKey(session, tool);
    const open = this.#open.get(key);
    if (open === undefined) this.#open.set(key, [call]);
    else open.push(call);
  }
}

/** Reads JSON from a log that is sanitised line by line, where the sanitiser adds no wrapper around destroyed payloads. */
export function readSanitizedText(text: string): SanitizedPayload {
  const plain = decodeGoJson(text);
  if (plain.ok) return { value: plain.value, redacted: text.includes(redactedMark), remains: null };
  return readSanitized({ _error: 'invalid JSON', _raw: text });
}

type Mutable = { -readonly [K in keyof ClientCall]: ClientCall[K] };

const lineTime = /^\[(\d{4}-\d\d-\d\dT[^\]]+)\] \[[A-Z]+\] \[/;
const requestLine = /^\[[^\]]+\] \[INFO\] \[client\] MCP tool call request, session=(.*?), tool=(.*?), args=(.*)$/s;
const endLine =
  /^\[[^\]]+\] \[(?:INFO|ERROR)\] \[client\] MCP tool call (?:response|error), session=(.*?), tool=(.*?), (?:result|error)=/s;

/** Reads the arguments; null when the sanitiser destroyed them. */
function readArgs(text: string): Pick<ClientCall, 'args' | 'redacted'> {
  const { value, redacted, remains } = readSanitizedText(text);
  return { args: remains === null ? { value } : null, redacted };
}

function openKey(session: string, tool: string): string {
  return `${session}\u0000${tool}`;
}
