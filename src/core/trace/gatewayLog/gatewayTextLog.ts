/** Reads the client's tool calls from the gateway's text log, because its JSON log does not contain them (gateway spec 4.7). */
import { decodeGoJson } from '../../go/goJson.ts';
import type { Line } from '../../base/lines.ts';
import { askedBefore, type BackendAsked, type BegunCall, type ClientCall, type ClientCalls } from './clientCall.ts';
import { readSanitizedText, redactedMark } from './sanitizer.ts';
import { TextLogWitness } from './textLogWitness.ts';
import { parseTime } from '../model/times.ts';
import type { LineStore } from '../model/payloads.ts';
import { storedAnswer } from '../model/storedAnswer.ts';
import type { RecordedAnswer } from '../model/traceModel.ts';

/** Reader of a text log. Lines must be passed in order; other lines are skipped. */
export class GatewayTextLogReader {
  readonly #store: LineStore | null;
  readonly #calls: Mutable[] = [];
  readonly #begun: BegunCall[] = [];
  readonly #starts: number[] = [];
  readonly #witness = new TextLogWitness();
  /** Open calls by agent and tool, oldest first. */
  readonly #open = new Map<string, Mutable[]>();
  /** Servers of calls whose request line is due, by agent and tool. */
  readonly #servers = new Map<string, string[]>();
  /** Calls that ended since the last `settle`. */
  #ended: Mutable[] = [];
  /** The call whose error text may continue on the next line. */
  #failed: Mutable | null = null;
  #from: number | null = null;
  #to: number | null = null;

  /** `store`: takes the lines of results. null when results are not needed. */
  constructor(store: LineStore | null = null) {
    this.#store = store;
  }

  line(line: Line, text: string): void {
    const [start, timeText = '', category = ''] = lineStart.exec(text) ?? [];
    const time = parseTime(timeText);
    if (start === undefined || time === null) {
      this.#continue(text);
      return;
    }
    this.#failed = null;
    this.#from ??= time;
    this.#to = time;
    const message = text.slice(start.length);
    if (category === 'client') this.#client(message, time, line);
    else if (category === 'difc') this.#witness.difc(message, line.number);
    else if (category === 'payload') this.#announced(message);
    else if (category === 'startup') this.#startup(message, time);
  }

  /** Marks all ended calls as settled; call this before reading the JSON log. Returns the number of newly settled calls. */
  settle(): number {
    for (const call of this.#ended) call.settled = true;
    return this.#ended.splice(0).length;
  }

  /** Returns the calls so far. */
  end(file: string): ClientCalls {
    const covers = this.#from === null || this.#to === null ? null : { from: this.#from, to: this.#to };
    const witness = this.#witness.end(file);
    return { file, calls: this.#calls, begun: this.#begun, starts: this.#starts, witness, covers };
  }

  #client(message: string, time: number, line: Line): void {
    const request = requestMessage.exec(message);
    if (request !== null) {
      this.#request(request[1] ?? '', request[2] ?? '', request[3] ?? '', time, line.number);
      return;
    }
    const end = endMessage.exec(message);
    if (end !== null) {
      const [, kind, agent = '', tool = '', rest = ''] = end;
      const isResult = kind === 'response';
      const call = this.#end(agent, tool, isResult ? 'yes' : askedBefore(rest), time);
      if (call === undefined) return;
      const answer = isResult ? this.#result(rest, line) : { error: rest };
      if (answer !== null) {
        call.received = { answer, redacted: rest.includes(redactedMark), line: line.number };
      }
      if (!isResult) this.#fail(call, rest);
      return;
    }
    const failed = failedMessage.exec(message);
    if (failed !== null) this.#end(failed[1] ?? '', failed[2] ?? '', 'no', time);
  }

  /** null when results are not needed; undefined when the sanitiser destroyed the result. */
  #result(text: string, line: Line): RecordedAnswer | undefined | null {
    if (this.#store === null || line.bytes === null) return null;
    if (text.includes(redactedMark) && readSanitizedText(text).remains !== null) return undefined;
    return storedAnswer(line, line.bytes, this.#store, resultOfLine);
  }

  #fail(call: Mutable, error: string): void {
    this.#failed = call;
    call.denied = this.#witness.takeDenial(call.agent, error);
  }

  /** Adds a line to an error text. */
  #continue(text: string): void {
    const received = this.#failed?.received ?? null;
    const error = received?.answer?.error;
    if (this.#failed === null || received === null || error === undefined) return;
    if (error.length + text.length > errorLength) this.#failed = null;
    else {
      const redacted = received.redacted || text.includes(redactedMark);
      this.#failed.received = { ...received, answer: { error: `${error}\n${text}` }, redacted };
    }
  }

  #startup(message: string, time: number): void {
    const version = versionMessage.exec(message)?.[1];
    if (version !== undefined) this.#witness.version(version);
    if (!message.startsWith(startMessage)) return;
    this.#starts.push(time);
    // A call of an earlier run gets no answer, and the agents of the next run may have the same ids.
    this.#open.clear();
    this.#servers.clear();
    this.#witness.started();
  }

  /** Notes the server of the agent's next call: the middleware's line before the call has the name that clients use, with the server. */
  #announced(message: string): void {
    const [, name = '', agent = ''] = announcedMessage.exec(message) ?? [];
    const at = name.indexOf(serverEnd);
    if (at < 0) return;
    for (let end = at; end >= 0; end = name.indexOf(serverEnd, end + 1)) {
      // Both names may contain the separator: the request line says which tool it is.
      const key = openKey(agent, name.slice(end + serverEnd.length));
      const servers = this.#servers.get(key) ?? [];
      this.#servers.set(key, [...servers.slice(-announcedCalls), name.slice(0, end)]);
    }
  }

  #request(agent: string, tool: string, argsText: string, time: number, line: number): void {
    const later = { end: null, settled: false, asked: 'unknown', received: null, denied: null } as const;
    const key = openKey(agent, tool);
    const server = this.#servers.get(key)?.shift() ?? null;
    const call: Mutable = { agent, server, tool, ...readArgs(argsText), time, line, ...later };
    this.#calls.push(call);
    const open = this.#open.get(key);
    if (open === undefined) this.#open.set(key, [call]);
    else open.push(call);
  }

  /** Returns the call that ended; undefined when it began before the log. */
  #end(agent: string, tool: string, asked: BackendAsked, time: number): Mutable | undefined {
    const open = this.#open.get(openKey(agent, tool)) ?? [];
    const isAlone = open.length < 2;
    // Answers have no id. A refusal comes at once, so it is the last call's; a backend answers the first call first.
    const call = asked === 'no' ? open.pop() : open.shift();
    if (call === undefined) {
      if (this.#begun.length < begunCalls) this.#begun.push({ agent, tool, end: time });
      return undefined;
    }
    call.end = time;
    call.asked = isAlone ? asked : 'unknown';
    this.#ended.push(call);
    return call;
  }
}

type Mutable = { -readonly [K in keyof ClientCall]: ClientCall[K] };

const lineStart = /^\[(\d{4}-\d\d-\d\dT[^\]]+)\] \[[A-Z]+\] \[([^\]]*)\] /;
const requestMessage = /^MCP tool call request, session=(.*?), tool=(.*?), args=(.*)$/s;
const endMessage = /^MCP tool call (response|error), session=(.*?), tool=(.*?), (?:result|error)=(.*)$/s;
const failedMessage = /^MCP tool call failed: session not initialized, session=(.*?), tool=(.*)$/s;

/** The first lines of a run (gateway `internal/cmd/root.go`). */
const versionMessage = /^MCPG Gateway version: (.*)$/;
const startMessage = 'Starting MCPG with config: ';

/** Written before each call by the middleware for large payloads (gateway `internal/middleware/jqschema.go`). */
const announcedMessage = /^Middleware processing tool call: tool=(.*?), queryID=.*?, session=(.*?), baseDir=/s;
/** Between server and tool in the names that clients use (gateway `internal/server/tool_registry.go`). */
const serverEnd = '___';
/** Maximum number of calls with the same agent and tool that are announced and not yet requested. */
const announcedCalls = 100;

/** Maximum number of answers without a request that are kept: as many calls as can run when a log begins. */
const begunCalls = 1000;

/** Maximum length of an error text; a violation has some hundred characters. */
const errorLength = 64 * 1024;

/** Reads the arguments; null when the sanitiser destroyed them. */
function readArgs(text: string): Pick<ClientCall, 'args' | 'redacted' | 'remains'> {
  const { value, redacted, remains } = readSanitizedText(text);
  return { args: remains === null ? { value } : null, redacted, remains };
}

function resultOfLine(text: string): RecordedAnswer {
  const message = text.slice(lineStart.exec(text)?.[0].length ?? 0);
  const decoded = decodeGoJson(endMessage.exec(message)?.[4] ?? '');
  return { result: decoded.ok ? decoded.value : null };
}

function openKey(agent: string, tool: string): string {
  return `${agent}\u0000${tool}`;
}
