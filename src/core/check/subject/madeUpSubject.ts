/** Calls to check a guard with when there is no captured session: usual tools, with answers in usual forms. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { BackendAnswer } from '../../guard/backend.ts';
import { askLabelAgent, askLabelResource, askLabelResponse } from '../../guard/guardRequest.ts';
import { encodeLabelAgentInput } from '../../guard/encode.ts';
import type { CheckSubject, SampleCall, SampleResponse } from './checkSubject.ts';

/** The policy without demands. */
export const openPolicy: JsonObject = { 'allow-only': { repos: 'all', 'min-integrity': 'none' } };

const names = { owner: 'acme', repo: 'widget' };

/** Tools with arguments and the JSON in the text of their answers. */
const calls: readonly { readonly tool: string; readonly args: JsonObject; readonly data: JsonValue }[] = [
  { tool: 'list_issues', args: names, data: [1, 2, 3].map((number) => ({ number, title: `Issue ${number}` })) },
  { tool: 'get_file_contents', args: { ...names, path: 'docs/README.md' }, data: { path: 'docs/README.md', size: 12 } },
  { tool: 'read_text_file', args: { path: '/workspace/docs/README.md' }, data: 'hello' },
  { tool: 'create_issue', args: { ...names, title: 'A title', body: 'A text' }, data: { number: 4 } },
];

/** The call of `label_agent` with a policy; with a policy that the gateway would not pass on, the policy as it is. */
export function agentCall(policy: JsonValue | undefined): SampleCall {
  const asked = askLabelAgent(policy);
  const input =
    'request' in asked ? asked.request.input : encodeLabelAgentInput(isJsonObject(policy) ? policy : openPolicy);
  return { function: 'label_agent', input, tool: null };
}

/** The call of `label_resource`. */
export function resourceCall(tool: string, args: JsonValue): SampleCall {
  return { function: 'label_resource', input: askLabelResource(tool, args, true).request.input, tool };
}

/** The call of `label_response`. */
export function responseCall(tool: string, args: JsonValue, result: JsonValue): SampleResponse {
  const { input } = askLabelResponse(tool, args, result, true).request;
  return { function: 'label_response', input, tool, args, result };
}

/** A result of a server with one text. */
export function textResultOf(text: string): JsonObject {
  return { content: [{ type: 'text', text }] };
}

/** The answer to every look-up that is not recorded. */
export function usualAnswer(): BackendAnswer {
  return { result: textResultOf('{}') };
}

/** What a guard is checked with when there is no session. `policy`: a payload of `label_agent`. */
export function madeUpSubject(policy: JsonValue): CheckSubject {
  return {
    agent: agentCall(policy),
    resources: calls.map(({ tool, args }) => resourceCall(tool, args)),
    responses: calls.map(({ tool, args, data }) => {
      return responseCall(tool, args, textResultOf(typeof data === 'string' ? data : JSON.stringify(data)));
    }),
    answer: usualAnswer,
    isRecorded: () => true,
    captured: false,
    session: null,
    tools: null,
  };
}
