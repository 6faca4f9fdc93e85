/** What the gateway would do with one server: the record that the command line prints and a replay starts from. */
import type { Problem } from '../../base/parsed.ts';
import type { CircuitSettings } from '../../difc/monitor/circuitBreaker.ts';
import type { EnforcementMode } from '../../difc/record/decision.ts';
import type { Policy } from '../../policy/policy.ts';
import type { ChosenGuard } from './chosenGuard.ts';
import type { PolicySource } from './policyResolution.ts';

/** One server, once the gateway has registered its guard (gateway `registerGuard`). */
export interface ServerAccount {
  readonly server: string;
  readonly guard: ChosenGuard;
  readonly policy: Policy | null;
  readonly policySource: PolicySource;
  /** Whether the gateway changed the policy because the workflow's repository is public. */
  readonly forced: boolean;
  /** Mode of its calls; null where only a run of the guard tells. */
  readonly mode: EnforcementMode | null;
  /** Mode of its calls as long as no guard has named one. */
  readonly serverWideMode: EnforcementMode;
  readonly trustedBots: readonly string[];
  /** null: as long as it takes. */
  readonly toolTimeoutMs: number | null;
  /** null: every tool. */
  readonly allowedTools: readonly string[] | null;
  /** Calls in a session by tool; 0 is no limit. */
  readonly toolCallLimits: ReadonlyMap<string, number>;
  readonly circuit: CircuitSettings;
  /** The text with which the gateway does not start because of this server. */
  readonly startError: string | null;
  /** The text that every call gets. */
  readonly callError: string | null;
  /** The same for people. */
  readonly sentences: readonly string[];
  readonly problems: readonly Problem[];
}

/** The whole configuration. */
export interface ConfigAccount {
  /** The text with which the gateway does not start; null when it does. */
  readonly startError: string | null;
  readonly servers: readonly ServerAccount[];
  /** What is not about one server. */
  readonly problems: readonly Problem[];
}
