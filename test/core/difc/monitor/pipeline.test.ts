/** The order of the pipeline's questions, and the results of their answers (behaviours 8.15 and 8.17). */
import { describe, expect, test } from 'vitest';
import type { Call } from './decide.ts';
import { approved, decide, textResultOf } from './decide.ts';
import { runPipeline } from '../../../../src/core/difc/monitor/pipeline.ts';
import { makeResource } from '../../../../src/core/difc/monitor/resource.ts';
import { proves } from '../../../support/proves.ts';

const trusted = { secrecy: [], integrity: approved('acme') };
const poor = makeResource('poor', [], ['none:acme']);
const write: Call = { tool: 'create_issue', operation: 'write', backend: textResultOf('done') };

describe('questions', () => {
  test.each([
    ['a read asks all three questions', {}, ['labelResource', 'callBackend', 'labelResponse']],
    [
      'a read that the coarse check denies asks all three questions',
      { agent: trusted },
      ['labelResource', 'callBackend', 'labelResponse'],
    ],
    ['a write does not ask for labels of the response', write, ['labelResource', 'callBackend']],
    ['a denied write ends after label_resource', { ...write, resource: poor }, ['labelResource']],
    ['a failed label_resource ends the call', { resourceError: 'x' }, ['labelResource']],
    ['invalid arguments end the call before any question', { args: 'x' }, []],
    ['a failed backend ends the call', { backendError: 'x' }, ['labelResource', 'callBackend']],
    [
      'a read-write in strict mode does not ask for labels of the response',
      { mode: 'strict', operation: 'read-write' },
      ['labelResource', 'callBackend'],
    ],
  ] as const)('%s', (_title, call: Call, asked) => {
    proves('gateway:223', 'gateway:254', 'gateway:255');
    expect(decide(call).asked).toEqual(asked);
  });

  test('missing arguments are {}, null stays null, and each other type has its error', () => {
    proves('gateway:320');
    const ask = (args: undefined | null) =>
      runPipeline({ server: 's', tool: 't', args, agentId: 'a', mode: 'strict' }, trusted).next().value;
    expect(ask(undefined)).toEqual({ ask: 'labelResource', tool: 't', args: {} });
    expect(ask(null)).toEqual({ ask: 'labelResource', tool: 't', args: null });
    const kinds = (['x', 1, true, [1]] as const).map((args) => decide({ args }).record.error);
    expect(kinds).toEqual(
      ['string', 'number', 'bool', 'array'].map(
        (kind) =>
          `failed to parse arguments: json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`,
      ),
    );
  });
});

describe('results', () => {
  test('a denied write has the violation text and does not change the agent', () => {
    proves('gateway:257', 'gateway:292');
    const { record } = decide({ ...write, agent: trusted, resource: makeResource('main', [], ['merged:acme']) });
    expect(record).toMatchObject({
      outcome: 'denied',
      endedIn: 2,
      backendResult: null,
      agentAfter: record.agentBefore,
    });
    expect(record.error).toMatch(/^DIFC Violation: Agent lacks required integrity to write to 'main'/);
    expect(record.client).toEqual({ error: { code: 0, message: record.error } });
  });
  test('a partly filtered result has the remaining items and a notice', () => {
    proves('gateway:297');
    const { record } = decide({
      agent: trusted,
      backend: textResultOf(['a', 'b']),
      labels: { paths: { '/0': poor }, defaults: makeResource('good', [], approved('acme')) },
    });
    expect(record).toMatchObject({ outcome: 'filtered', endedIn: null, error: null });
    expect(record.items?.map(({ allowed }) => allowed)).toEqual([false, true]);
    expect(JSON.stringify(record.client)).toContain('"[\\"b\\"]"');
    expect(JSON.stringify(record.client)).toContain('[Filtered] 1 item(s)');
  });
  test('a singular tool whose items are all withheld returns an empty array', () => {
    proves('gateway:299');
    const call: Call = { tool: 'get_files', agent: trusted, backend: textResultOf([1, 2]), labels: { defaults: poor } };
    expect(decide(call).record).toMatchObject({
      outcome: 'filtered',
      client: { result: { content: [{ text: '[]' }, {}] } },
    });
  });
  test('an empty list has no notice', () => {
    proves('gateway:301');
    expect(decide({ labels: {} }).record.client).toEqual({ result: { content: [{ type: 'text', text: '[]' }] } });
  });
  test('a blocked response does not change the agent in propagate mode', () => {
    const { record } = decide({
      mode: 'propagate',
      tool: 'update_x',
      operation: 'read-write',
      agent: { secrecy: ['s'], integrity: [] },
      resource: makeResource('x', ['s'], []),
      backend: textResultOf([1]),
      labels: { defaults: makeResource('public', ['t'], []) },
    });
    expect(record).toMatchObject({ outcome: 'blocked', endedIn: 5, agentAfter: { secrecy: ['s'] } });
  });
  test('a failed conversion follows phase 6, so the agent has changed', () => {
    const { record } = decide({
      mode: 'propagate',
      resource: makeResource('x', ['s'], []),
      backend: { content: [1] },
      labels: null,
    });
    expect(record).toMatchObject({
      outcome: 'error',
      endedIn: 6,
      error: 'failed to convert result: content item 0: expected map, got float64',
      agentAfter: { secrecy: ['s'] },
    });
  });
  test('labels of a record are sorted without duplicates', () => {
    const { record } = decide({
      agent: { secrecy: ['b', 'a', 'b'], integrity: [] },
      resource: makeResource('r', ['z', 'y'], []),
    });
    expect(record.agentBefore.secrecy).toEqual(['a', 'b']);
    expect(record.resource?.secrecy).toEqual(['y', 'z']);
  });
  test("a guard's panic is reported with its own text", () => {
    const pipeline = runPipeline({ server: 's', tool: 't', args: {}, agentId: 'a', mode: 'strict' }, trusted);
    pipeline.next();
    const { value } = pipeline.next({
      ok: false,
      error: 'x',
      panic: 'runtime error: index out of range [9] with length 1',
    });
    expect(value).toMatchObject({
      outcome: 'error',
      endedIn: 1,
      panic: 'runtime error: index out of range [9] with length 1',
      error: 'runtime error: index out of range [9] with length 1',
    });
  });
});
