/** Driving the pipeline with answers that come later. */
import { expect, test } from 'vitest';
import { emptyAgent } from '../../../src/core/difc/monitor/agent.ts';
import { makeResource } from '../../../src/core/difc/monitor/resource.ts';
import { answeredResource, answeredResponse, answerPipeline } from '../../../src/engine/replay/drive.ts';

const call = { server: 's', tool: 't', args: {}, agentId: 'a', mode: 'filter' } as const;

test('questions are asked in order, each after the answer to the one before', async () => {
  const order: string[] = [];
  const later = async <T>(name: string, value: T): Promise<T> => {
    order.push(`${name} asked`);
    await new Promise((resolve) => setTimeout(resolve, 1));
    order.push(`${name} answered`);
    return value;
  };
  const result = await answerPipeline(call, emptyAgent, {
    labelResource: () =>
      later('resource', { ok: true, value: { resource: makeResource('r', [], []), operation: 'read' } }),
    callBackend: () => later('backend', { ok: true, value: 'B' }),
    labelResponse: () => later('response', { ok: true, value: null }),
  });
  expect(result).toMatchObject({ outcome: 'allowed', backendResult: 'B' });
  expect(order).toEqual([
    'resource asked',
    'resource answered',
    'backend asked',
    'backend answered',
    'response asked',
    'response answered',
  ]);
});

test('a handler that throws is our own mistake and comes through', async () => {
  const broken = (): Promise<never> => Promise.reject(new Error('mistake'));
  const handlers = { labelResource: broken, callBackend: broken, labelResponse: broken };
  await expect(answerPipeline(call, emptyAgent, handlers)).rejects.toThrow('mistake');
});

test('answers of a guard become answers of the pipeline', () => {
  const value = { resource: makeResource('r', [], []), operation: 'read' as const };
  expect(answeredResource({ value, error: null, calls: [] })).toEqual({ ok: true, value });
  expect(answeredResource({ value: null, error: 'no', calls: [] })).toEqual({ ok: false, error: 'no' });
  expect(answeredResponse({ value: null, error: null, calls: [] })).toEqual({ ok: true, value: null });
  expect(answeredResponse({ value: null, error: 'no', calls: [], panic: 'p' })).toEqual({
    ok: false,
    error: 'no',
    panic: 'p',
  });
});
