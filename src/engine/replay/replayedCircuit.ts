/** The circuit breaker before the backend of a replayed session: it goes by the times of the recorded calls. */
import {
  askCircuit,
  type Circuit,
  type CircuitSettings,
  closedCircuit,
  defaultCircuit,
  noteRateLimit,
  noteSuccess,
} from '../../core/difc/monitor/circuitBreaker.ts';
import type { PipelineAnswers } from '../../core/difc/monitor/pipeline.ts';
import { rateLimitText } from '../../core/difc/monitor/rateLimit.ts';
import type { TraceCall } from '../../core/trace/model/traceModel.ts';

type Answer = PipelineAnswers['callBackend'];

export class ReplayedCircuit {
  readonly #settings: CircuitSettings;
  #circuit: Circuit = closedCircuit;
  #before: Circuit = closedCircuit;

  constructor(settings: CircuitSettings = defaultCircuit) {
    this.#settings = settings;
  }

  /**
   * The backend's answer, unless the gateway would not have asked. `letThrough`: a gateway recorded the answer, so its circuit was closed. A
   * call without a time passes, and counts for nothing.
   */
  async pass(call: TraceCall, server: string, letThrough: boolean, ask: () => Promise<Answer>): Promise<Answer> {
    this.#before = this.#circuit;
    if (call.time === null) return ask();
    const now = Date.parse(call.time);
    const asked = askCircuit(this.#circuit, server, now, this.#settings);
    if ('circuit' in asked) this.#circuit = asked.circuit;
    else if (!letThrough) return { ok: false, error: asked.refusal };
    const answer = await ask();
    if (!answer.ok) return answer;
    const limited = rateLimitText(answer.value);
    this.#circuit =
      limited === null
        ? noteSuccess(this.#circuit)
        : noteRateLimit(this.#circuit, limited, now + (call.durationMs ?? 0), this.#settings);
    return answer;
  }

  /** Takes the last call back. */
  undo(): void {
    this.#circuit = this.#before;
  }
}
