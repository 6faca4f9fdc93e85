/** Decides a call as the gateway does, with answers that a check gets from the guard, so that rules about decisions can be tested. */
import type { DecisionRecord, EnforcementMode } from '../../difc/record/decision.ts';
import type { GuardCallRecord } from '../../difc/record/guardCall.ts';
import type { AgentLabels } from '../../difc/monitor/agent.ts';
import { type PipelineAnswer, type PipelineQuestion, runPipeline } from '../../difc/monitor/pipeline.ts';
import { decodeLabelResource } from '../../guard/decodeLabelResource.ts';
import { decodeLabelResponse } from '../../guard/decodeLabelResponse.ts';
import type { Decoded } from '../../guard/decoded.ts';
import { alone, begin, type CheckPart, make } from '../steps.ts';
import { resourceCall } from '../subject/madeUpSubject.ts';
import type { CheckSubject, SampleResponse } from '../subject/checkSubject.ts';

/** What the guard said about one call. */
export interface LabelledCall {
  readonly sample: SampleResponse;
  readonly resource: GuardCallRecord;
  readonly response: GuardCallRecord;
}

/** Both functions about one call, on a fresh instance. */
export function* labelCall(subject: CheckSubject, sample: SampleResponse): CheckPart<LabelledCall> {
  const resource = yield* alone(subject, resourceCall(sample.tool, sample.args));
  if (resource.poisoned) yield* begin(subject);
  return { sample, resource, response: yield* make(subject, sample) };
}

/** The decision about a labelled call in a mode. The record has the guard calls that the gateway makes in this mode. */
export function decide(
  { sample, resource, response }: LabelledCall,
  agent: AgentLabels,
  mode: EnforcementMode,
): DecisionRecord {
  const { tool, args, result } = sample;
  const guardCalls: GuardCallRecord[] = [];
  const answerTo = ({ ask }: PipelineQuestion): PipelineAnswer => {
    if (ask === 'callBackend') return { ok: true, value: result };
    const call = ask === 'labelResource' ? resource : response;
    guardCalls.push(call);
    return ask === 'labelResource'
      ? answered(call, decodeLabelResource)
      : answered(call, (output) => decodeLabelResponse(output, result));
  };
  const pipeline = runPipeline({ server: 'server', tool, args, agentId: 'agent', mode }, agent);
  let step = pipeline.next();
  while (step.done !== true) step = pipeline.next(answerTo(step.value));
  return { ...step.value, index: 0, time: null, guardCalls, problems: [] };
}

function answered<T>(
  { output, escapedOutput, error }: GuardCallRecord,
  decode: (output: string) => Decoded<T>,
): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string } {
  return output === null ? { ok: false, error: error ?? '' } : decode(escapedOutput ?? output);
}
