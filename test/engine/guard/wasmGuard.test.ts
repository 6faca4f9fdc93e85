/** A WASM guard on a worker: inputs of its guard calls, policies that are refused before, and failed calls (behaviours 8.4). */
import { describe, expect, test } from 'vitest';
import {
  encodeLabelAgentInput,
  encodeLabelResourceInput,
  encodeLabelResponseInput,
} from '../../../src/core/guard/encode.ts';
import type { GuardCallContext } from '../../../src/core/guard/guard.ts';
import { WasmGuard } from '../../../src/engine/guard/wasmGuard.ts';
import { bareRecord, RecordedWorker } from './recordedWorker.ts';
import { proves } from '../../support/proves.ts';

const context: GuardCallContext = { backend: { kind: 'none' } };
const policy = { 'allow-only': { repos: 'all', 'min-integrity': 'none' } };

describe('inputs', () => {
  test('equal the gateway’s example, byte for byte', () => {
    proves('gateway:069', 'gateway:070');
    const result = { content: [{ type: 'text', text: '[{"number":7}]' }] };
    expect(encodeLabelResponseInput('list_issues', { repo: 'widget', owner: 'acme' }, result, true)).toBe(
      '{"capabilities":{},"tool_args":{"owner":"acme","repo":"widget"},"tool_name":"list_issues","tool_result":{"content":[{"text":"[{\\"number\\":7}]","type":"text"}]}}',
    );
  });
  test('have the members that apply', () => {
    proves('gateway:067', 'gateway:068', 'gateway:071', 'gateway:072');
    expect(encodeLabelAgentInput(policy)).toBe('{"allow-only":{"min-integrity":"none","repos":"all"}}');
    expect(encodeLabelResourceInput('<t>', null, true)).toBe(
      '{"capabilities":{},"tool_args":null,"tool_name":"\\u003ct\\u003e"}',
    );
    expect(encodeLabelResourceInput('', {}, false)).toBe('{"tool_args":{},"tool_name":""}');
    expect(encodeLabelResponseInput('t', undefined, null, false)).toBe('{"tool_name":"t","tool_result":null}');
  });
});

describe('a guard call', () => {
  test('passes name, input and context to the worker, with capabilities unless they are disabled', async () => {
    proves('gateway:072', 'gateway:073');
    const worker = new RecordedWorker((call) => bareRecord(call, '{"resource":{}}', null));
    const guard = new WasmGuard('github', worker);
    const { signal } = new AbortController();
    const timed = { ...context, deadlineMs: 5, signal };
    const answer = await guard.labelResource('t', { a: 1 }, timed);
    await guard.labelResource('t', { a: 1 }, { ...context, capabilities: false });
    expect(worker.asked[0]).toMatchObject({ name: 'label_resource', context: { deadlineMs: 5, signal } });
    expect(worker.inputs).toEqual([
      '{"capabilities":{},"tool_args":{"a":1},"tool_name":"t"}',
      '{"tool_args":{"a":1},"tool_name":"t"}',
    ]);
    expect(answer.calls).toHaveLength(1);
    expect([guard.name, guard.kind]).toEqual(['github', 'wasm']);
  });
  test('is not made for a policy that is refused', async () => {
    proves('gateway:126');
    const worker = new RecordedWorker((call) => bareRecord(call, '{}', null));
    const guard = new WasmGuard('guard', worker);
    const none = { value: null, calls: [] };
    expect(await guard.labelAgent(undefined, context)).toEqual({ ...none, error: 'policy is required' });
    expect(await guard.labelAgent({ 'write-sink': { accept: ['*'] } }, context)).toEqual({
      ...none,
      error: 'label_agent policy must use top-level allow-only object (received policy.allow-only)',
    });
    expect(worker.asked).toEqual([]);
  });
  test('gives its error when it fails, and its record when the output is refused', async () => {
    const failed = new WasmGuard(
      'guard',
      new RecordedWorker((call) => bareRecord(call, null, 'WASM function call failed: x')),
    );
    const answer = await failed.labelResponse('t', {}, [], context);
    expect(answer).toMatchObject({ value: null, error: 'WASM function call failed: x', calls: [{ output: null }] });
    const refused = new WasmGuard('guard', new RecordedWorker((call) => bareRecord(call, '5', null)));
    expect(await refused.labelAgent(policy, context)).toMatchObject({
      value: null,
      error:
        'failed to unmarshal label_agent response: json: cannot unmarshal number into Go value of type map[string]interface {}',
      calls: [{ output: '5', error: null }],
    });
  });
  test('gives neither a value nor an error when items were not labelled', async () => {
    const guard = new WasmGuard('guard', new RecordedWorker((call) => bareRecord(call, '', null)));
    expect(await guard.labelResponse('t', {}, [], context)).toMatchObject({ value: null, error: null });
  });
  test('uses the worker’s health, memory, cassette and close', async () => {
    const worker = new RecordedWorker((call) => bareRecord(call, '', null));
    const guard = new WasmGuard('guard', worker);
    expect([guard.healthy, guard.memoryBytes]).toEqual([true, 65_536]);
    guard.useCassette({ recorded: 'answers' } as never);
    expect(worker.cassettes).toEqual([{ recorded: 'answers' }]);
    worker.healthy = false;
    guard.restart();
    expect([guard.healthy, worker.restarts]).toEqual([true, 1]);
    worker.healthy = false;
    await guard.close();
    expect([guard.healthy, worker.closed]).toEqual([false, 1]);
    const record = await guard.raw('label_agent', 'any', context);
    expect(record.input).toBe('any');
  });
});
