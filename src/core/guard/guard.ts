/** Interface of all guards: it labels the agent, a resource, a response (gateway `internal/guard/guard.go`). */
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { EnforcementMode, LabelPair, Operation } from '../difc/record/decision.ts';
import type { GuardCallRecord } from '../difc/record/guardCall.ts';
import type { LabeledCollection, Resource } from '../difc/monitor/resource.ts';
import type { CassetteData } from '../trace/model/cassette.ts';
import type { BackendSource } from './backend.ts';

/** A value, or the gateway's error text without the callers' prefixes. Both are null when `labelResponse` did not label items. */
export interface GuardAnswer<T> {
  readonly value: T | null;
  readonly error: string | null;
  /** Guard calls: one, or none when the question was refused before the call or the guard is built in. */
  readonly calls: readonly GuardCallRecord[];
  /** Text of the gateway's panic, where it would crash. */
  readonly panic?: string;
}

/** Context of a guard call. */
export interface GuardCallContext {
  /** What answers the guard's `call_backend`. */
  readonly backend: BackendSource;
  /** Milliseconds for the guard call. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** Whether the input has an (always empty) `capabilities` member, as the gateway's has; default true. */
  readonly capabilities?: boolean;
}

/** Result of `label_agent` (gateway spec 2.4). */
export interface LabelAgentResult {
  /** Tags as the guard wrote them: neither trimmed nor sorted. */
  readonly agent: LabelPair;
  readonly mode: EnforcementMode;
  /** `difc_mode` as the guard wrote it; upper and lower case are not distinguished. */
  readonly modeText: string;
  readonly normalizedPolicy: JsonObject | null;
}

/** Result of `label_resource` (gateway spec 2.5). */
export interface LabelResourceResult {
  readonly resource: Resource;
  readonly operation: Operation;
}

/** A guard of a server. Calls must not overlap. */
export interface Guard {
  readonly name: string;
  readonly kind: GuardKind;
  /** `policy` is a payload from `buildLabelAgentPayload`; undefined and null mean no policy. */
  labelAgent(policy: JsonValue | undefined, context: GuardCallContext): Promise<GuardAnswer<LabelAgentResult>>;
  labelResource(tool: string, args: JsonValue, context: GuardCallContext): Promise<GuardAnswer<LabelResourceResult>>;
  /** Null without an error: the guard did not label items. */
  labelResponse(
    tool: string,
    args: JsonValue,
    result: JsonValue,
    context: GuardCallContext,
  ): Promise<GuardAnswer<LabeledCollection | null>>;
  /** Sets the recorded answers for calls with the backend `cassette`, or adds to them (`CassetteData.adds`). */
  useCassette(cassette: CassetteData): void;
  /** Instantiates it anew before the next call, as a restart of the gateway does: without memory of earlier calls, and healthy again. */
  restart(): void;
  /** False once a trap or a deadline has poisoned it (gateway spec 1.8). */
  readonly healthy: boolean;
  close(): Promise<void>;
}

export type GuardKind = 'wasm' | 'noop' | 'write-sink';
