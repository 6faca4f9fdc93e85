/** Inputs and outputs of a guard: members and forms that other tests do not cover (behaviours 65 to 183). */
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../src/core/base/json.ts';
import { isJsonObject } from '../../src/core/base/json.ts';
import { unwrapText } from '../../src/core/mcp/textContent.ts';
import { decodeLabelAgent } from '../../src/core/guard/decodeLabelAgent.ts';
import { decodeLabelResource } from '../../src/core/guard/decodeLabelResource.ts';
import { decodeLabelResponse } from '../../src/core/guard/decodeLabelResponse.ts';
import { WasmGuard } from '../../src/engine/guard/wasmGuard.ts';
import { bareRecord, RecordedWorker } from '../engine/guard/recordedWorker.ts';
import { textResultOf } from '../core/difc/monitor/decide.ts';
import { lookOfLevel } from '../../webview/models/logLevels.ts';
import { proves } from '../support/proves.ts';

test.each([
  [0, 'debug'],
  [1, 'info'],
  [2, 'warn'],
  [3, 'error'],
  [4, 'level 4'],
  [4_294_967_295, 'level 4294967295'],
])('log level %i has the name "%s"', (level, word) => {
  proves('gateway:066');
  expect(lookOfLevel(level).word).toBe(word);
});

describe('label_agent', () => {
  test.each(['strict', 'filter', 'propagate'])('accepts the mode %s', (mode) => {
    proves('gateway:111');
    expect(decodeLabelAgent(`{"difc_mode":"${mode}"}`)).toMatchObject({ ok: true, value: { mode } });
  });

  test.each(['{"success":true,"difc_mode":"filter"}', '{"ok":true,"difc_mode":"filter"}'])('accepts %s', (text) => {
    proves('gateway:113');
    expect(decodeLabelAgent(text)).toMatchObject({ ok: true, value: { mode: 'filter' } });
  });

  test('ignores unknown members', () => {
    proves('gateway:115');
    const text = '{"difc_mode":"filter","version":3,"agent":{"secrecy":["a"],"color":"red"}}';
    expect(decodeLabelAgent(text)).toMatchObject({ value: { agent: { secrecy: ['a'], integrity: [] } } });
  });

  test('refuses two NUL bytes', () => {
    proves('gateway:117');
    expect(decodeLabelAgent('\u0000\u0000')).toMatchObject({
      ok: false,
      error: expect.stringMatching(/^failed to unmarshal label_agent response: invalid character/) as string,
    });
  });

  test('reads labels and the normalized policy', () => {
    proves('gateway:112');
    const text =
      '{"agent":{"secrecy":["s"],"integrity":["i","j"]},"difc_mode":"strict","normalized_policy":{"scope_kind":"All"}}';
    expect(decodeLabelAgent(text)).toEqual({
      ok: true,
      value: {
        agent: { secrecy: ['s'], integrity: ['i', 'j'] },
        mode: 'strict',
        modeText: 'strict',
        normalizedPolicy: { scope_kind: 'All' },
      },
    });
  });
});

describe('label_resource', () => {
  test('has no capabilities in its input when they are disabled', async () => {
    proves('gateway:073');
    const worker = new RecordedWorker((call) => bareRecord(call, '{"resource":{},"operation":"read"}', null));
    const context = { backend: { kind: 'none' }, capabilities: false } as const;
    expect(await new WasmGuard('g', worker).labelResource('t', {}, context)).toMatchObject({
      error: null,
      value: { operation: 'read' },
    });
    expect(worker.inputs).toEqual(['{"tool_args":{},"tool_name":"t"}']);
  });

  test.each(['{"resource":{}}', '{"resource":{"secrecy":[],"integrity":[]}}', '{"resource":{"secrecy":null}}'])(
    'reads %s as empty labels',
    (text) => {
      proves('gateway:134', 'gateway:133');
      expect(decodeLabelResource(text)).toEqual({
        ok: true,
        value: { resource: { description: '', secrecy: [], integrity: [] }, operation: 'write' },
      });
    },
  );
});

describe('label_response, the older format', () => {
  const labelsOf = (labels: string): unknown => {
    const decoded = decodeLabelResponse(`{"items":[{"data":1,"labels":${labels}}]}`, null);
    return decoded.ok ? decoded.value?.items[0]?.labels : decoded.error;
  };
  test.each([
    ['{"description":"d"}', 'd', [], []],
    ['{"secrecy":["s"]}', '', ['s'], []],
    ['{"integrity":["i","j"]}', '', [], ['i', 'j']],
    ['{"description":"d","secrecy":["s"],"integrity":["i"]}', 'd', ['s'], ['i']],
    ['{"description":5,"secrecy":"s","integrity":[1,"i",null]}', '', [], ['i']],
    ['{"description":null,"secrecy":{},"integrity":7}', '', [], []],
  ])('reads the labels %s', (text, description, secrecy, integrity) => {
    proves('gateway:151');
    expect(labelsOf(text)).toEqual({ description, secrecy, integrity });
  });

  test.each<[string, JsonValue]>([
    ['{"data":null,"labels":{}}', null],
    ['{"data":{"a":[{"b":1}]},"labels":{}}', { a: [{ b: 1 }] }],
    ['{"labels":{}}', null],
  ])('reads the data of %s', (item, data) => {
    proves('gateway:152', 'gateway:150');
    expect(decodeLabelResponse(`{"items":[${item}]}`, [9])).toMatchObject({
      value: { items: [{ data, labels: { description: '', secrecy: [], integrity: [] } }] },
    });
  });
});

describe('label_response by path', () => {
  test('labels a search result', () => {
    proves('gateway:163', 'gateway:161', 'gateway:162');
    const found = [{ number: 1 }, { number: 2 }, { number: 3 }];
    const answer = {
      items_path: '/items',
      labeled_paths: [
        { path: '/items/1', labels: { description: 'issue 2', secrecy: ['private:o/r'], integrity: [] } },
      ],
      default_labels: { description: 'issue', secrecy: [], integrity: ['approved:o'] },
    };
    const decoded = decodeLabelResponse(JSON.stringify(answer), textResultOf({ total_count: 3, items: found }));
    if (!decoded.ok || decoded.value === null) throw new Error('no collection');
    expect(decoded.value.items.map(({ data }) => data)).toEqual(found);
    expect(decoded.value.items.map(({ labels }) => labels?.description)).toEqual(['issue', 'issue 2', 'issue']);
    expect(decoded.value.items[1]?.labels).toEqual({ description: 'issue 2', secrecy: ['private:o/r'], integrity: [] });
  });

  test('reads a null result as one item', () => {
    proves('gateway:154');
    expect(decodeLabelResponse('{"labeled_paths":[]}', null)).toMatchObject({ value: { items: [{ data: null }] } });
  });

  test.each<[JsonValue]>([
    [{ content: ['[1]'] }],
    [{ content: [5, null] }],
    [{ content: [['{"type":"text","text":"[1]"}']] }],
  ])('does not unwrap %j', (result) => {
    proves('gateway:177');
    expect(isJsonObject(result)).toBe(true);
    expect(unwrapText(result)).toBe(result);
    expect(decodeLabelResponse('{"labeled_paths":[]}', result)).toMatchObject({ value: { items: [{ data: result }] } });
  });
});
