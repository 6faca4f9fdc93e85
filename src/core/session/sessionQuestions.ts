/** Questions that the decision of a call asks its driver, and the types of their answers. */
import type { JsonValue } from '../base/json.ts';
import type { Problem } from '../base/parsed.ts';
import type { Answered, PipelineQuestion } from '../difc/monitor/pipeline.ts';
import type { LabeledCollection } from '../difc/monitor/resource.ts';
import type { GuardAnswer, LabelAgentResult, LabelResourceResult } from '../guard/guard.ts';
import type { SessionState } from './sessionState.ts';

/** Initialises the guard of the server for the agent; asked before the phases of the first call, and again after each failure. */
interface LabelAgentQuestion {
  readonly ask: 'labelAgent';
  /** What `buildLabelAgentPayload` made of the policy. */
  readonly payload: JsonValue | undefined;
}

/** The server whose guard or backend answers. */
interface OfServer {
  readonly server: string;
}

/** All guard calls of a tool call share its deadline. `spentMs`: milliseconds that the guard has already used for this call. */
interface GuardTime {
  readonly spentMs: number;
}

type PipelineQuestionOf<K extends PipelineQuestion['ask']> = Extract<PipelineQuestion, { readonly ask: K }>;

/** The call goes to the backend. Others may be decided until its answer is there: they begin with `state`. */
interface Meanwhile {
  readonly state: SessionState;
}

/** One question, in the order labelAgent, labelResource, callBackend, labelResponse; each at most once a call. */
export type SessionQuestion =
  | (LabelAgentQuestion & OfServer & GuardTime)
  | (PipelineQuestionOf<'labelResource'> & OfServer & GuardTime)
  | (PipelineQuestionOf<'callBackend'> & Meanwhile)
  | (PipelineQuestionOf<'labelResponse'> & OfServer & GuardTime);

export type SessionQuestionOf<K extends SessionQuestion['ask']> = Extract<SessionQuestion, { readonly ask: K }>;

/** What the backend answered to a call, and problems of reading that answer. */
export interface BackendReply {
  readonly answer: Answered<JsonValue>;
  readonly problems?: readonly Problem[];
  /** The state when the answer was there, after other calls; absent: that of the question. */
  readonly state?: SessionState;
}

/** Answer to each question; the guard's answers carry the records of the guard calls they took. */
export interface SessionAnswers {
  readonly labelAgent: GuardAnswer<LabelAgentResult>;
  readonly labelResource: GuardAnswer<LabelResourceResult>;
  readonly callBackend: BackendReply;
  readonly labelResponse: GuardAnswer<LabeledCollection | null>;
}

export type SessionAnswer = SessionAnswers[SessionQuestion['ask']];
