/** Compares the reference monitor and the pipeline with recorded answers of the production gateway. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../../src/core/base/json.ts';
import { addAgentTags, type AgentLabels, emptyAgent } from '../../../../src/core/difc/monitor/agent.ts';
import type { EnforcementMode, LabelPair, Operation } from '../../../../src/core/difc/record/decision.ts';
import { evaluate, parseEnforcementMode } from '../../../../src/core/difc/monitor/evaluator.ts';
import type { PipelineResult } from '../../../../src/core/difc/monitor/pipeline.ts';
import { drivePipeline } from '../../../support/records/drivePipeline.ts';
import { makeResource, type Resource } from '../../../../src/core/difc/monitor/resource.ts';
import { formatViolation } from '../../../../src/core/difc/monitor/violations.ts';
import { answerLabelResource, answerLabelResponse, type BackendEntry, readLabelAgent } from './literalGuard.ts';

const parity = new URL('../../../parity/', import.meta.url);

interface Step {
  readonly op: string;
  readonly mode: EnforcementMode;
  readonly operation: Operation;
  readonly agent?: LabelPair;
  readonly resource: Resource;
  readonly server: string;
  readonly tool: string;
  readonly args?: JsonValue;
  readonly result?: JsonValue;
  readonly backend?: readonly BackendEntry[];
  readonly backendResult?: JsonValue;
  readonly backendError?: string;
}

interface Expected {
  readonly ok: boolean;
  readonly error?: string;
  readonly outcome?: string;
  readonly backendCalls?: readonly { readonly tool: string; readonly args: JsonValue }[];
  readonly [member: string]: unknown;
}

describe.each(cases('evaluate'))('evaluate/%s', (name) => {
  test.each(lines(`evaluate/${name}`))('%s', (_title, step, expected) => {
    if (step.op === 'load') return expect(expected.ok).toBe(true);
    const mode = parseEnforcementMode(step.mode);
    if (!mode.ok) return expect({ ok: false, error: mode.error }).toEqual(expected);
    const agent = step.agent ?? emptyAgent;
    const resource = makeResource(step.resource.description, step.resource.secrecy, step.resource.integrity);
    const evaluation = evaluate(mode.mode, step.operation, agent, resource);
    const violation = evaluation.decision === 'deny' ? { violation: formatViolation(evaluation, agent, resource) } : {};
    expect(sortLists({ ok: true, ...evaluation, ...violation })).toEqual(sortLists(expected));
  });
});

describe.each(cases('call'))('call/%s', (name) => {
  let agent: AgentLabels = emptyAgent;
  test.each(lines(`call/${name}`))('%s', (_title, step, expected) => {
    if (step.op === 'load') return expect(expected.ok).toBe(true);
    agent = step.agent ?? agent;
    if (step.op === 'label_agent') {
      agent = addAgentTags(agent, readLabelAgent(step.backend?.[0]));
      return expect(sortLists({ agentAfter: agent })).toMatchObject(sortLists({ agentAfter: expected['agentAfter'] }));
    }
    const { result, guardCalls } = runStep(step, agent, expected);
    agent = result.agentAfter;
    expect(sortLists(printed(result))).toMatchObject(sortLists(compared(expected)));
    if (name !== 'trap') expect(guardCalls).toEqual(expected.backendCalls);
  });
});

test('gateway-bugs: an item without labels gives the panic of the gateway', () => {
  const [, [, step, expected]] = lines('gateway-bugs/legacy-item-without-labels') as [Line, Line];
  const { result } = runStep(step, emptyAgent, expected);
  expect(result).toMatchObject({ outcome: 'error', panic: expected['panic'], error: expected['panic'], endedIn: 5 });
});

test('label-response: every recorded answer has the recorded items', () => {
  const seen: string[] = [];
  for (const name of cases('label-response')) {
    for (const [title, step, expected] of lines(`label-response/${name}`)) {
      if (step.op !== 'label_response' || !expected.ok || expected['result'] === undefined) continue;
      const answer = answerLabelResponse({ result: expected['output'] as string }, step.result ?? null);
      const items = answer.ok && answer.value?.items.map(({ data, labels }) => ({ data, labels }));
      const result = answer.ok && answer.value !== null ? { items } : null;
      expect(sortLists(result), `${name}: ${title}`).toEqual(sortLists(expected['result']));
      seen.push(title);
    }
  }
  expect(seen.length).toBeGreaterThan(40);
});

type Line = readonly [title: string, step: Step, expected: Expected];

function runStep(
  step: Step,
  agent: AgentLabels,
  expected: Expected,
): { readonly result: PipelineResult; readonly guardCalls: readonly JsonValue[] } {
  const guardCalls: JsonValue[] = [];
  // The text of a trap comes from the runtime, so it is taken from the recording, and only the prefixes are tested.
  const trap = (expected.error ?? '').replace('guard labeling failed: resource labeling failed: ', '');
  const call = { server: step.server, tool: step.tool, args: step.args, agentId: 'default', mode: step.mode };
  const result = drivePipeline(call, agent, {
    labelResource: ({ tool, args }) => {
      guardCalls.push({ tool: 'label_resource', args: { capabilities: {}, tool_args: args, tool_name: tool } });
      if (step.backend === undefined) return { ok: false, error: trap };
      return answerLabelResource(step.backend[0]);
    },
    callBackend: () =>
      step.backendError === undefined
        ? { ok: true, value: step.backendResult ?? null }
        : { ok: false, error: step.backendError },
    labelResponse: ({ tool, args, result }) => {
      const input = { capabilities: {}, tool_args: args, tool_name: tool, tool_result: result };
      guardCalls.push({ tool: 'label_response', args: input });
      return answerLabelResponse(step.backend?.[1], result);
    },
  });
  return { result, guardCalls };
}

/** The result in the form of a parity line. */
function printed(result: PipelineResult): Record<string, unknown> {
  const { outcome, error, client, agentAfter, operation, resource, items } = result;
  return {
    ok: error === null,
    outcome: outcome === 'filtered' ? 'allowed' : outcome,
    client,
    agentAfter,
    ...(error === null ? {} : { error }),
    ...(operation === null ? {} : { operation, resource }),
    ...(items === null ? {} : { items }),
  };
}

/** The members of an expected line that come from the pipeline. */
function compared(expected: Expected): Record<string, unknown> {
  const members = ['ok', 'error', 'outcome', 'operation', 'resource', 'items', 'client', 'agentAfter'];
  return Object.fromEntries(members.filter((key) => key in expected).map((key) => [key, expected[key]]));
}

/** Sorts tag lists, because the gateway's order is random. */
function sortLists(value: unknown): Record<string, unknown> {
  const tagLists = new Set(['secrecy', 'integrity', 'secrecyToAdd', 'integrityToDrop']);
  return JSON.parse(
    JSON.stringify(value, (key, member: unknown) =>
      tagLists.has(key) && Array.isArray(member) ? [...(member as string[])].sort() : member,
    ),
  ) as Record<string, unknown>;
}

function cases(group: string): readonly string[] {
  return readdirSync(new URL(`${group}/`, parity)).sort();
}

function lines(folder: string): readonly Line[] {
  const read = (file: string): unknown[] =>
    readFileSync(new URL(`${folder}/${file}`, parity), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  const expected = read('expected.jsonl') as Expected[];
  return read('steps.jsonl').map((step, index): Line => {
    const typed = step as Step;
    return [`step ${index + 1}: ${typed.op}`, typed, expected[index] ?? { ok: false }];
  });
}
