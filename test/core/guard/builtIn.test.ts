/** The guards without a module, and the decisions of the reference monitor about their labels (behaviours 8.14). */
import { describe, expect, test } from 'vitest';
import { makeAgent } from '../../../src/core/difc/monitor/agent.ts';
import { evaluate } from '../../../src/core/difc/monitor/evaluator.ts';
import type { Guard, GuardCallContext } from '../../../src/core/guard/guard.ts';
import { createNoopGuard } from '../../../src/core/guard/noopGuard.ts';
import { createNamedGuard } from '../../../src/core/guard/builtInGuard.ts';
import {
  createWriteSinkGuard,
  effectiveSinkVisibility,
  isSafeOutputs,
} from '../../../src/core/guard/writeSinkGuard.ts';
import { proves } from '../../support/proves.ts';

const context: GuardCallContext = { backend: { kind: 'none' } };

describe('noop', () => {
  const guard = createNoopGuard();
  test('gives no labels and sets strict mode, without a guard call', async () => {
    proves('gateway:239');
    expect(guard).toMatchObject({ name: 'noop', kind: 'noop', healthy: true });
    expect(await guard.labelAgent({ any: 'policy' }, context)).toEqual({
      value: { agent: { secrecy: [], integrity: [] }, mode: 'strict', modeText: 'strict', normalizedPolicy: null },
      error: null,
      calls: [],
    });
    expect(await guard.labelResource('t', null, context)).toEqual({
      value: {
        resource: { description: 'noop resource (no restrictions)', secrecy: [], integrity: [] },
        operation: 'read-write',
      },
      error: null,
      calls: [],
    });
    expect(await guard.labelResponse('t', {}, [1], context)).toEqual({ value: null, error: null, calls: [] });
    await guard.close();
  });
  test('denies agents with labels from other servers', async () => {
    proves('gateway:247');
    expect(await decision(guard, [], [])).toBe('allow');
    expect(await decision(guard, ['private:o'], [])).toBe('deny');
    expect(await decision(guard, [], ['approved:o'])).toBe('deny');
  });
});

describe('write-sink', () => {
  test('makes every call a write to a resource with the accepted tags as secrecy, verbatim', async () => {
    proves('gateway:245', 'gateway:246');
    const guard = createWriteSinkGuard({ accept: ['b', ' a ', 'b'], sinkVisibility: '' });
    expect(guard).toMatchObject({ name: 'write-sink', kind: 'write-sink' });
    expect((await guard.labelAgent(undefined, context)).value).toMatchObject({
      agent: { secrecy: [], integrity: [] },
      mode: 'filter',
    });
    expect((await guard.labelResource('add_comment', {}, context)).value).toEqual({
      resource: { description: 'write-sink (add_comment)', secrecy: ['b', ' a '], integrity: [] },
      operation: 'write',
    });
    expect((await guard.labelResponse('t', {}, {}, context)).value).toBeNull();
  });
  test.each<[readonly string[], string, readonly string[], readonly string[], string]>([
    [['private:o/r'], '', ['private:o/r'], ['approved:o'], 'allow'],
    [['private:o/r', 'private:p'], 'private', ['private:p'], [], 'allow'],
    [['private:o/r'], 'internal', ['private:o/r', 'private:p'], [], 'deny'],
    [['private:o'], '', ['private:o/r'], [], 'deny'],
    [['private:o/*'], '', ['private:o/r'], [], 'deny'],
    [['*'], '', ['private:x', 'y'], ['merged:z'], 'allow'],
    [[' * '], '', ['private:x'], [], 'deny'],
    [['*'], 'public', ['private:x'], [], 'deny'],
    [['*'], ' PUBLIC ', ['private:x'], [], 'deny'],
    [['private:x'], 'public', [], ['approved:o'], 'allow'],
  ])('accept %j, visibility %j, agent %j %j: %s', async (accept, sinkVisibility, secrecy, integrity, expected) => {
    proves('gateway:247', 'gateway:248', 'gateway:249', 'gateway:250', 'gateway:251');
    expect(await decision(createWriteSinkGuard({ accept, sinkVisibility }), secrecy, integrity)).toBe(expected);
  });
  test('names a public sink in the description of the resource', async () => {
    proves('gateway:250');
    const guard = createWriteSinkGuard({ accept: ['*'], sinkVisibility: 'Public' });
    expect((await guard.labelResource('t', {}, context)).value?.resource).toEqual({
      description: 'write-sink:public (t)',
      secrecy: [],
      integrity: [],
    });
  });
  test.each<[string, string, boolean, 'public' | 'private' | null, string]>([
    ['', 'slack', false, null, 'public'],
    ['', 'slack', true, null, ''],
    ['', 'safe-outputs', false, null, ''],
    ['', 'safeoutputs', false, 'private', ''],
    ['', 'safeoutputs', false, 'public', 'public'],
    ['', 'Safe-Outputs', false, null, 'public'],
    ['private', 'slack', false, null, 'private'],
    ['private', 'slack', false, 'private', 'private'],
    ['private', 'slack', true, 'public', 'public'],
    ['', 'slack', true, 'public', ''],
  ])(
    'configured %j on %s (exempt %s, repository %s): %j',
    (configured, serverId, exempt, workflowRepository, expected) => {
      proves('gateway:313');
      expect(effectiveSinkVisibility(configured, { serverId, exempt, workflowRepository })).toBe(expected);
    },
  );
  test.each([
    ['safe-outputs', true],
    ['safeoutputs', true],
    ['safe_outputs', false],
    ['SafeOutputs', false],
    ['', false],
  ])('the server id "%s" means safe outputs: %s', (id, is) => {
    proves('gateway:244');
    expect(isSafeOutputs(id)).toBe(is);
  });
});

describe('names', () => {
  test.each(['noop', ''])('%j is the noop guard', (name) => {
    proves('gateway:242');
    const made = createNamedGuard(name);
    expect(made.ok && made.guard.kind).toBe('noop');
  });
  test.each(['NOOP', ' noop', 'github', 'wasm'])('%j is an unknown guard type', (name) => {
    proves('gateway:242');
    expect(createNamedGuard(name)).toEqual({ ok: false, error: `unknown guard type: ${name}` });
  });
});

async function decision(guard: Guard, secrecy: readonly string[], integrity: readonly string[]): Promise<string> {
  const { value } = await guard.labelResource('t', {}, context);
  if (value === null) throw new Error('no resource');
  return evaluate('filter', value.operation, makeAgent(secrecy, integrity), value.resource).decision;
}
