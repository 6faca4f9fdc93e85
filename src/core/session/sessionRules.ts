/** What the gateway's configuration sets for a session: the servers with their policies, modes and limits. It does not change during a replay. */
import type { JsonValue } from '../base/json.ts';
import type { CircuitSettings } from '../difc/monitor/circuitBreaker.ts';
import type { EnforcementMode } from '../difc/record/decision.ts';
import type { ResponseRules } from './response/responseRules.ts';

/** The rules of one server of the gateway. Absent members have the gateway's defaults. */
export interface ServerRules {
  /** The configured policy. Without one (undefined or null) `label_agent` is not called and adds no labels. */
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
  /** Milliseconds for all guard calls of one tool call; null: no limit; default the gateway's `tool_timeout` (gateway spec 3.7, step 1). */
  readonly deadlineMs?: number | null;
  /** Filters and payload files; absent: the client gets every answer as it was decided, as from a tap that enforces (gateway spec 3.15). */
  readonly response?: ResponseRules;
}

/** The rules of a session by server id. A call of a server that is not in them is a mistake of the caller. */
export type SessionRules = ReadonlyMap<string, ServerRules>;

/** The gateway's default `tool_timeout` (gateway spec 3.7, step 1). */
export const defaultToolTimeoutMs = 60_000;

/** The agent of a session that names none (gateway spec 3.10). */
export const defaultAgent = 'default';

/** The rules of a session with one server. */
export function rulesOf(server: string, rules: ServerRules): SessionRules {
  return new Map([[server, rules]]);
}
