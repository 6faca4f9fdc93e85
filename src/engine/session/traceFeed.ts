/** The current reading of a trace, and the wait for the next one. */
import type { Trace } from '../../core/trace/model/traceModel.ts';

export class TraceFeed {
  #trace: Trace;
  #wake: () => void = () => undefined;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  get trace(): Trace {
    return this.#trace;
  }

  push(trace: Trace): void {
    this.#trace = trace;
    this.#wake();
  }

  /** Resolves when the trace is not `seen` any more, after `ms` milliseconds (null: no limit), or when the signal aborts. Waits must not overlap. */
  async waitForChange(seen: Trace, ms: number | null, signal: AbortSignal): Promise<void> {
    if (this.#trace !== seen || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = ms === null ? undefined : setTimeout(resolve, ms);
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake, { once: true });
    });
    this.#wake();
  }
}
