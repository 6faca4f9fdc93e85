/** State of the gateway's sessions during a replay, as an immutable value: everything that one decision leaves for the next. */
import { type AgentLabels, emptyAgent } from '../difc/monitor/agent.ts';
import { type Circuit, closedCircuit } from '../difc/monitor/circuitBreaker.ts';
import type { ToolCallCounts } from '../difc/monitor/limits.ts';
import type { EnforcementMode } from '../difc/record/decision.ts';

/**
 * The gateway keeps each part under another key (gateway spec 3.10): labels by agent, so that they go with the agent from server to
 * server; the guard's mode and the counts by agent and server (a session of the gateway has the agent's id); the circuit by server.
 *
 * `decideCall` never changes a state; it returns the next one. An earlier state stays valid, so a replay can continue from any state
 * that was kept. Unchanged members are shared between states.
 *
 * The memory of the guards is not part of the state: it lives in their instances. Continuing from an earlier state on the same
 * instances gives the same decisions only when the guards are stateless.
 */
export interface SessionState {
  /** By agent; one without an entry is as new. */
  readonly agents: ReadonlyMap<string, AgentSession>;
  /** Circuit breaker in front of each backend that is not closed and untouched, by server. */
  readonly circuits: ReadonlyMap<string, Circuit>;
}

/** Where a replay can begin: the session before a call. */
export interface ReplayStart {
  readonly state: SessionState;
  /** Starts of the gateway so far. */
  readonly restarts: number;
}

/** What the gateway keeps of one agent. */
export interface AgentSession {
  readonly labels: AgentLabels;
  /**
   * Mode that `label_agent` answered, by server; absent until it has succeeded. A failure is not stored: the next call tries again
   * (gateway spec 3.10).
   */
  readonly guardModes: ReadonlyMap<string, EnforcementMode>;
  /** Calls counted against `ServerRules.toolCallLimits`, by server. */
  readonly toolCalls: ReadonlyMap<string, ToolCallCounts>;
}

/** An agent before its first call. */
const newAgent: AgentSession = { labels: emptyAgent, guardModes: new Map(), toolCalls: new Map() };

/** State before the first call: agents without labels, guards that have not been initialised, closed circuits. */
export const initialSessionState: SessionState = { agents: new Map(), circuits: new Map() };

/** What is kept of an agent. */
export function agentIn({ agents }: SessionState, agent: string): AgentSession {
  return agents.get(agent) ?? newAgent;
}

/** The state with changes of an agent; the same state when nothing changes. */
export function withAgent(state: SessionState, agent: string, change: Partial<AgentSession>): SessionState {
  const before = agentIn(state, agent);
  const after = { ...before, ...change };
  const isSame =
    after.labels === before.labels && after.guardModes === before.guardModes && after.toolCalls === before.toolCalls;
  return isSame ? state : { ...state, agents: new Map(state.agents).set(agent, after) };
}

/** Circuit in front of a server. */
export function circuitIn({ circuits }: SessionState, server: string): Circuit {
  return circuits.get(server) ?? closedCircuit;
}

/** The map with one entry set; the same map when it has this value already. */
export function withEntry<T>(map: ReadonlyMap<string, T>, key: string, value: T): ReadonlyMap<string, T> {
  return map.get(key) === value ? map : new Map(map).set(key, value);
}
