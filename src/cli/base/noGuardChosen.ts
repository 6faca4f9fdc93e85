/** The failure of a replay that names no guard, with the files next to the trace as its hint. */
import { Failure } from '../../core/base/failure.ts';
import { findNeighbours } from '../../engine/traceFiles/neighbours.ts';

/** The failure with a hint that proposes the guard and the policy, or the configuration, next to the trace. */
export function noGuardChosen(trace: string, hasPolicy: boolean, missing: Failure): Failure {
  const { guard, policy, config } = findNeighbours(trace);
  if (guard === null && config === null) return missing;
  const flags =
    guard === null
      ? `--config ${quoted(config ?? '')}`
      : `--guard ${quoted(guard)}${policy === null || hasPolicy ? '' : ` --policy ${quoted(policy)}`}`;
  return new Failure(missing.code, missing.message, `${missing.hint}. Files next to the trace: ${flags}`);
}

/** Quotes a path for a shell. */
function quoted(path: string): string {
  return /\s/.test(path) ? `"${path}"` : path;
}
