/** What a live session had so far: its calls with the answers that were given, so that another guard can be brought to the same point. */
import type { JsonValue } from '../../core/base/json.ts';
import { encodeGoJson } from '../../core/go/goJson.ts';
import type { PipelineAnswers } from '../../core/difc/monitor/pipeline.ts';
import type { TraceCall } from '../../core/trace/model/traceModel.ts';
import type { LiveAnswers } from '../replay/gatewaySession.ts';
import type { BackendAnswer } from '../../core/guard/backend.ts';

/** A look-up of the guard with what it was answered. */
interface KnownLookup {
  readonly tool: string;
  readonly argsText: string;
  readonly answer: BackendAnswer;
}

/** A call of the session; its answers come one by one. */
export class KnownCall {
  readonly call: TraceCall;
  answer: PipelineAnswers['callBackend'] | null = null;
  /** Bytes of the answer, as far as they were counted. */
  bytes = 0;
  readonly #lookups: KnownLookup[] = [];

  constructor(call: TraceCall) {
    this.call = call;
  }

  addLookup(tool: string, args: JsonValue, answer: BackendAnswer): void {
    this.#lookups.push({ tool, argsText: encodeGoJson(args), answer });
  }

  /** The answers as they were: each look-up once, in order; what was never asked fails as from a backend that is gone. */
  asAnswers(): LiveAnswers {
    const left = [...this.#lookups];
    const never = { ok: false, error: 'the session so far holds no answer to this call' } as const;
    return {
      callBackend: () => Promise.resolve(this.answer ?? never),
      lookups: {
        kind: 'live',
        ask: (tool, args) => {
          const argsText = encodeGoJson(args);
          const at = left.findIndex((each) => each.tool === tool && each.argsText === argsText);
          const [found] = at < 0 ? [] : left.splice(at, 1);
          return Promise.resolve(found?.answer ?? { error: 'the session so far holds no answer to this look-up' });
        },
      },
    };
  }
}

/** The calls of a session, the oldest of which go when there are too many, or when their answers take too much room. */
export class History {
  #calls: KnownCall[] = [];
  #bytes = 0;
  #dropped = 0;

  get calls(): readonly KnownCall[] {
    return this.#calls;
  }

  /** How many went. */
  get dropped(): number {
    return this.#dropped;
  }

  add(call: KnownCall): void {
    this.#calls.push(call);
    if (this.#calls.length > mostCalls) this.#drop(mostCalls / 2);
  }

  /** Counts the answer of a call, which came as so many bytes. */
  weigh(call: KnownCall, bytes: number): void {
    if (!this.#calls.includes(call)) return;
    call.bytes += bytes;
    this.#bytes += bytes;
    let [count, freed] = [0, 0];
    while (this.#bytes - freed > mostBytes && count < this.#calls.length) freed += this.#calls[count++]?.bytes ?? 0;
    this.#drop(count);
  }

  #drop(count: number): void {
    for (const { bytes } of this.#calls.splice(0, count)) this.#bytes -= bytes;
    this.#dropped += count;
  }
}

const mostCalls = 10_000;
const mostBytes = 64 * 1024 * 1024;
