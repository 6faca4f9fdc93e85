/** The order of questions, and what the server makes of the answers (behaviours 8.15 and 8.17). */
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
    ['a read asks all three', {}, ['labelResource', 'callBackend', 'labelResponse']],
    ['a denied read too', { agent: trusted }, ['labelResource', 'callBackend', 'labelResponse']],
    ['a write asks no labels', write, ['labelResource', 'callBackend']],
    ['a denied write stops', { ...write, resource: poor }, ['labelResource']],
    ['a failed label stops', { resourceError: 'x' }, ['labelResource']],
    ['bad arguments ask nothing', { args: 'x' }, []],
    ['a failed backend stops', { backendError: 'x' }, ['labelResource', 'callBackend']],
    ['strict read-write asks no labels', { mode: 'strict', operation: 'read-write' }, ['labelResource', 'callBackend']],
  ] as const)('%s', (_title, call: Call, asked) => {
    proves('gateway:223', 'gateway:254', 'gateway:255');
    expect(decide(call).asked).toEqual(asked);
  });

  test('arguments: none are {}, null stays null, and each other kind has its text', () => {
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

describe('ends', () => {
  test('a denied write has the violation and leaves the agent alone', () => {
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
  test('one of several items withheld: a partial array and a notice', () => {
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
  test('all of several withheld by a singular tool: success with an empty array', () => {
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
  test('a blocked response leaves a propagating agent alone', () => {
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
  test('phase 6 has happened when the conversion fails', () => {
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
  test('labels of a record are sorted and each tag is there once', () => {
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
