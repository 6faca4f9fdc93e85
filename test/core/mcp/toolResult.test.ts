/** Conversion of a backend's answer for the client (gateway spec 3.8). */
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import { appendText, convertToToolResult, textResult } from '../../../src/core/mcp/toolResult.ts';
import { normalizeBase64 } from '../../../src/core/mcp/toolResultBase64.ts';
import { proves } from '../../support/proves.ts';

describe('whole values become one text item', () => {
  test.each<readonly [JsonValue, string]>([
    [[1, { z: 1, a: '<' }], '[1,{"a":"\\u003c","z":1}]'],
    [[], '[]'],
    ['text', '"text"'],
    [null, 'null'],
    [-0, '-0'],
    [{ b: 1, a: 2 }, '{"a":2,"b":1}'],
    [{ content: null }, '{"content":null}'],
    [{ content: { x: 1 } }, '{"content":{"x":1}}'],
  ])('the value %j becomes text', (data, text) => {
    proves('gateway:318');
    expect(convertToToolResult(data)).toEqual({ ok: true, value: textResult(text) });
  });
});

describe('content items', () => {
  test.each<readonly [JsonValue, JsonValue]>([
    [
      { type: 'text', text: 't', _meta: {} },
      { type: 'text', text: 't' },
    ],
    [
      { type: 'text', text: 5 },
      { type: 'text', text: '' },
    ],
    [
      { type: 7, text: 't' },
      { type: 'text', text: 't' },
    ],
    [
      { type: 'resource_link', uri: 'x' },
      { type: 'text', text: '' },
    ],
    [
      { type: 'image', data: 'aGk=' },
      { type: 'image', mimeType: '', data: 'aGk=' },
    ],
    [
      { type: 'audio', data: 'aG\nk=', mimeType: 'm' },
      { type: 'audio', mimeType: 'm', data: 'aGk=' },
    ],
    [
      { type: 'resource', resource: { uri: 'x', text: '' } },
      { type: 'resource', resource: { uri: 'x' } },
    ],
    [
      { type: 'resource', resource: {} },
      { type: 'resource', resource: { uri: '' } },
    ],
    [
      { type: 'resource', resource: { URI: 'a', uri: 'b', Text: 't', MIMETYPE: 'm', extra: 1, _meta: {} } },
      { type: 'resource', resource: { uri: 'b', mimeType: 'm', text: 't' } },
    ],
    [
      { type: 'resource', resource: { uri: 'x', blob: '', _META: { a: 1 }, _meta: { b: 2 } } },
      { type: 'resource', resource: { uri: 'x', blob: '', _meta: { a: 1, b: 2 } } },
    ],
    [
      { type: 'resource', resource: { uri: 'x', blob: [1, null, 255] } },
      { type: 'resource', resource: { uri: 'x', blob: 'AQD/' } },
    ],
    [
      { type: 'resource', resource: { uri: null, blob: null, _meta: null } },
      { type: 'resource', resource: { uri: '' } },
    ],
  ])('the item %j is converted', (item, converted) => {
    proves('gateway:318');
    expect(convertToToolResult({ content: [item] })).toEqual({ ok: true, value: { content: [converted] } });
  });
  test('a resource item without a resource is dropped', () => {
    const content = [{ type: 'resource' }, { type: 'resource', resource: null }];
    expect(convertToToolResult({ content })).toEqual({ ok: true, value: { content: [] } });
  });
  test('isError is preserved only when it is true', () => {
    proves('gateway:318');
    expect(convertToToolResult({ content: [], isError: true })).toEqual({
      ok: true,
      value: { content: [], isError: true },
    });
    expect(convertToToolResult({ content: [], isError: 'yes' })).toEqual({ ok: true, value: { content: [] } });
    expect(convertToToolResult({ isError: true })).toEqual({ ok: true, value: textResult('{"isError":true}') });
  });
  test('a text can be appended', () => {
    expect(appendText(textResult('a', true), 'b')).toEqual({
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
      isError: true,
    });
  });
});

describe('errors', () => {
  test.each<readonly [readonly JsonValue[], string]>([
    [['x'], 'content item 0: expected map, got string'],
    [[{}, 1], 'content item 1: expected map, got float64'],
    [[true], 'content item 0: expected map, got bool'],
    [[null], 'content item 0: expected map, got <nil>'],
    [[[]], 'content item 0: expected map, got []interface {}'],
    [[{ type: 'image' }, 'x'], 'content item 1: expected map, got string'],
    [[{ type: 'image' }], "failed to decode image data: missing required 'data' field"],
    [[{ type: 'audio', data: null }], "failed to decode audio data: missing required 'data' field"],
    [[{ type: 'audio', data: {} }], 'failed to decode audio data: unsupported data type map[string]interface {}'],
    [[{ type: 'image', data: 'a-' }], 'failed to decode image data: illegal base64 data at input byte 1'],
    [
      [{ type: 'resource', resource: 'x' }],
      'failed to parse resource: json: cannot unmarshal string into Go value of type mcp.ResourceContents',
    ],
    [
      [{ type: 'resource', resource: { uri: 1, blob: 'a' } }],
      'failed to parse resource: illegal base64 data at input byte 0',
    ],
    [
      [{ type: 'resource', resource: { uri: 'x', text: true } }],
      'failed to parse resource: json: cannot unmarshal bool into Go struct field ResourceContents.text of type string',
    ],
    [
      [{ type: 'resource', resource: { blob: [300] } }],
      'failed to parse resource: json: cannot unmarshal number 300 into Go struct field ResourceContents.blob of type uint8',
    ],
    [
      [{ type: 'resource', resource: { blob: [1, -0] } }],
      'failed to parse resource: json: cannot unmarshal number -0 into Go struct field ResourceContents.blob of type uint8',
    ],
    [
      [{ type: 'resource', resource: { blob: 5 } }],
      'failed to parse resource: json: cannot unmarshal number into Go struct field ResourceContents.blob of type []uint8',
    ],
    [
      [{ type: 'resource', resource: { _meta: [] } }],
      'failed to parse resource: json: cannot unmarshal array into Go struct field ResourceContents._meta of type mcp.Meta',
    ],
  ])('the content %j is an error', (content, error) => {
    proves('gateway:319');
    expect(convertToToolResult({ content })).toEqual({ ok: false, error });
  });
});

/** Recorded from Go's `base64.StdEncoding`. */
describe('base64', () => {
  test.each([
    ['', ''],
    ['aGk=', 'aGk='],
    ['aGk=\n', 'aGk='],
    ['a\nG\rk=', 'aGk='],
    ['aG=\n=', 'aA=='],
    ['aHl=', 'aHk='],
    ['aaaa\n', 'aaaa'],
  ])('normalises %j to %j', (text, value) => expect(normalizeBase64(text)).toEqual({ ok: true, value }));
  test.each([
    ['aGk', 0],
    ['a', 0],
    ['aGk=x', 4],
    ['aG=x', 2],
    ['aG=', 3],
    ['a===', 1],
    ['=', 0],
    ['aGk-', 3],
    ['é', 0],
    ['aGkéaaaa', 3],
    ['aaaaaaaaaaaaaaaa aaaa', 16],
    ['aaaa=', 4],
    ['aaaa\na', 5],
    ['aaaa\na\na', 6],
  ])('%j stops at byte %j', (text, at) => {
    expect(normalizeBase64(text)).toEqual({ ok: false, error: `illegal base64 data at input byte ${at}` });
  });
});
