/** Compares inputs, outputs and payloads with recorded answers of the production gateway, without running a module. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encodeGoJson } from '../../../src/core/go/goJson.ts';
import { sortUtf8 } from '../../../src/core/go/goText.ts';
import type { JsonValue } from '../../../src/core/base/json.ts';
import type { GuardFunction } from '../../../src/core/difc/record/guardCall.ts';
import { buildLabelAgentPayload } from '../../../src/core/policy/payload.ts';
import type { GuardAnswer, GuardCallContext } from '../../../src/core/guard/guard.ts';
import { WasmGuard } from '../../../src/engine/guard/wasmGuard.ts';
import { jsonLines } from '../../support/records/jsonLines.ts';
import { repoPath } from '../../support/paths.ts';
import { bareRecord, RecordedWorker } from './recordedWorker.ts';

interface Step {
  readonly op: string;
  readonly policy?: JsonValue;
  readonly trustedBots?: readonly string[];
  readonly trustedUsers?: readonly string[];
  readonly tool?: string;
  readonly args?: JsonValue;
  readonly result?: JsonValue;
  readonly capabilities?: boolean;
}

interface Expected {
  readonly ok: boolean;
  readonly error?: string;
  readonly output?: string;
  readonly result?: JsonValue;
  readonly attempts?: readonly number[];
  readonly backendCalls?: readonly { readonly tool: string; readonly args: JsonValue }[];
}

const groups = ['json', 'label-agent', 'label-resource', 'label-response'];
const names = groups.flatMap((group) =>
  readdirSync(repoPath(`test/parity/${group}`)).map((name) => `${group}/${name}`),
);

describe.each(names)('%s', (name) => {
  const steps = jsonLines(`test/parity/${name}/steps.jsonl`) as readonly Step[];
  const lines = jsonLines(`test/parity/${name}/expected.jsonl`) as readonly Expected[];
  const pairs = steps.map((step, index) => ({ step, expected: lines[index] ?? { ok: false }, index }));
  test.each(pairs.filter(({ step }) => step.op !== 'load'))('step $index', async ({ step, expected }) => {
    const worker = new RecordedWorker((call) => bareRecord(call, expected.output ?? null, expected.error ?? null));
    const { shown, error } = await ask(new WasmGuard('guard', worker), step);
    expect(error).toBe(expected.error ?? null);
    if (expected.error === undefined) expect(sortTags(shown)).toEqual(sortTags(expected.result ?? null));
    expect(worker.inputs.length).toBe(expected.attempts?.length ?? 0);
    const [input] = worker.inputs;
    if (input !== undefined) expect(input).toBe(recordedInput(step.op as GuardFunction, expected));
  });
});

/** The input that the gateway gave the guard: these guards return it as their output, or send it in a look-up. */
function recordedInput(op: GuardFunction, { output, backendCalls }: Expected): string {
  const asked = backendCalls?.[0];
  if (asked === undefined) return output ?? '';
  expect(asked.tool).toBe(op);
  return encodeGoJson(asked.args);
}

async function ask(guard: WasmGuard, step: Step): Promise<{ readonly shown: unknown; readonly error: string | null }> {
  const context: GuardCallContext = { backend: { kind: 'none' }, capabilities: step.capabilities ?? false };
  const args = step.args === undefined ? {} : step.args;
  if (step.op === 'label_agent') {
    const payload = buildLabelAgentPayload(step.policy, step.trustedBots ?? [], step.trustedUsers ?? []);
    return show(await guard.labelAgent(payload, context), ({ agent, modeText, normalizedPolicy }) => ({
      agent,
      difc_mode: modeText,
      ...(normalizedPolicy === null ? {} : { normalized_policy: normalizedPolicy }),
    }));
  }
  if (step.op === 'label_resource')
    return show(await guard.labelResource(step.tool ?? '', args, context), (value) => value);
  const answer = await guard.labelResponse(step.tool ?? '', args, step.result ?? null, context);
  return show(answer, (value) => value && { items: value.items.map(({ data, labels }) => ({ data, labels })) });
}

function show<T>(
  { value, error }: GuardAnswer<T>,
  form: (value: T) => unknown,
): { readonly shown: unknown; readonly error: string | null } {
  return { shown: value === null ? null : form(value), error };
}

/** Tag lists are compared as sets: the gateway's order is random. */
function sortTags(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortTags);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const isTags = (key === 'secrecy' || key === 'integrity') && Array.isArray(member);
      return [key, isTags ? sortUtf8(member as string[]) : sortTags(member)];
    }),
  );
}
