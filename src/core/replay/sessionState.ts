/** State of one gateway session during a replay, as an immutable value: everything that one decision leaves for the next. */
import type { JsonValue } from '../base/json.ts';
import { type AgentLabels, emptyAgent } from '../difc/monitor/agent.ts';
import { type Circuit, type CircuitSettings, closedCircuit } from '../difc/monitor/circuitBreaker.ts';
import type { ToolCallCounts } from '../difc/monitor/limits.ts';
import type { EnforcementMode } from '../difc/record/decision.ts';

/**
 * `decideCall` never changes a state; it returns the next one. An earlier state stays valid, so a replay can continue from any state
 * that was kept. Unchanged members are shared between states.
 *
 * The memory of the guard is not part of the state: it lives in the guard's instance. Continuing from an earlier state on the same
 * instance gives the same decisions only when the guard is stateless.
 */
export interface SessionState {
  /** Labels of the session's agent. */
  readonly agent: AgentLabels;
  /** Mode that `label_agent` answered; null until it has succeeded. A failure is not stored: the next call tries again (gateway spec 3.10). */
  readonly guardMode: EnforcementMode | null;
  /** Calls counted against `SessionRules.toolCallLimits`. */
  readonly toolCalls: ToolCallCounts;
  /** Circuit breaker in front of the backend. */
  readonly circuit: Circuit;
}

/** State before the first call: an agent without labels, a guard that has not been initialised, a closed circuit. */
export const initialSessionState: SessionState = {
  agent: emptyAgent,
  guardMode: null,
  toolCalls: new Map(),
  circuit: closedCircuit,
};

/** What the gateway's configuration sets for the session's server; it does not change during a replay. */
export interface SessionRules {
  readonly server: string;
  /** The configured policy. Without one (undefined or null) `label_agent` is not called and the agent starts without labels. */
  readonly policy?: JsonValue | undefined;
  /** Mode while `label_agent` has not set one; default strict. */
  readonly mode?: EnforcementMode;
  readonly trustedBots?: readonly string[];
  /** Tools that may be called on the server; null or absent: all (gateway spec 3.7, step 2). */
  readonly allowedTools?: readonly string[] | null;
  /** Most calls of a tool in one session (gateway spec 3.7, step 4). */
  readonly toolCallLimits?: ReadonlyMap<string, number>;
  /** When rate limits of the backend make the gateway refuse calls; default the gateway's (gateway spec 3.7, step 8). */
  readonly circuit?: CircuitSettings;
}
