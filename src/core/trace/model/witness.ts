/** What a log itself says about the decisions of the recorded session, as plain data, so that a replay can be compared with it. */
import type { JsonValue } from '../../base/json.ts';

/** Where a log has a fact. `file`: what the line refers to, if not the trace. */
export interface WitnessPlace {
  readonly line: number;
  readonly file?: string;
}

/** A call of label_agent in the recorded session (gateway spec 3.10). */
export interface RecordedLabelAgent extends WitnessPlace {
  readonly server: string;
  /** The agent; null when the log does not name it. */
  readonly agent: string | null;
  /** Name of the guard, such as `write-sink`; null when the log does not name it. */
  readonly guard: string | null;
  /**
   * The policy of the server: in `mcp-gateway.log` as configured and forced, in the debug log as the payload that the guard received, with
   * trusted bots. undefined when the log lost it.
   */
  readonly policy: JsonValue | undefined;
  /** Whether the log's sanitiser changed the policy. */
  readonly redacted: boolean;
  /** null when the log has no answer. */
  readonly answer: RecordedAgentLabels | { readonly error: string } | null;
}

/** The answer of label_agent: what the guard adds to the labels of the agent. */
export interface RecordedAgentLabels {
  readonly secrecy: readonly string[];
  readonly integrity: readonly string[];
  /** `difc_mode`, as the gateway parsed it; null when it is missing. */
  readonly mode: string | null;
  /** Whether the log's sanitiser changed the answer, so that it cannot be compared. */
  readonly redacted: boolean;
}

/** A server whose policy the gateway replaced because the workflow's repository is public (gateway spec 3.12). */
export interface RecordedForcedPublic extends WitnessPlace {
  /** null when the line does not name it. */
  readonly server: string | null;
  /** As `owner/name`. */
  readonly repository: string;
}

/** A denial of the coarse check. */
export interface RecordedDenial extends WitnessPlace {
  readonly resource: string;
  readonly reason: string;
}

/** The facts of a log that belong to no single call. */
export interface RecordedWitness {
  /** In the order of the log. */
  readonly labelAgents: readonly RecordedLabelAgent[];
  readonly forcedPublic: readonly RecordedForcedPublic[];
  /** Versions of the gateway that wrote the log, in order of its starts. */
  readonly versions: readonly string[];
}

/** The workflow's repository, when the log says that policies were forced because it is public; null otherwise. */
export function publicRepositoryOf(witness: RecordedWitness | undefined): string | null {
  return witness?.forcedPublic[0]?.repository ?? null;
}
