/** Stands in for a guard's module: gives the answers that the guard of the recorded session gave. */
import type { BackendSource } from '../../core/guard/backend.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import type { GuardCallRecord, GuardFunction } from '../../core/difc/record/guardCall.ts';
import type { GuardWorker } from '../guard/wasmGuard.ts';

/** The error of a guard call that the capture does not have. */
const notRecorded = 'the capture does not have this guard call';

/** Whether a decision rests on a guard call that the capture does not have. */
export function restsOnMissing({ guardCalls }: Pick<DecisionRecord, 'guardCalls'>): boolean {
  return guardCalls.some(({ error }) => error === notRecorded);
}

export class RecordedWorker implements GuardWorker {
  readonly #callsOf: (index: number) => Promise<readonly GuardCallRecord[]>;
  readonly #first: GuardCallRecord | null;
  /** The guard calls of the call that is decided, without those that have been given. */
  #left: readonly GuardCallRecord[] = [];
  #leftOf = -1;
  readonly healthy = true;
  readonly memoryBytes = null;

  /**
   * `callsOf`: the recorded guard calls of a call of the trace. `first`: the first label_agent of the session, for a call that has none: a guard may be
   * there only from some call on.
   */
  constructor(callsOf: (index: number) => Promise<readonly GuardCallRecord[]>, first: GuardCallRecord | null) {
    this.#callsOf = callsOf;
    this.#first = first;
  }

  async call(
    name: GuardFunction,
    input: string,
    { backend }: { readonly backend: BackendSource },
  ): Promise<GuardCallRecord> {
    const index = backend.kind === 'cassette' ? backend.call : -1;
    if (index !== this.#leftOf) {
      this.#left = await this.#callsOf(index);
      this.#leftOf = index;
    }
    const recorded = this.#left.find((record) => record.function === name);
    this.#left = this.#left.filter((record) => record !== recorded);
    return recorded ?? (name === 'label_agent' ? this.#first : null) ?? missing(name, input);
  }

  /** What the guard asked is in its recorded answers. */
  setCassette(): void {}

  /** A restart of the gateway is in the recorded answers, too. */
  restart(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function missing(name: GuardFunction, input: string): GuardCallRecord {
  return {
    function: name,
    input,
    output: null,
    attempts: [],
    backendCalls: [],
    log: [],
    logDropped: 0,
    stdout: '',
    stderr: '',
    memory: null,
    grows: [],
    durationMs: 0,
    error: notRecorded,
    trace: null,
    poisoned: false,
  };
}
