/** Changes of a call from a file: what they mean, and what is refused with its reason. */
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../../src/core/base/json.ts';
import { type CallChanges, readCallChanges } from '../../../../src/core/trace/model/callChanges.ts';

describe('changes of a call', () => {
  test.each<readonly [string, JsonValue, CallChanges]>([
    ['none', {}, {}],
    ['arguments', { arguments: { a: [1] } }, { args: { a: [1] } }],
    ['arguments that are null', { arguments: null }, { args: null }],
    ['a result', { result: { content: [] } }, { answer: { result: { content: [] } } }],
    ['a result that is null', { result: null }, { answer: { result: null } }],
    ['an error', { error: '' }, { answer: { error: '' } }],
    [
      'labels, sorted, each once',
      { agent: { secrecy: ['b', 'a', 'b'], integrity: [] } },
      { labels: { secrecy: ['a', 'b'], integrity: [] } },
    ],
    ['labels of one kind', { agent: { integrity: ['x'] } }, { labels: { secrecy: [], integrity: ['x'] } }],
  ])('may be %s', (_, value, changes) => {
    expect(readCallChanges(value)).toEqual({ ok: true, value: changes });
  });

  test.each<readonly [string, JsonValue, string]>([
    ['a list', [], 'it is not an object'],
    ['null', null, 'it is not an object'],
    [
      'a misspelt member',
      { args: {} },
      'it has the unknown member "args"; its members are arguments, result, error, agent',
    ],
    ['two answers', { result: 1, error: 'x' }, 'it has both "result" and "error"'],
    ['an error that is an object', { error: { code: 1 } }, 'its "error" is not a string'],
    ['an agent that is a name', { agent: 'one' }, 'its "agent" is not of the form'],
    ['an agent that is null', { agent: null }, 'its "agent" is not of the form'],
    ['a tag that is a number', { agent: { secrecy: [1] } }, 'its "agent" is not of the form'],
    ['tags that are a text', { agent: { secrecy: 'a' } }, 'its "agent" is not of the form'],
    ['a misspelt member of the agent', { agent: { secret: [] } }, 'its "agent" is not of the form'],
  ])('with %s are refused', (_, value, reason) => {
    expect(readCallChanges(value)).toEqual({ ok: false, reason: expect.stringContaining(reason) as string });
  });
});
