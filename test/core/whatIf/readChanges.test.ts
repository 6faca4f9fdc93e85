/** Changes of calls from JSON: what they mean, and what is refused with its reason and its place. */
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import type { CallChanges } from '../../../src/core/whatIf/callChanges.ts';
import { readCallChanges, readChangesFile } from '../../../src/core/whatIf/readChanges.ts';

describe('changes of a call', () => {
  test.each<readonly [string, JsonValue, CallChanges]>([
    ['none', {}, {}],
    ['arguments', { arguments: { a: [1] } }, { args: { a: [1] } }],
    ['arguments that are null', { arguments: null }, { args: null }],
    ['a result', { result: { content: [] } }, { answer: { result: { content: [] } } }],
    ['a result that is null', { result: null }, { answer: { result: null } }],
    ['an error', { error: '' }, { answer: { error: '' } }],
    ['the JSON of the response', { data: [1] }, { data: [1] }],
    [
      'places',
      { set: { '/data/0': 1, '/arguments': {} } },
      {
        parts: [
          { pointer: '/data/0', value: 1 },
          { pointer: '/arguments', value: {} },
        ],
      },
    ],
    ['a mode', { mode: 'propagate' }, { mode: 'propagate' }],
    ["the guard's mode again", { mode: null }, { mode: null }],
    [
      'labels, sorted, each once',
      { agent: { secrecy: ['b', 'a', 'b'], integrity: [] } },
      { labels: { secrecy: ['a', 'b'], integrity: [] } },
    ],
    ['labels of one kind', { agent: { integrity: ['x'] } }, { labels: { secrecy: [], integrity: ['x'] } }],
  ])('may be %s', (_, value, changes) => {
    expect(readCallChanges(value)).toEqual({ ok: true, value: changes });
  });

  test.each<readonly [string, JsonValue, string, string]>([
    ['a list', [], 'it is not an object', ''],
    ['null', null, 'it is not an object', ''],
    [
      'a misspelt member',
      { args: {} },
      'it has the unknown member "args"; its members are arguments, result, error, data, set, agent, mode',
      '/args',
    ],
    ['two answers', { result: 1, error: 'x' }, 'it has both "result" and "error"', '/error'],
    ['an answer and its JSON', { result: 1, data: 1 }, 'it has both "result" and "data"', '/data'],
    ['an error that is an object', { error: { code: 1 } }, 'its "error" is not a string', '/error'],
    ['an agent that is a name', { agent: 'one' }, 'its "agent" is not of the form', '/agent'],
    ['an agent that is null', { agent: null }, 'its "agent" is not of the form', '/agent'],
    [
      'a tag that is a number',
      { agent: { secrecy: ['a', 1] } },
      'its "agent" has 1 as a tag of secrecy',
      '/agent/secrecy/1',
    ],
    ['an empty tag', { agent: { integrity: [''] } }, 'its "agent" has "" as a tag of integrity', '/agent/integrity/0'],
    ['a tag with a space', { agent: { secrecy: ['a '] } }, 'its "agent" has "a " as a tag', '/agent/secrecy/0'],
    ['tags that are a text', { agent: { secrecy: 'a' } }, 'its "agent" is not of the form', '/agent/secrecy'],
    ['a misspelt member of the agent', { agent: { secret: [] } }, 'the unknown member "secret"', '/agent/secret'],
    ['places that are a list', { set: [] }, 'its "set" is not of the form', '/set'],
    [
      'a place elsewhere',
      { set: { '/agent': 1 } },
      'its "set" has the place "/agent"; a place begins with',
      '/set/~1agent',
    ],
    ['a place with a longer name', { set: { '/dataset': 1 } }, 'the place "/dataset"', '/set/~1dataset'],
    [
      'another mode',
      { mode: 'Strict' },
      'its "mode" is "Strict"; expected strict, filter, propagate, or null',
      '/mode',
    ],
  ])('with %s are refused', (_, value, reason, pointer) => {
    expect(readCallChanges(value)).toEqual({ ok: false, reason: expect.stringContaining(reason) as string, pointer });
  });
});

describe('a file of changes', () => {
  test('may have those of one call, with or without its number', () => {
    const changes = { mode: 'strict' } as const;
    expect(readChangesFile({ mode: 'strict' })).toEqual({ ok: true, value: [{ call: null, tool: null, changes }] });
    expect(readChangesFile({ call: 3, tool: 'read', mode: 'strict' })).toEqual({
      ok: true,
      value: [{ call: 2, tool: 'read', changes }],
    });
  });

  test('may have those of several calls', () => {
    const read = readChangesFile({
      changes: [
        { call: 3, arguments: {} },
        { call: 1, tool: 'a', mode: null },
      ],
    });
    expect(read).toEqual({
      ok: true,
      value: [
        { call: 2, tool: null, changes: { args: {} } },
        { call: 0, tool: 'a', changes: { mode: null } },
      ],
    });
  });

  test.each<readonly [string, JsonValue, string, string]>([
    ['no object', 1, 'it is not an object', ''],
    ['a list of none', { changes: [] }, 'its "changes" has no entry', '/changes'],
    ['no list', { changes: {} }, 'its "changes" is not a list', '/changes'],
    ['members beside the list', { changes: [], mode: null }, 'it has "mode" beside "changes"', '/mode'],
    ['an entry without a call', { changes: [{ mode: null }] }, 'entry 1 of its "changes" has no "call"', '/changes/0'],
    ['a call 0', { changes: [{ call: 0 }] }, 'its "call" is 0, not a number from 1', '/changes/0/call'],
    ['a call twice', { changes: [{ call: 1 }, { call: 1 }] }, 'it has two entries for call 1', '/changes/1/call'],
    ['a tool that is no text', { tool: 1 }, 'its "tool" is not a string', '/tool'],
    ['an entry that is a list', { changes: [[]] }, 'an entry is not an object', '/changes/0'],
    [
      'a mistake in an entry',
      { changes: [{ call: 1, agent: 1 }] },
      'its "agent" is not of the form',
      '/changes/0/agent',
    ],
  ])('with %s is refused', (_, value, reason, pointer) => {
    expect(readChangesFile(value)).toEqual({ ok: false, reason: expect.stringContaining(reason) as string, pointer });
  });
});
