/** Calls of a live session with their answers, with which a newly loaded guard is brought to the same point. */
import type { JsonObject, JsonValue } from '../../core/base/json.ts';
import { encodeGoJson } from '../../core/go/goJson.ts';
import type { BackendAnswer } from '../../core/guard/backend.ts';
import { type ListedTool, listedTools } from '../../core/trace/model/toolList.ts';
import type { TraceCall } from '../../core/trace/model/traceModel.ts';
import type { LiveAnswers } from '../replay/gatewaySession.ts';
import type { ServerAnswer } from './gateAnswers.ts';

/** A look-up of the guard with its answer. */
interface AnsweredLookup {
  readonly tool: string;
  readonly argsText: string;
  readonly answer: BackendAnswer;
}

/** A call of the session; its answers come later. */
export class LiveCall {
  readonly call: TraceCall;
  /** The server's answer; null until it has come. */
  answer: ServerAnswer | null = null;
  /** Bytes of the answer that `LiveHistory.weigh` counted. */
  bytes = 0;
  /** How the server listed the tool before the call; null when it did not. */
  readonly listed: ListedTool | null;
  readonly #lookups: AnsweredLookup[] = [];

  constructor(call: TraceCall, listed: ListedTool | null) {
    this.call = call;
    this.listed = listed;
  }

  addLookup(tool: string, args: JsonValue, answer: BackendAnswer): void {
    this.#lookups.push({ tool, argsText: encodeGoJson(args), answer });
  }

  /** The recorded answers as a backend: each look-up once, in order. A question that was not asked before fails, as on a backend that is gone. */
  asAnswers(): LiveAnswers {
    const left = [...this.#lookups];
    const noAnswer = { ok: false, error: 'no answer to this call was recorded in this session' } as const;
    return {
      callBackend: () => Promise.resolve(this.answer ?? noAnswer),
      lookups: {
        kind: 'live',
        ask: (tool, args) => {
          const argsText = encodeGoJson(args);
          const at = left.findIndex((lookup) => lookup.tool === tool && lookup.argsText === argsText);
          const [found] = at < 0 ? [] : left.splice(at, 1);
          return Promise.resolve(found?.answer ?? { error: 'no answer to this look-up was recorded in this session' });
        },
      },
    };
  }
}

/** What a client calls. */
export interface CalledTool {
  readonly tool: string;
  readonly args: JsonValue;
  /** The tool as the server listed it; null when it did not. */
  readonly definition: JsonObject | null;
}

/** A call of the client without an answer. `index`: position among the calls of the connection, from 0. */
export function newLiveCall(index: number, server: string, { tool, args, definition }: CalledTool): LiveCall {
  const [listed = null] = definition === null ? [] : listedTools({ result: { tools: [definition] } });
  const call: TraceCall = {
    index,
    server,
    tool,
    args,
    answer: undefined,
    origin: 'agent',
    time: new Date().toISOString(),
    durationMs: null,
    requestLine: 0,
    answerLine: null,
    agentLabels: null,
    redacted: false,
    lookups: [],
    filtered: [],
  };
  return new LiveCall(call, listed);
}

/** The calls of a session. It drops the oldest when there are too many calls or too many bytes of answers. */
export class LiveHistory {
  #calls: LiveCall[] = [];
  #bytes = 0;
  #dropped = 0;

  get calls(): readonly LiveCall[] {
    return this.#calls;
  }

  /** Number of calls that were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  add(call: LiveCall): void {
    this.#calls.push(call);
    if (this.#calls.length > maxCalls) this.#drop(maxCalls / 2);
  }

  /** Counts the answer of a call, which has this many bytes. */
  weigh(call: LiveCall, bytes: number): void {
    if (!this.#calls.includes(call)) return;
    call.bytes += bytes;
    this.#bytes += bytes;
    let [count, freed] = [0, 0];
    while (this.#bytes - freed > maxBytes && count < this.#calls.length) freed += this.#calls[count++]?.bytes ?? 0;
    this.#drop(count);
  }

  #drop(count: number): void {
    for (const { bytes } of this.#calls.splice(0, count)) this.#bytes -= bytes;
    this.#dropped += count;
  }
}

const maxCalls = 10_000;
const maxBytes = 64 * 1024 * 1024;
