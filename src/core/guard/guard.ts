/** What every guard does: labels the agent, a resource, a response; and what comes back from each (gateway `internal/guard/guard.go`). */
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { EnforcementMode, LabelPair, Operation } from '../difc/record/decision.ts';
import type { GuardCallRecord } from '../difc/record/guardCall.ts';
import type { LabeledCollection, Resource } from '../difc/monitor/resource.ts';
import type { CassetteData } from '../trace/model/cassette.ts';
import type { BackendSource } from './backend.ts';

/** A value, or the gateway's error text without the callers' prefixes; with both null there is nothing to say (`labelResponse` only). */
export interface GuardAnswer<T> {
  readonly value: T | null;
  readonly error: string | null;
  /** Entries into the guard: one, or none when the question was refused before or the guard is built in. */
  readonly calls: readonly GuardCallRecord[];
  /** What the gateway would have panicked with, where it does. */
  readonly panic?: string;
}

/** What a question is asked with. */
export interface GuardCallContext {
  /** Who answers the guard's `call_backend`. */
  readonly backend: BackendSource;
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** Whether the input has an (always empty) `capabilities` member, as the gateway's has; default true. */
  readonly capabilities?: boolean;
}

/** What `label_agent` answered (gateway spec 2.4). */
export interface LabelAgentResult {
  /** Tags as answered: neither trimmed nor sorted. */
  readonly agent: LabelPair;
  readonly mode: EnforcementMode;
  /** `difc_mode` as answered, in any case. */
  readonly modeText: string;
  readonly normalizedPolicy: JsonObject | null;
}

/** What `label_resource` answered (gateway spec 2.5). */
export interface LabelResourceResult {
  readonly resource: Resource;
  readonly operation: Operation;
}

/** A guard of a server. Calls must not overlap. */
export interface Guard {
  readonly name: string;
  readonly kind: GuardKind;
  /** `policy` is what `buildLabelAgentPayload` made; undefined and null are no policy. */
  labelAgent(policy: JsonValue | undefined, context: GuardCallContext): Promise<GuardAnswer<LabelAgentResult>>;
  labelResource(tool: string, args: JsonValue, context: GuardCallContext): Promise<GuardAnswer<LabelResourceResult>>;
  /** Null without an error: no labels item by item. */
  labelResponse(
    tool: string,
    args: JsonValue,
    result: JsonValue,
    context: GuardCallContext,
  ): Promise<GuardAnswer<LabeledCollection | null>>;
  /** Gives the guard the recorded answers that `{ kind: 'cassette' }` calls are answered from, or more of them. */
  useCassette(cassette: CassetteData): void;
  /** False once a trap or a deadline has made it unusable (gateway spec 1.8). */
  readonly healthy: boolean;
  close(): Promise<void>;
}

export type GuardKind = 'wasm' | 'noop' | 'write-sink';
