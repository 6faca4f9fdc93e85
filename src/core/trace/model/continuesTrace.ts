/** Whether one reading of a trace continues another. */
import type { Trace } from './traceModel.ts';

/** Whether the later reading has the same calls with the same indexes; answers may have been added. */
export function continuesTrace(before: Trace, now: Trace): boolean {
  return before.calls.every((call, index) => {
    const later = now.calls[index];
    return later === call || (later?.requestLine === call.requestLine && later.file === call.file);
  });
}
