/** The decision record: the decision about one tool call and its reasons, as plain data (one JSON line of the CLI, one row of the panel). */
import type { JsonValue } from '../../base/json.ts';
import type { Problem } from '../../base/parsed.ts';
import type { GuardCallRecord } from './guardCall.ts';

/** How the reference monitor enforces its rules (gateway `internal/difc/evaluator.go`). */
export type EnforcementMode = 'strict' | 'filter' | 'propagate';

/** What a tool call does to its resource, according to the guard. */
export type Operation = 'read' | 'write' | 'read-write';

/** The decision of the reference monitor about one access. */
export type AccessDecision = 'allow' | 'deny' | 'allow-with-propagate';

/** Outcome of the coarse check (phase 2); `bypass` is a read that continues although the check denied it. */
export type CoarseOutcome = 'allowed' | 'bypass' | 'denied';

/** How the call ended for the client. */
export type Outcome = 'allowed' | 'filtered' | 'denied' | 'blocked' | 'error';

/**
 * What sets a decision apart beside its outcome: `unlabeled` when label_response gave no labels, so that the client got the whole result
 * of a call that was not an error; `unrecorded` when the guard made look-ups that were not recorded, so that production may decide
 * differently; `lint` when a warning says that the guard's author made a mistake.
 */
export type DecisionMark = 'unlabeled' | 'unrecorded' | 'lint';

/** What a user changed at a call to see how it is decided then: its arguments, its response, the labels of its agent, or the mode from there on. */
export type EditedPart = 'arguments' | 'response' | 'agent' | 'mode';

/** Two tag lists, each sorted by UTF-8 bytes. */
export interface LabelPair {
  readonly secrecy: readonly string[];
  readonly integrity: readonly string[];
}

/** A resource as the guard labelled it. */
export interface ResourceRecord extends LabelPair {
  readonly description: string;
}

/** The evaluation of one access by the reference monitor. */
export interface EvaluationRecord {
  readonly decision: AccessDecision;
  /** The gateway's sentence; empty for a plain allow. */
  readonly reason: string;
  readonly secrecyToAdd: readonly string[];
  readonly integrityToDrop: readonly string[];
}

/** Phase 2: the evaluation of the whole call, and its outcome. */
export interface CoarseRecord extends EvaluationRecord {
  readonly outcome: CoarseOutcome;
}

/** One item of a response with its labels and evaluation. */
export interface ItemRecord extends ResourceRecord {
  readonly index: number;
  /** Source of the labels: an explicit entry, the default labels, none, or a legacy item. */
  readonly origin: 'path' | 'default' | 'unlabeled' | 'legacy';
  /** JSON Pointer of the item in the unwrapped data; empty for a whole result. */
  readonly path: string;
  readonly allowed: boolean;
  readonly decision: AccessDecision;
  readonly reason: string;
  readonly secrecyToAdd: readonly string[];
  readonly integrityToDrop: readonly string[];
  /** The item's data, as the client would get it. */
  readonly data: JsonValue;
}

/** What the client receives: an MCP result, or a JSON-RPC error. */
export type ClientAnswer =
  | { readonly result: JsonValue }
  | { readonly error: { readonly code: number; readonly message: string } };

/** A step of the pipeline; `init` is everything before phase 0. */
export type PhaseId = 'init' | 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** One tool call from entry to answer. Every tag list is sorted. */
export interface DecisionRecord {
  /** Position in the trace, from 0. */
  readonly index: number;
  /** ISO 8601 with milliseconds; null when the trace does not record it. */
  readonly time: string | null;
  readonly server: string;
  readonly tool: string;
  readonly args: JsonValue;
  readonly agent: string;
  /** The mode in force for this call: the guard's own, or the configured one (gateway spec 3.10). */
  readonly mode: EnforcementMode;
  readonly operation: Operation | null;
  readonly resource: ResourceRecord | null;
  readonly coarse: CoarseRecord | null;
  /** The labelled items; null when the guard did not label items. */
  readonly items: readonly ItemRecord[] | null;
  readonly outcome: Outcome;
  /** The gateway's error text when the client got a JSON-RPC error, without stack traces. */
  readonly error: string | null;
  /** The gateway's panic text when the gateway would crash on this call (gateway spec 2.6.2); absent otherwise. */
  readonly panic?: string;
  /** The phase in which the call ended early; null when it completed all phases. */
  readonly endedIn: PhaseId | null;
  readonly client: ClientAnswer;
  /**
   * JSON Pointers into `client` of values that a replay cannot know, or of which it knows a part only, such as the path of a payload file
   * (gateway spec 3.15); absent when there are none.
   */
  readonly unknown?: readonly string[];
  /** The backend's result of phase 3; null when the backend was not called or failed. */
  readonly backendResult: JsonValue | null;
  /** The agent's labels at the start of phase 0: after `label_agent` if this call ran it. */
  readonly agentBefore: LabelPair;
  /** The labels before `label_agent` ran for this call; absent when it did not run. */
  readonly agentStart?: LabelPair;
  /**
   * The agent when the backend's answer was there, which phases 5 and 6 go by; present when calls that ran at the same time have changed
   * it since `agentBefore`.
   */
  readonly agentAtAnswer?: LabelPair;
  readonly agentAfter: LabelPair;
  readonly guardCalls: readonly GuardCallRecord[];
  readonly problems: readonly Problem[];
  /** Present in replays: what sets the decision apart, sorted; empty for most calls. */
  readonly marks?: readonly DecisionMark[];
  /**
   * Present when a user changed this call or one before it, so that the decision is hypothetical: what was changed at this call; empty when
   * only calls before it were.
   */
  readonly hypothetical?: readonly EditedPart[];
}
