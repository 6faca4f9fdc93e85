/** Decides a call with given answers of a guard, read by the product's own decoders, and lints it. */
import type { JsonValue } from '../../../src/core/base/json.ts';
import type { Problem } from '../../../src/core/base/parsed.ts';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import type { GuardFunction } from '../../../src/core/difc/record/guardCall.ts';
import { decodeLabelAgent } from '../../../src/core/guard/decodeLabelAgent.ts';
import { decodeLabelResource } from '../../../src/core/guard/decodeLabelResource.ts';
import { decodeLabelResponse } from '../../../src/core/guard/decodeLabelResponse.ts';
import { lintCall } from '../../../src/core/lint/lintCall.ts';
import { decision } from '../../support/records/decisions.ts';
import { type Call, decide, guardCall, textResultOf } from '../difc/monitor/decide.ts';

/** The answers of a guard, as values or as texts; absent ones are right. */
export interface Answers {
  readonly label_agent?: JsonValue;
  readonly label_resource?: JsonValue;
  readonly label_response?: JsonValue;
  /** The JSON in the text of the backend's result. */
  readonly data?: JsonValue;
  /** The backend's result, instead of one with `data`. */
  readonly result?: JsonValue;
}

/** A right answer of each function. */
export const right: Readonly<Record<GuardFunction, JsonValue>> = {
  label_agent: { agent: { secrecy: [], integrity: ['approved:o'] }, difc_mode: 'filter' },
  label_resource: { resource: { description: 'r', secrecy: [], integrity: [] }, operation: 'read' },
  label_response: { labeled_paths: [], default_labels: { secrecy: [], integrity: ['approved:o'] } },
};

/** The record of a call in which the guard gave these answers. */
function recordOf(answers: Answers): DecisionRecord {
  const textOf = (name: GuardFunction): string => {
    const answer = answers[name] ?? right[name];
    return typeof answer === 'string' ? answer : JSON.stringify(answer);
  };
  const agentCall = guardCall('label_agent', textOf('label_agent'));
  const agent = decodeLabelAgent(textOf('label_agent'));
  if (!agent.ok) {
    const error = `guard session initialization failed: LabelAgent failed: ${agent.error}`;
    return decision({ guardCalls: [agentCall], outcome: 'error', endedIn: 'init', error, items: null });
  }
  const backend = answers.result ?? textResultOf(answers.data ?? []);
  const resource = decodeLabelResource(textOf('label_resource'));
  const response = decodeLabelResponse(textOf('label_response'), backend);
  const asked = resource.ok
    ? (['label_agent', 'label_resource', 'label_response'] as const)
    : (['label_agent', 'label_resource'] as const);
  const call: Call = {
    backend,
    agent: resource.ok ? agent.value.agent : { secrecy: [], integrity: [] },
    guardCalls: asked.map((name) => guardCall(name, textOf(name))),
    ...(resource.ok ? resource.value : { resourceError: resource.error }),
    ...(response.ok
      ? response.value === null
        ? {}
        : { collection: response.value }
      : { responseError: response.error }),
  };
  return decide(call).record;
}

/** The findings about these answers. */
export function lintOf(answers: Answers): readonly Problem[] {
  return lintCall(recordOf(answers));
}
