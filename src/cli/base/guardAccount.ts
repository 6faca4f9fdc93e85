/** What a guard did in one of its calls, line by line for people: its look-ups, what it logged, and where it trapped. */
import type { BackendCallRecord, GuardCallRecord } from '../../core/difc/record/guardCall.ts';
import { oneLine } from '../../core/present/presentRow.ts';

const argsWidth = 80;

/** In the order of the guard, with the frames of its trap at the end. */
export function guardAccount(call: GuardCallRecord): readonly string[] {
  const { function: name, backendCalls, log, logDropped, trace } = call;
  const done = [
    ...backendCalls.map((lookup) => ({ atMs: lookup.atMs, line: `${name} asked for ${lookupText(lookup)}` })),
    ...log.map(({ atMs, level, message }) => ({ atMs, line: `${name} logged (${levelName(level)}): ${message}` })),
  ].sort((one, other) => one.atMs - other.atMs);
  return [
    ...done.map(({ line }) => line),
    ...(logDropped === 0 ? [] : [`${name} logged more than is kept: ${logDropped} lines are left out`]),
    ...(trace ?? []).map((frame) => `    at ${frame}`),
  ];
}

/** Whether the guard was not entered any more, since it had trapped before. */
export function isAfterTrap({ poisoned, attempts }: GuardCallRecord): boolean {
  return poisoned && attempts.length === 0;
}

function lookupText({ tool, args, end, error }: BackendCallRecord): string {
  const question = args === null ? tool : `${tool} ${oneLine(args, argsWidth)}`;
  const why = end === 'error' && error !== null ? ` (${error})` : '';
  return `${question}: ${end.replaceAll('-', ' ')}${why}`;
}

/** The levels that the gateway knows (gateway spec 1.11). */
function levelName(level: number): string {
  return ['debug', 'info', 'warn', 'error'][level] ?? `level ${level}`;
}
