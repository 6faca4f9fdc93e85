/** The trace of a session by now, and the wait for more of it. */
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

  /** Resolves when there is another trace than `seen`, after `ms` (null: never), or when the signal aborts. One may wait at a time. */
  async beyond(seen: Trace, ms: number | null, signal: AbortSignal): Promise<void> {
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

/** Whether the calls of a trace stand in a later one as they are, with their indexes; their answers may have come. */
export function isBeginning(before: Trace, now: Trace): boolean {
  return before.calls.every((call, index) => {
    const later = now.calls[index];
    return later === call || (later?.requestLine === call.requestLine && later.file === call.file);
  });
}
