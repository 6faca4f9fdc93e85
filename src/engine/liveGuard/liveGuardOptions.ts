/** What the guard of a live session is made from, and what it reports. */
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import type { FirstFinding } from '../../core/lint/liveLint.ts';
import type { GuardServices } from '../guard/openGuard.ts';
import type { TapMode } from '../recording/format/liveFile.ts';

/** Inputs of a live session's guard; `enforcement`, `trustedBots` and `deadlineMs` as in a replay. */
export interface LiveGuardOptions {
  readonly server: string;
  /** Path of the guard; `noop` for the gateway's guard without rules. */
  readonly guard: string;
  readonly policy: string | null;
  readonly mode: TapMode;
  readonly enforcement: EnforcementMode;
  readonly trustedBots: readonly string[];
  readonly deadlineMs: number;
  readonly services: GuardServices;
  /** Path of the capture, which the control file is named after. */
  readonly capture: string;
  /**
   * Name of the agent whose labels taps of one client share; null or absent: the session's own. A function is asked at the first call, when the
   * client's credential is known.
   */
  readonly agent?: string | (() => string | null) | null;
  /** Where labels are shared; default: the private folder of the user, or that of the capture where it cannot be written. */
  readonly agentFolder?: string;
  /** Called when lint finds something in the guard's answers, once for each code and loaded guard. */
  readonly onLint: (finding: FirstFinding) => void;
  /** Called after every change of mode, guard, policy or status. */
  readonly onChange: (state: LiveGuardState) => void;
}

/** State of a live session's guard. */
export interface LiveGuardState {
  readonly mode: TapMode;
  readonly guard: string;
  readonly policy: string | null;
  /** Of the guard's file; null when it could not be read. */
  readonly sha256: string | null;
  readonly status: 'ready' | 'failed' | 'off';
  /** What happened now: why it failed, or a warning; empty otherwise. */
  readonly message: string;
  /** Why no call can be decided until the guard is loaded again: it could not be loaded, or it died; empty while it can. */
  readonly failure: string;
}
