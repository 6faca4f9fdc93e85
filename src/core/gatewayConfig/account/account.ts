/** The account of a configuration: what the gateway does with each server. The command line prints it, and a replay starts from it. */
import type { Problem } from '../../base/parsed.ts';
import type { CircuitSettings } from '../../difc/monitor/circuitBreaker.ts';
import type { PayloadSettings } from '../../difc/monitor/payloadSettings.ts';
import type { EnforcementMode } from '../../difc/record/decision.ts';
import type { Policy } from '../../policy/policy.ts';
import type { ChosenGuard } from './chosenGuard.ts';
import type { PolicySource } from './policyResolution.ts';

/** One server after the gateway has registered its guard (gateway `registerGuard`). */
export interface ServerAccount {
  readonly server: string;
  readonly guard: ChosenGuard;
  readonly policy: Policy | null;
  readonly policySource: PolicySource;
  /** Whether the gateway changed the policy because the workflow's repository is public. */
  readonly forced: boolean;
  /** Mode of its calls; null when the guard's answer to label_agent decides. */
  readonly mode: EnforcementMode | null;
  /** Mode of its calls until a guard sets one. */
  readonly serverWideMode: EnforcementMode;
  readonly trustedBots: readonly string[];
  /** null for no limit. */
  readonly toolTimeoutMs: number | null;
  /** null for all tools. */
  readonly allowedTools: readonly string[] | null;
  /** Maximum of calls per session, by tool; 0 for no limit. */
  readonly toolCallLimits: ReadonlyMap<string, number>;
  readonly circuit: CircuitSettings;
  /** Programs of its response filters by tool. */
  readonly responseFilters: ReadonlyMap<string, string>;
  readonly payload: PayloadSettings;
  /** The gateway's error when this server prevents it from starting. */
  readonly startError: string | null;
  /** The error of every call; null when calls can succeed. */
  readonly callError: string | null;
  /** The account in sentences for users. */
  readonly sentences: readonly string[];
  readonly problems: readonly Problem[];
}

/** The whole configuration. */
export interface ConfigAccount {
  /** The gateway's error when it does not start; null when it starts. */
  readonly startError: string | null;
  readonly servers: readonly ServerAccount[];
  /** Problems that do not belong to one server. */
  readonly problems: readonly Problem[];
}
