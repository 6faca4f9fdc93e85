/** What the client receives behind the decision: response filters and payload files, as `internal/middleware` of the gateway makes them. */
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../src/core/base/json.ts';
import { defaultPayload, type PayloadSettings } from '../../../../src/core/difc/monitor/payloadSettings.ts';
import type { PipelineResult } from '../../../../src/core/difc/monitor/pipeline.ts';
import type { ItemRecord } from '../../../../src/core/difc/record/decision.ts';
import { encodeGoJson } from '../../../../src/core/go/goJson.ts';
import { afterDecision, type FinalAnswer } from '../../../../src/core/session/response/afterDecision.ts';

const none = { secrecy: [], integrity: [] };

/** A decided call; `content` is what the client would get, `data` the backend's result, or the labelled items. */
function decided(
  content: readonly JsonObject[],
  data: JsonValue,
  items: PipelineResult['items'] = null,
): PipelineResult {
  return {
    server: 'github',
    tool: 'list_issues',
    args: {},
    agent: 'agent-one',
    mode: 'filter',
    operation: 'read',
    resource: null,
    coarse: null,
    items,
    outcome: 'allowed',
    error: null,
    endedIn: null,
    client: { result: { content } },
    backendResult: data,
    agentBefore: none,
    agentAfter: none,
  };
}

/** An answer of the backend with one text, which nothing has labelled. */
function textAnswer(text: string, more: JsonObject = {}): PipelineResult {
  return decided([{ type: 'text', text }], { content: [{ type: 'text', text }], ...more });
}

function item(data: JsonValue, allowed: boolean): ItemRecord {
  return {
    index: 0,
    origin: 'path',
    path: '',
    description: '',
    ...none,
    allowed,
    decision: allowed ? 'allow' : 'deny',
    reason: '',
    secrecyToAdd: [],
    integrityToDrop: [],
    data,
  };
}

const notice = { type: 'text', text: '[Filtered] 1 item(s) …' };

/** Labelled items with a notice: the second item was withheld. */
function labelled(kept: JsonValue, withheld: JsonValue): PipelineResult {
  const content = [{ type: 'text', text: encodeGoJson([kept]) }, notice];
  return decided(content, { content: [] }, [item(kept, true), item(withheld, false)]);
}

function after(
  result: PipelineResult,
  { filter, payload = {} }: { readonly filter?: string; readonly payload?: Partial<PayloadSettings> },
): FinalAnswer {
  const filters = new Map(filter === undefined ? [] : [['list_issues', filter]]);
  return afterDecision(result, { filters, payload: { ...defaultPayload, ...payload } });
}

function contentOf({ client }: FinalAnswer): readonly JsonObject[] {
  if (!('result' in client)) throw new Error(client.error.message);
  return (client.result as { readonly content: readonly JsonObject[] }).content;
}

function textOf(answer: FinalAnswer): string {
  const text = contentOf(answer)[0]?.['text'];
  if (typeof text !== 'string') throw new Error('the answer has no text');
  return text;
}

describe('a response filter', () => {
  it('runs on the JSON of the first text, and its output replaces the text as Go writes it', () => {
    const answer = after(textAnswer('[{"b":"<x>","a":1},{"a":2}]'), { filter: 'map(.a) | {z: ., a: "<&>"}' });
    expect(contentOf(answer)).toEqual([{ type: 'text', text: '{"a":"\\u003c\\u0026\\u003e","z":[1,2]}' }]);
    expect(answer).toMatchObject({ problems: [], unknown: [] });
  });

  it('keeps the items after the first, such as the notice', () => {
    const answer = after(labelled({ n: 1 }, { n: 2 }), { filter: 'map(.n)' });
    expect(contentOf(answer)).toEqual([{ type: 'text', text: '[1]' }, notice]);
  });

  it('runs on the whole result when its text is not JSON', () => {
    const answer = after(textAnswer('hello'), { filter: '.content[0].text | ascii_upcase' });
    expect(contentOf(answer)).toEqual([{ type: 'text', text: '"HELLO"' }]);
    const rebuilt = after(textAnswer('hello'), { filter: '.content[0].text |= ascii_upcase' });
    expect(contentOf(rebuilt)).toEqual([{ type: 'text', text: 'HELLO' }]);
  });

  it('runs on the whole result when the first item is an image, which replaces all items', () => {
    const image = { type: 'image', mimeType: 'image/png', data: 'AAAA' };
    const answer = after(decided([image, notice], { content: [image] }), { filter: '.content[0].type' });
    expect(contentOf(answer)).toEqual([{ type: 'text', text: '"image"' }]);
  });

  it.each([
    ['.[', 'unexpected EOF'],
    ['empty', 'tool response filter returned no results'],
    ['.[]', 'tool response filter returned multiple results'],
    ['.a', 'tool response filter type error: expected an object but got: array ([1,2])'],
    ['error("no")', 'tool response filter error: error: no'],
    ['halt', 'tool response filter halted cleanly with no output'],
    ['nan', 'json: unsupported value: NaN'],
  ])('leaves the answer when it fails, and the record says why: %s', (filter, reason) => {
    const answer = after(textAnswer('[1,2]'), { filter });
    expect(textOf(answer)).toBe('[1,2]');
    expect(answer.unknown).toEqual([]);
    expect(answer.problems).toMatchObject([{ code: 'replay/filter-failed', subject: 'list_issues' }]);
    expect(answer.problems[0]?.message).toContain(reason);
  });

  it('that Guardscope cannot run makes the answer unknown', () => {
    const answer = after(textAnswer('[1,2]'), { filter: 'map(. + now)' });
    expect(answer).toMatchObject({ unknown: ['/result'], problems: [{ code: 'replay/filter-not-supported' }] });
    expect(answer.problems[0]?.message).toContain('it uses now');
  });

  it('that loops is ended, and makes the answer unknown', () => {
    const answer = after(textAnswer('[1,2]'), { filter: 'def f: f; f' });
    expect(answer).toMatchObject({ unknown: ['/result'], problems: [{ code: 'replay/filter-overran' }] });
    expect(textOf(answer)).toBe('[1,2]');
  });

  it('is not run for errors, results with isError, and answers without data', () => {
    const filter = '"changed"';
    const failed = { ...textAnswer('{}'), client: { error: { code: 0, message: 'no' } } };
    const limited = { ...textAnswer('{}'), client: { result: { content: [], isError: true } } };
    const empty = decided([{ type: 'text', text: 'null' }], null);
    for (const result of [failed, limited, empty]) {
      expect(after(result, { filter, payload: { threshold: 1 } })).toEqual({
        client: result.client,
        problems: [],
        unknown: [],
      });
    }
  });

  it('of another tool is not run', () => {
    const rules = {
      filters: new Map([
        ['get_issue', '1'],
        ['list_issues', '  '],
      ]),
      payload: defaultPayload,
    };
    const result = textAnswer('[1]');
    expect(afterDecision(result, rules).client).toEqual(result.client);
  });
});

describe('a payload file', () => {
  it('stands for an answer above the threshold, with the fields in the order of the gateway', () => {
    const answer = after(labelled({ id: 7, tags: ['a', 'b'], gone: null }, {}), { payload: { threshold: 20 } });
    const text = textOf(answer);
    expect(contentOf(answer)).toHaveLength(1);
    expect(Object.keys(JSON.parse(text) as JsonObject)).toEqual([
      'agentInstructions',
      'payloadPath',
      'payloadPreview',
      'payloadSchema',
      'originalSize',
    ]);
    expect(JSON.parse(text)).toMatchObject({
      payloadPath: '/tmp/jq-payloads/agent-one/{query-id}/payload.json',
      payloadPreview: '[{"gone":null,"id":7,"tags":["a","b"]}]',
      payloadSchema: [{ gone: 'null', id: 'number', tags: ['string'] }],
      originalSize: 39,
    });
    expect(answer.unknown).toEqual(['/result/content/0/text']);
    expect(answer.problems).toMatchObject([{ severity: 'info', code: 'replay/payload-path' }]);
  });

  it('counts bytes of the JSON of the data, without the notice', () => {
    const result = labelled('é<', 'x');
    expect(encodeGoJson(['é<'])).toBe('["é\\u003c"]');
    expect(contentOf(after(result, { payload: { threshold: 12 } }))).toHaveLength(2);
    expect(JSON.parse(textOf(after(result, { payload: { threshold: 11 } })))).toMatchObject({ originalSize: 12 });
  });

  it('has a preview of 500 bytes that ends before a character which would not fit', () => {
    const preview = (text: string): string => {
      const answer = after(decided([], [text]), { payload: { threshold: 10 } });
      return (JSON.parse(textOf(answer)) as { readonly payloadPreview: string }).payloadPreview;
    };
    expect(preview('a'.repeat(600))).toBe(`["${'a'.repeat(498)}...`);
    expect(preview(`${'a'.repeat(497)}é${'b'.repeat(100)}`)).toBe(`["${'a'.repeat(497)}...`);
    expect(preview(`${'a'.repeat(495)}😀b`)).toBe(`["${'a'.repeat(495)}...`);
    expect(preview('a'.repeat(400))).toBe(`["${'a'.repeat(400)}"]`);
  });

  it('is not written for one text that is 4096 bytes below the threshold, even if its JSON is longer', () => {
    const quotes = '"'.repeat(6000);
    const payload = { threshold: 10_096 };
    expect(textOf(after(textAnswer(quotes), { payload }))).toBe(quotes);
    expect(JSON.parse(textOf(after(textAnswer(`${quotes}"`), { payload })))).toMatchObject({
      originalSize: encodeGoJson({ content: [{ type: 'text', text: `${quotes}"` }] }).length,
    });
    expect(JSON.parse(textOf(after(textAnswer(quotes, { _meta: {} }), { payload })))).toHaveProperty('payloadPath');
  });

  it('measures the answer after the filter', () => {
    const long = JSON.stringify({ keep: 1, drop: 'x'.repeat(5000) });
    const payload = { threshold: 4000 };
    expect(textOf(after(textAnswer(long), { filter: '{keep}', payload }))).toBe('{"keep":1}');
    const still = after(textAnswer(long), { filter: '[.drop]', payload });
    const envelope = { content: [{ type: 'text', text: encodeGoJson(['x'.repeat(5000)]) }] };
    expect(JSON.parse(textOf(still))).toMatchObject({
      originalSize: encodeGoJson(envelope).length,
      payloadSchema: { content: [{ text: 'string', type: 'string' }] },
    });
  });

  it('has the path with the prefix of the client, cleaned as Go does', () => {
    const answer = after(labelled({}, {}), { payload: { threshold: 1, pathPrefix: '/workspace//payloads/./x/../' } });
    expect(JSON.parse(textOf(answer))).toMatchObject({
      payloadPath: '/workspace/payloads/agent-one/{query-id}/payload.json',
    });
  });

  it('has no schema when a filter made the data null', () => {
    const result = decided([{ type: 'text', text: '[1]' }], [1]);
    expect(JSON.parse(textOf(after(result, { filter: 'null', payload: { threshold: 3 } })))).toMatchObject({
      payloadPreview: 'null',
      payloadSchema: null,
      originalSize: 4,
    });
  });
});
