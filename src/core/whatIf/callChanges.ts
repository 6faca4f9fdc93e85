/** What a user changes at one call of a session, to see how it and the calls behind it are decided then. */
import type { JsonValue } from '../base/json.ts';
import type { EnforcementMode, LabelPair } from '../difc/record/decision.ts';
import type { RecordedAnswer } from '../trace/model/traceModel.ts';

/** What is different at the call; what is absent stays as recorded. */
export interface CallChanges {
  readonly args?: JsonValue;
  readonly answer?: RecordedAnswer;
  /** The JSON in the text of the result, to which the paths of a guard refer (gateway spec 2.6.1); in place of `answer`. */
  readonly data?: JsonValue;
  /** Values at places of what the call has then, in order. */
  readonly parts?: readonly PartChange[];
  /** The labels with which the call is checked; they are those of its agent from there on. */
  readonly labels?: LabelPair;
  /**
   * The mode of all calls from this one on, whatever the guards answer to `label_agent`, which decides it in production; null: that of the
   * guards again.
   */
  readonly mode?: EnforcementMode | null;
}

/** A value at a place of a call. */
export interface PartChange {
  /** JSON Pointer below `/arguments`, `/data` or `/result`. */
  readonly pointer: string;
  readonly value: JsonValue;
}

/** The changes of one call of a session. */
export interface EditedCall {
  /** Index of the call in the trace. */
  readonly call: number;
  /** The tool that the call must have, so that changes of another trace are noticed; absent: any. */
  readonly tool?: string;
  readonly changes: CallChanges;
}

/** Why changes cannot be used. */
export interface UnusableChanges {
  readonly ok: false;
  /** The rest of a sentence about the changes. */
  readonly reason: string;
  /** JSON Pointer of the mistake in the text of the changes; empty for the whole. */
  readonly pointer: string;
}

/** A failure to use changes. */
export function unusable(reason: string, pointer = ''): UnusableChanges {
  return { ok: false, reason, pointer };
}
