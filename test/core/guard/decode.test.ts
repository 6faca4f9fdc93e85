/** Decoding of a guard's output compared with the gateway's recorded answers, and each behaviour once (8.6 to 8.8). */
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import type { Resource } from '../../../src/core/difc/monitor/resource.ts';
import { decodeLabelAgent } from '../../../src/core/guard/decodeLabelAgent.ts';
import { decodeLabelResource } from '../../../src/core/guard/decodeLabelResource.ts';
import { decodeLabelResponse } from '../../../src/core/guard/decodeLabelResponse.ts';
import type { Decoded } from '../../../src/core/guard/decoded.ts';
import { jsonLines } from '../../support/records/jsonLines.ts';
import { proves } from '../../support/proves.ts';

interface GatewayCase {
  readonly op: 'agent' | 'resource' | 'response';
  readonly text: string;
  readonly data?: JsonValue;
  readonly value?: JsonValue;
  readonly error?: string;
}

const cases = jsonLines('test/core/guard/gateway.cases.jsonl') as readonly GatewayCase[];

describe.each(['agent', 'resource', 'response'] as const)('the gateway: %s', (wanted) => {
  test.each(cases.filter(({ op }) => op === wanted))('$text', ({ op, text, data, value, error }) => {
    expect(recorded(op, text, data ?? null)).toEqual(error === undefined ? { value } : { error });
  });
});

describe('label_agent', () => {
  const error = (text: string): string => {
    const decoded = decodeLabelAgent(text);
    return decoded.ok ? '' : decoded.error;
  };
  test.each([
    ['', 'label_agent returned empty response'],
    [
      '\u0000\u0000',
      "failed to unmarshal label_agent response: invalid character '\\x00' looking for beginning of value",
    ],
    [
      '[]',
      'failed to unmarshal label_agent response: json: cannot unmarshal array into Go value of type map[string]interface {}',
    ],
    ['{"difc_mode":"filter"', 'failed to unmarshal label_agent response: unexpected end of JSON input'],
    ['{"success":false,"ok":false,"difc_mode":5}', 'label_agent returned non-success status'],
    ['{"ok":false,"error":" x "}', 'label_agent rejected policy:  x '],
    ['{"success":true,"error":"late"}', 'label_agent returned error: late'],
    [
      '{"difc_mode":5}',
      'failed to decode label_agent response: json: cannot unmarshal number into Go struct field LabelAgentResult.difc_mode of type string',
    ],
    [
      '{"normalized_policy":[]}',
      'failed to decode label_agent response: json: cannot unmarshal array into Go struct field LabelAgentResult.normalized_policy of type map[string]interface {}',
    ],
    [
      '{"agent":{"secrecy":[1]}}',
      'failed to decode label_agent response: json: cannot unmarshal number into Go struct field AgentLabelsPayload.agent.secrecy of type string',
    ],
    [
      '{"agent":"x"}',
      'failed to decode label_agent response: json: cannot unmarshal string into Go struct field LabelAgentResult.agent of type guard.AgentLabelsPayload',
    ],
    ['null', 'label_agent response missing difc_mode'],
    ['{"difc_mode":" \\u0085"}', 'label_agent response missing difc_mode'],
    [
      '{"difc_mode":" filter"}',
      'invalid difc_mode from label_agent: unknown enforcement mode:  filter (valid modes: strict, filter, propagate)',
    ],
  ])('refuses %j with the gateway’s error', (text, expected) => {
    proves(
      'gateway:116',
      'gateway:117',
      'gateway:118',
      'gateway:119',
      'gateway:120',
      'gateway:121',
      'gateway:122',
      'gateway:123',
      'gateway:125',
    );
    expect(error(text)).toBe(expected);
  });
  test.each([
    '{"difc_mode":"filter","success":"false","ok":0,"error":5}',
    '{"difc_mode":"filter","error":" ","Success":false}',
  ])('accepts %s', (text) => {
    proves('gateway:114', 'gateway:124');
    expect(decodeLabelAgent(text)).toMatchObject({ ok: true, value: { mode: 'filter' } });
  });
  test('matches names in any case, and keeps tags and the mode verbatim', () => {
    const text =
      '{"AGENT":{"Secrecy":[" a ","","a"],"INTEGRITY":null},"Difc_Mode":"PROPAGATE","normalized_policy":{"b":1,"__proto__":2}}';
    const decoded = decodeLabelAgent(text);
    expect(decoded).toMatchObject({
      ok: true,
      value: { agent: { secrecy: [' a ', '', 'a'], integrity: [] }, mode: 'propagate', modeText: 'PROPAGATE' },
    });
    expect(decoded.ok && Object.keys(decoded.value.normalizedPolicy ?? {})).toEqual(['b', '__proto__']);
  });
  test('takes a null or missing policy as none', () => {
    proves('gateway:112');
    expect(decodeLabelAgent('{"difc_mode":"strict","normalized_policy":null}')).toMatchObject({
      value: { normalizedPolicy: null },
    });
    expect(decodeLabelAgent('{"difc_mode":"strict"}')).toMatchObject({ value: { normalizedPolicy: null } });
  });
});

describe('label_resource', () => {
  const bare = { description: '', secrecy: [], integrity: [] };
  test.each<[string, Resource, string]>([
    [
      '{"resource":{"description":"d","secrecy":["a"," a",""],"integrity":["i"]},"operation":"read"}',
      { description: 'd', secrecy: ['a', ' a', ''], integrity: ['i'] },
      'read',
    ],
    ['{"resource":{},"operation":"read-write"}', bare, 'read-write'],
    ['{"resource":{"description":5,"secrecy":"x","integrity":{}}}', bare, 'write'],
    [
      '{"resource":{"Description":"d","secrecy":[1,"a",null,["b"],"a"]},"operation":"READ"}',
      { ...bare, secrecy: ['a'] },
      'write',
    ],
    ['{"resource":{},"operation":null}', bare, 'write'],
  ])('decodes %s', (text, resource, operation) => {
    proves(
      'gateway:131',
      'gateway:132',
      'gateway:133',
      'gateway:135',
      'gateway:136',
      'gateway:137',
      'gateway:139',
      'gateway:140',
    );
    expect(decodeLabelResource(text)).toEqual({ ok: true, value: { resource, operation } });
  });
  test.each([
    ['', 'failed to unmarshal label_resource WASM response: unexpected end of JSON input'],
    ['{}x', "failed to unmarshal label_resource WASM response: invalid character 'x' after top-level value"],
    [
      '[]',
      'failed to unmarshal label_resource WASM response: json: cannot unmarshal array into Go value of type map[string]interface {}',
    ],
    ['null', 'invalid resource format in guard response'],
    ['{}', 'invalid resource format in guard response'],
    ['{"Resource":{}}', 'invalid resource format in guard response'],
    ...['"x"', '[]', '5', 'null'].map((value) => [
      `{"resource":${value}}`,
      'invalid resource format in guard response',
    ]),
  ])('refuses %s', (text, error) => {
    proves('gateway:138', 'gateway:142');
    expect(decodeLabelResource(text ?? '')).toEqual({ ok: false, error });
  });
});

describe('label_response', () => {
  const result = [{ n: 1 }, { n: 2 }];
  test.each(['', 'null', '{}', '{"items":[]}', '{"items":{"a":1}}', '{"items":null}', '{"Labeled_Paths":[]}'])(
    'takes %j as no labels',
    (text) => {
      proves('gateway:143', 'gateway:145');
      expect(decodeLabelResponse(text, result)).toEqual({ ok: true, value: null });
    },
  );
  test.each([
    ['{', 'failed to unmarshal label_response WASM response: unexpected end of JSON input'],
    [
      '5',
      'failed to unmarshal label_response WASM response: json: cannot unmarshal number into Go value of type map[string]interface {}',
    ],
    ['{"labeled_paths":{}}', twice('object into Go struct field PathLabels.labeled_paths of type []difc.PathLabel')],
    [
      '{"labeled_paths":[{"labels":{"secrecy":[1]}}]}',
      twice('number into Go struct field PathLabelEntry.labeled_paths.labels.secrecy of type string'),
    ],
    [
      '{"labeled_paths":[],"default_labels":[]}',
      twice('array into Go struct field PathLabels.default_labels of type difc.PathLabelEntry'),
    ],
    [
      '{"labeled_paths":null,"items_path":"/x"}',
      'failed to apply path labels: failed to resolve path labels: expected array index at "/x", got "x"',
    ],
  ])('refuses %s', (text, error) => {
    proves('gateway:144', 'gateway:154', 'gateway:155', 'gateway:173');
    expect(decodeLabelResponse(text, result)).toEqual({ ok: false, error });
  });
  test('gives labels by path, default labels, and none', () => {
    proves('gateway:147', 'gateway:162', 'gateway:174');
    const labels = { description: 'd', secrecy: [' s ', '', ' s '], integrity: null };
    const decoded = decodeLabelResponse(
      JSON.stringify({ labeled_paths: [{ PATH: '/0', labels }], Default_Labels: { secrecy: ['x'] } }),
      result,
    );
    expect(decoded).toEqual({
      ok: true,
      value: {
        items: [
          {
            data: { n: 1 },
            labels: { description: 'd', secrecy: [' s ', ''], integrity: [] },
            origin: 'path',
            path: '/0',
          },
          { data: { n: 2 }, labels: { description: '', secrecy: ['x'], integrity: [] }, origin: 'default', path: '/1' },
        ],
      },
    });
    expect(decodeLabelResponse('{"labeled_paths":null}', [1])).toMatchObject({
      value: { items: [{ labels: { description: 'unlabeled', secrecy: [], integrity: [] }, origin: 'unlabeled' }] },
    });
  });
  test('prefers paths to items, whatever their types', () => {
    const text = '{"labeled_paths":null,"items":[{"data":9}]}';
    expect(decodeLabelResponse(text, null)).toMatchObject({ value: { items: [{ data: null, origin: 'unlabeled' }] } });
  });
  test("takes legacy items with the guard's own data, in order, with or without labels", () => {
    proves('gateway:146', 'gateway:148', 'gateway:149', 'gateway:150', 'gateway:152', 'gateway:153');
    const text =
      '{"items":[5,{"data":{"n":9},"labels":{"description":1,"secrecy":["a",2]}},null,{"labels":[]},{"data":null,"labels":{}},[{}]]}';
    expect(decodeLabelResponse(text, result)).toEqual({
      ok: true,
      value: {
        items: [
          { data: { n: 9 }, labels: { description: '', secrecy: ['a'], integrity: [] }, origin: 'legacy', path: '' },
          { data: null, labels: null, origin: 'legacy', path: '' },
          { data: null, labels: { description: '', secrecy: [], integrity: [] }, origin: 'legacy', path: '' },
        ],
      },
    });
  });
  test('gives an empty collection when no item is an object', () => {
    proves('gateway:148');
    expect(decodeLabelResponse('{"items":[1,"x"]}', result)).toEqual({ ok: true, value: { items: [] } });
  });
});

function twice(what: string): string {
  return `failed to parse path labels: failed to parse path labels: json: cannot unmarshal ${what}`;
}

/** The answer in the recorded form: tags sorted, only the gateway's members. */
function recorded(op: GatewayCase['op'], text: string, data: JsonValue): object {
  if (op === 'agent') {
    return shown(decodeLabelAgent(text), ({ agent, modeText, normalizedPolicy }) => {
      const policy =
        normalizedPolicy !== null && Object.keys(normalizedPolicy).length > 0
          ? { normalized_policy: normalizedPolicy }
          : {};
      return { agent, difc_mode: modeText, ...policy };
    });
  }
  if (op === 'resource') {
    return shown(decodeLabelResource(text), ({ resource, operation }) => ({ resource: sorted(resource), operation }));
  }
  return shown(decodeLabelResponse(text, data), (collection) =>
    collection === null
      ? null
      : {
          items: collection.items.map((item) => ({
            data: item.data,
            labels: item.labels === null ? null : sorted(item.labels),
          })),
        },
  );
}

function shown<T>(decoded: Decoded<T>, form: (value: T) => unknown): object {
  return decoded.ok ? { value: form(decoded.value) } : { error: decoded.error };
}

function sorted({ description, secrecy, integrity }: Resource): Resource {
  return { description, secrecy: secrecy.toSorted(), integrity: integrity.toSorted() };
}
