/** The guard calls of a WASM guard as values: input and decoder, so that they can be made from any thread (gateway `internal/guard/wasm_labels.go`). */
import type { JsonValue } from '../base/json.ts';
import type { LabeledCollection } from '../difc/monitor/resource.ts';
import type { GuardCallRecord, GuardFunction } from '../difc/record/guardCall.ts';
import { buildStrictLabelAgentPayload, normalizePolicyPayload } from '../policy/payload.ts';
import { decodeLabelAgent } from './decodeLabelAgent.ts';
import { decodeLabelResource } from './decodeLabelResource.ts';
import { decodeLabelResponse } from './decodeLabelResponse.ts';
import type { Decoded } from './decoded.ts';
import { encodeLabelAgentInput, encodeLabelResourceInput, encodeLabelResponseInput } from './encode.ts';
import type { GuardAnswer, LabelAgentResult, LabelResourceResult } from './guard.ts';

/** One guard call that is still to be made. */
export interface GuardRequest<T> {
  readonly function: GuardFunction;
  readonly input: string;
  /** Decodes the output, in the form of `GuardCallRecord.escapedOutput`. */
  readonly decode: (output: string) => Decoded<T>;
}

/** A question to a guard, or the answer of one that is refused before the guard is called. */
export type Asked<T> = { readonly request: GuardRequest<T> } | { readonly answer: GuardAnswer<T> };

/** `policy` is a payload from `buildLabelAgentPayload`; undefined and null mean no policy. */
export function askLabelAgent(policy: JsonValue | undefined): Asked<LabelAgentResult> {
  const normalized = normalizePolicyPayload(policy);
  if (!normalized.ok) return { answer: { value: null, error: normalized.error, calls: [] } };
  const payload = buildStrictLabelAgentPayload(normalized.value);
  if (!payload.ok) return { answer: { value: null, error: payload.error, calls: [] } };
  const input = encodeLabelAgentInput(payload.value);
  return { request: { function: 'label_agent', input, decode: decodeLabelAgent } };
}

/** `capabilities`: whether the input has an (always empty) `capabilities` member, as the gateway's has. */
export function askLabelResource(
  tool: string,
  args: JsonValue,
  capabilities: boolean,
): { readonly request: GuardRequest<LabelResourceResult> } {
  const input = encodeLabelResourceInput(tool, args, capabilities);
  return { request: { function: 'label_resource', input, decode: decodeLabelResource } };
}

/** See `askLabelResource`. */
export function askLabelResponse(
  tool: string,
  args: JsonValue,
  result: JsonValue,
  capabilities: boolean,
): { readonly request: GuardRequest<LabeledCollection | null> } {
  const input = encodeLabelResponseInput(tool, args, result, capabilities);
  const decode = (output: string): Decoded<LabeledCollection | null> => decodeLabelResponse(output, result);
  return { request: { function: 'label_response', input, decode } };
}

/** The answer of a guard call that was made. */
export function answerOfCall<T>({ decode }: GuardRequest<T>, record: GuardCallRecord): GuardAnswer<T> {
  if (record.output === null) return { value: null, error: record.error, calls: [record] };
  const decoded = decode(record.escapedOutput ?? record.output);
  if (decoded.ok) return { value: decoded.value, error: null, calls: [record] };
  return { value: null, error: decoded.error, calls: [record] };
}
