/** Runs the pipeline of one call with prepared answers. */
import type { AgentLabels } from '../../../src/core/difc/monitor/agent.ts';
import {
  type PipelineAnswers,
  type PipelineCall,
  type PipelineQuestion,
  type PipelineResult,
  type QuestionKind,
  type QuestionOf,
  runPipeline,
} from '../../../src/core/difc/monitor/pipeline.ts';

/** A function for each kind of question that returns its answer. */
export type QuestionHandlers = {
  readonly [K in QuestionKind]: (question: QuestionOf<K>) => PipelineAnswers[K];
};

export function drivePipeline(call: PipelineCall, agent: AgentLabels, handlers: QuestionHandlers): PipelineResult {
  const pipeline = runPipeline(call, agent);
  let step = pipeline.next();
  while (step.done !== true) step = pipeline.next(answer(step.value, handlers));
  return step.value;
}

function answer(question: PipelineQuestion, handlers: QuestionHandlers): PipelineAnswers[QuestionKind] {
  if (question.ask === 'labelResource') return handlers.labelResource(question);
  if (question.ask === 'callBackend') return handlers.callBackend(question);
  return handlers.labelResponse(question);
}
