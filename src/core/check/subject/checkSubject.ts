/** What a guard is checked with: guard calls of a captured session, or made-up ones. */
import type { JsonValue } from '../../base/json.ts';
import type { Problem } from '../../base/parsed.ts';
import type { GuardCallRecord, GuardFunction } from '../../difc/record/guardCall.ts';
import type { BackendAnswer } from '../../guard/backend.ts';

/** A guard call that can be made again. */
export interface SampleCall {
  readonly function: GuardFunction;
  readonly input: string;
  /** Null for `label_agent`. */
  readonly tool: string | null;
}

/** A call of `label_response` with its parts. */
export interface SampleResponse extends SampleCall {
  readonly tool: string;
  readonly args: JsonValue;
  readonly result: JsonValue;
}

/** A tool that the server of the session offers; annotations are null when the server does not give them. */
export interface CoveredTool {
  readonly name: string;
  readonly readOnly: boolean | null;
  readonly destructive: boolean | null;
  /** The schema of its arguments; null when the list has none. */
  readonly inputSchema: JsonValue;
}

/** A guard call of the session that gave the gateway no answer that it can use. */
export interface FailedGuardCall {
  /** Number of the tool call, from 1. */
  readonly call: number;
  readonly tool: string;
  readonly record: GuardCallRecord;
  /** The gateway's text. */
  readonly error: string;
}

/** What a replay of the captured session found. */
export interface SessionFacts {
  /** Number of decided calls. */
  readonly calls: number;
  readonly failures: readonly FailedGuardCall[];
  /** What the gateway ignores of answers (`core/lint`), and what the replay found. */
  readonly problems: readonly Problem[];
}

/** Everything that the checks of one guard begin from. */
export interface CheckSubject {
  /** The call of `label_agent` that begins each fresh instance. */
  readonly agent: SampleCall;
  /** One call of `label_resource` for each tool. */
  readonly resources: readonly SampleCall[];
  /** One call of `label_response` for each tool. */
  readonly responses: readonly SampleResponse[];
  /** The answer to a look-up: recorded, or a made-up one. */
  readonly answer: (tool: string, args: JsonValue) => BackendAnswer;
  /** Whether the answer is known: a session may lack it, because its guard did not ask. */
  readonly isRecorded: (tool: string, args: JsonValue) => boolean;
  /** Whether the calls are from a captured session. */
  readonly captured: boolean;
  /** Null without a captured session. */
  readonly session: SessionFacts | null;
  /** Null when no list of tools is known. */
  readonly tools: readonly CoveredTool[] | null;
}
