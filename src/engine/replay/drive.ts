/** Answers the pipeline's questions from whoever can: a guard, a trace, a script. */
import type { AgentLabels } from '../../core/difc/monitor/agent.ts';
import {
  dispatchQuestion,
  type PipelineAnswers,
  type PipelineCall,
  type PipelineResult,
  type QuestionHandlers,
  type QuestionKind,
  runPipeline,
} from '../../core/difc/monitor/pipeline.ts';
import type { LabeledCollection } from '../../core/difc/monitor/resource.ts';
import type { GuardAnswer, LabelResourceResult } from '../../core/guard/guard.ts';

/** A function for each kind of question that promises its answer. */
export type AsyncHandlers = QuestionHandlers<AsyncAnswers>;

type AsyncAnswers = { readonly [K in QuestionKind]: Promise<PipelineAnswers[K]> };

/** Runs one call from its arguments to what the client receives, asking the handlers in the pipeline's order. */
export async function answerPipeline(
  call: PipelineCall,
  agent: AgentLabels,
  handlers: AsyncHandlers,
): Promise<PipelineResult> {
  const pipeline = runPipeline(call, agent);
  let step = pipeline.next();
  while (step.done !== true) step = pipeline.next(await dispatchQuestion<AsyncAnswers>(step.value, handlers));
  return step.value;
}

/** An answer of `labelResource` as the pipeline takes it. */
export function answeredResource(answer: GuardAnswer<LabelResourceResult>): PipelineAnswers['labelResource'] {
  return answer.value === null ? refusal(answer) : { ok: true, value: answer.value };
}

/** An answer of `labelResponse`: no value and no error is an answer too, "no labels item by item". */
export function answeredResponse(answer: GuardAnswer<LabeledCollection | null>): PipelineAnswers['labelResponse'] {
  return answer.error === null ? { ok: true, value: answer.value } : refusal(answer);
}

function refusal({ error, panic }: GuardAnswer<unknown>): { readonly ok: false; readonly error: string } {
  return { ok: false, error: error ?? '', ...(panic === undefined ? {} : { panic }) };
}
