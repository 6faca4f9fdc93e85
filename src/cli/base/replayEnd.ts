/** The exit code of a replay. */
import { exitCodes, type ExitCode } from './command.ts';

/** How a replay ended. */
export interface ReplayEnd {
  /** Whether the guard is healthy and failed in no call. */
  readonly works: boolean;
  /** Whether a call has a finding that `--strict` reports. */
  readonly hasFindings: boolean;
}

/** 4 for a guard that failed; else 1 with `--strict` and findings; else 0. */
export function replayExitCode({ works, hasFindings }: ReplayEnd, strict: boolean): ExitCode {
  if (!works) return exitCodes.guardFailed;
  return strict && hasFindings ? exitCodes.differs : exitCodes.fine;
}
