/** Checks that a trace can be replayed. */
import { Failure } from '../../base/failure.ts';
import { busiestOf, type ServerCounts } from './busiestServer.ts';
import type { Trace } from './traceModel.ts';

/** Returns the server to replay: `server`, which must have calls, or by default the one with the most calls (null without calls). Throws `trace/no-such-server`. */
export function requireRecordedServer(counts: ServerCounts, server: string | null): string | null {
  if (server === null || counts.has(server)) return server ?? busiestOf(counts);
  const others = [...counts.keys()].map((id) => `"${id}"`).join(', ');
  const hint = others === '' ? 'The trace has no calls' : `Choose one of ${others}`;
  throw new Failure('trace/no-such-server', `The trace has no call of the server "${server}"`, hint);
}

/** Returns the trace if its format is known. Throws the reader's first error, or `trace/unknown-format`. */
export function requireTrace(trace: Trace, path: string): Trace {
  if (trace.format !== 'unknown') return trace;
  const problem = trace.problems.find(({ severity }) => severity === 'error');
  const hint = problem?.hint ?? 'Open a *.guardtrace.jsonl capture or the rpc-messages.jsonl of the gateway';
  throw new Failure(problem?.code ?? 'trace/unknown-format', problem?.message ?? `"${path}" is not a trace`, hint);
}
