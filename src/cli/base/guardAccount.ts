/** Formats what a guard did in one call: its look-ups, its log lines, and the stack of a trap. */
import type { BackendCallRecord, GuardCallRecord } from '../../core/difc/record/guardCall.ts';
import { oneLine } from '../../core/present/presentRow.ts';
import { stackText } from '../../core/symbols/stackText.ts';

const argsWidth = 80;

/** One line per event in chronological order, with the stack frames of a trap at the end. */
export function guardAccount(call: GuardCallRecord): readonly string[] {
  const { function: name, backendCalls, log, logDropped, stdout, stderr } = call;
  const events = [
    ...backendCalls.map((lookup) => ({ atMs: lookup.atMs, line: `${name} looked up ${lookupText(lookup)}` })),
    ...log.flatMap(({ atMs, level, message }, at) => [
      ...(at === call.logGapAt ? [{ atMs, line: `${name} ${gapText(at, logDropped)}` }] : []),
      { atMs, line: `${name} logged (${levelName(level)}): ${message}` },
    ]),
  ].sort((one, other) => one.atMs - other.atMs);
  return [
    ...events.map(({ line }) => line),
    ...streamLines(name, 'stdout', stdout),
    ...streamLines(name, 'stderr', stderr),
    ...stackLines(call),
  ];
}

/** Says which log lines were left out: the first and the last ones of a call are kept. */
function gapText(kept: number, left: number): string {
  return left === 1
    ? `logged line ${kept + 1}, which is not kept`
    : `logged lines ${kept + 1} to ${kept + left} (${left}), which are not kept`;
}

function streamLines(name: string, stream: 'stdout' | 'stderr', text: string): readonly string[] {
  const lines = text.replace(/^\n+|\n+$/g, '').split('\n');
  return text.trim() === '' ? [] : lines.map((line) => `${name} wrote to ${stream}: ${line}`);
}

/** The stack in the words of the guard's source, or the gateway's stack trace when the guard's stack is not known. */
function stackLines({ stack, trace }: GuardCallRecord): readonly string[] {
  if (stack === undefined) return (trace ?? []).map((frame) => `    at ${frame}`);
  return [...stackText(stack).map((line) => `    at ${line}`), ...stack.notes];
}

function lookupText({ tool, args, end, error }: BackendCallRecord): string {
  const question = args === null ? tool : `${tool} ${oneLine(args, argsWidth)}`;
  const why = end === 'error' && error !== null ? ` (${error})` : '';
  return `${question}: ${end.replaceAll('-', ' ')}${why}`;
}

/** The name of a log level (gateway spec 1.11). */
function levelName(level: number): string {
  return ['debug', 'info', 'warn', 'error'][level] ?? `level ${level}`;
}
