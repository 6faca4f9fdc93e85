/** A worker without a thread: it answers each guard call with a record from the test, and stores the calls. */
import type { GuardCallRecord, GuardFunction } from '../../../src/core/difc/record/guardCall.ts';
import type { CassetteData } from '../../../src/core/trace/model/cassette.ts';
import type { GuardCallContext } from '../../../src/core/guard/guard.ts';
import type { GuardWorker } from '../../../src/engine/guard/wasmGuard.ts';

export interface AskedCall {
  readonly name: GuardFunction;
  readonly input: string;
  readonly context: GuardCallContext;
}

export class RecordedWorker implements GuardWorker {
  readonly asked: AskedCall[] = [];
  readonly cassettes: CassetteData[] = [];
  readonly memoryBytes = 65_536;
  healthy = true;
  closed = 0;
  restarts = 0;
  readonly #answer: (call: AskedCall) => GuardCallRecord;

  constructor(answer: (call: AskedCall) => GuardCallRecord) {
    this.#answer = answer;
  }

  get inputs(): readonly string[] {
    return this.asked.map(({ input }) => input);
  }

  call(name: GuardFunction, input: string, context: GuardCallContext): Promise<GuardCallRecord> {
    const asked = { name, input, context };
    this.asked.push(asked);
    return Promise.resolve(this.#answer(asked));
  }

  setCassette(cassette: CassetteData): void {
    this.cassettes.push(cassette);
  }

  restart(): void {
    this.healthy = true;
    this.restarts++;
  }

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }
}

/** A record of a guard call with an output or an error, and nothing else. */
export function bareRecord({ name, input }: AskedCall, output: string | null, error: string | null): GuardCallRecord {
  return {
    function: name,
    input,
    output,
    attempts: [{ bufferSize: 4_194_304, code: output?.length ?? null, hint: null }],
    backendCalls: [],
    log: [],
    logDropped: 0,
    stdout: '',
    stderr: '',
    memory: null,
    grows: [],
    durationMs: 0,
    error: output === null ? error : null,
    trace: null,
    poisoned: false,
  };
}
