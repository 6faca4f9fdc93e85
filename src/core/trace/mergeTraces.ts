/** Joins captures of several servers that one client used at the same time: the calls of all of them in order of arrival, as one session. */
import type { Problem } from '../base/parsed.ts';
import type { RecordedCall, Trace, TraceCall } from './model/traceModel.ts';

/** A trace and the file that it was read from. */
export interface TraceOfFile {
  readonly trace: Trace;
  readonly file: string;
}

/**
 * One trace of all calls, by the times of their requests; calls without a time stay behind those before them in their file. Every position
 * names its file. A capture with one agent is that of the client, whose labels go from server to server; the agents of a capture that has
 * several stay apart. All traces must have the same format; a single one is returned as it is.
 */
export function mergeTraces(parts: readonly TraceOfFile[]): Trace {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first?.trace ?? emptyTrace;
  const placed = parts.flatMap((part, at) => placedCalls(part, lookupsBefore(parts, at)));
  placed.sort((a, b) => a.time - b.time);
  const calls = placed.map(({ call }, index): TraceCall => ({ ...call, index }));
  const traces = parts.map(({ trace }) => trace);
  const sum = (of: (trace: Trace) => number): number => traces.reduce((total, trace) => total + of(trace), 0);
  const sessions = Math.max(...traces.map((trace) => trace.sessions ?? 1));
  return {
    format: first.trace.format,
    ...(traces.some(({ growing }) => growing === true) ? { growing: true } : {}),
    servers: [...new Set(traces.flatMap(({ servers }) => servers))],
    agents: [...new Set(calls.flatMap(({ agent }) => agent ?? []))],
    sessions,
    calls,
    recordedLookups: parts.flatMap(({ trace, file }) => trace.recordedLookups.map((call) => inFile(call, file))),
    toolLists: parts.flatMap(({ trace, file }) => (trace.toolLists ?? []).map((list) => ({ ...list, file }))),
    problems: parts.flatMap(({ trace, file }) => trace.problems.map((problem) => placedProblem(problem, file))),
    lines: sum(({ lines }) => lines),
    bytes: sum(({ bytes }) => bytes),
  };
}

const emptyTrace: Trace = {
  format: 'unknown',
  servers: [],
  agents: [],
  calls: [],
  recordedLookups: [],
  problems: [],
  lines: 0,
  bytes: 0,
};

interface PlacedCall {
  readonly call: TraceCall;
  /** Milliseconds since 1970, of the request or of the last one before it that has a time. */
  readonly time: number;
}

function placedCalls({ trace, file }: TraceOfFile, lookupsSoFar: number): readonly PlacedCall[] {
  const isOneAgent = trace.agents.length < 2;
  let last = Number.NEGATIVE_INFINITY;
  return trace.calls.map((call) => {
    last = call.time === null ? last : Math.max(last, Date.parse(call.time));
    const { agent, ...rest } = inFile(call, file);
    const placed: TraceCall = {
      ...rest,
      ...(isOneAgent || agent === undefined ? {} : { agent }),
      lookups: call.lookups.map((at) => at + lookupsSoFar),
    };
    return { call: placed, time: last };
  });
}

function lookupsBefore(parts: readonly TraceOfFile[], at: number): number {
  return parts.slice(0, at).reduce((sum, { trace }) => sum + trace.recordedLookups.length, 0);
}

function inFile<C extends RecordedCall>(call: C, file: string): C {
  return { ...call, file: call.file ?? file };
}

function placedProblem(problem: Problem, file: string): Problem {
  const { position } = problem;
  return position === undefined || position.file !== undefined
    ? problem
    : { ...problem, position: { ...position, file } };
}
