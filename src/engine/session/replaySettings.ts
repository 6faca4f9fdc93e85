/** What is replayed and how, as the user chooses it for a trace, and the status of the chosen guard. */
import type { EnforcementMode } from '../../core/difc/record/decision.ts';

/** Inputs of a replay beside the trace. Paths are absolute; null: nothing chosen. */
export interface ReplaySettings {
  readonly guard: string | null;
  readonly policy: string | null;
  /** Mode of servers whose guard sets none (gateway spec 3.10). */
  readonly mode: EnforcementMode;
  /** Server whose calls go through the guard; null: the one with the most calls. */
  readonly server: string | null;
  readonly trustedBots: readonly string[];
  readonly deadlineMs: number;
}

/** Status of the guard after the last attempt to use it. */
export interface GuardStatus {
  readonly status: 'none' | 'loading' | 'ready' | 'failed' | 'poisoned';
  /** Why it failed or is poisoned; empty otherwise. */
  readonly message: string;
}

/** Status of the chosen guard before it is used. */
export function initialGuardStatus({ guard }: ReplaySettings): GuardStatus {
  return { status: guard === null ? 'none' : 'ready', message: '' };
}
