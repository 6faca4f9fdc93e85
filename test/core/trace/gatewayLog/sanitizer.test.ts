/** The sanitiser compared with recorded results of the gateway's, and the recovery of sanitised payloads. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeGoJson } from '../../../../src/core/go/goJson.ts';
import type { JsonValue } from '../../../../src/core/base/json.ts';
import {
  readSanitized,
  sanitizeJsonText,
  sanitizeText,
  toolNameInRemains,
} from '../../../../src/core/trace/gatewayLog/sanitizer.ts';
import { proves } from '../../../support/proves.ts';

interface Row {
  readonly in: string;
  readonly text: string;
  readonly json: string;
}

const rows = readFileSync(new URL('sanitized.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Row);

describe('the sanitiser of the gateway', () => {
  test('the recorded table is complete', () => expect(rows.length).toBe(35));
  test.each(rows)('$in', (row) => {
    proves('gateway:330', 'gateway:331');
    expect(sanitizeText(row.in)).toBe(row.text);
    expect(sanitizeJsonText(row.in)).toBe(row.json);
  });
});

describe('a sanitised payload', () => {
  const cases: readonly {
    name: string;
    original: string;
    value: JsonValue | null;
    redacted: boolean;
    remains?: string;
  }[] = [
    { name: 'nothing to hide', original: '{"a":[1,"b"]}', value: { a: [1, 'b'] }, redacted: false },
    { name: 'a member of tool arguments', original: '{"token":"x"}', value: { token: '[REDACTED]' }, redacted: true },
    {
      name: 'several members, nested',
      original: '{"a":{"key":"b","n":1},"l":[{"pwd":"c"}]}',
      value: { a: { key: '[REDACTED]', n: 1 }, l: [{ pwd: '[REDACTED]' }] },
      redacted: true,
    },
    {
      name: 'a commit, which leaves the JSON whole',
      original: '{"sha":"0123456789abcdef0123456789abcdef01234567"}',
      value: { sha: '[REDACTED]' },
      redacted: true,
    },
    {
      name: 'an assignment in a text, with more words after it',
      original: '{"text":"see key: abcdefghijk and more","n":1}',
      value: { text: 'see key=[REDACTED] and more', n: 1 },
      redacted: true,
    },
    {
      name: 'an assignment that swallowed the rest',
      original: '{"text":"see key: abcdefghijk","n":1}',
      value: null,
      redacted: true,
      remains: '{"text":"see key=[REDACTED]',
    },
    { name: 'no payload at all: a failed call', original: '', value: null, redacted: false, remains: '' },
  ];
  test.each(cases)('$name', ({ original, value, redacted, remains }) => {
    proves('own:redacted-values');
    const logged = decodeGoJson(sanitizeJsonText(original));
    expect(readSanitized(logged.ok ? logged.value : null)).toEqual({ value, redacted, remains: remains ?? null });
  });

  test('an object that only resembles the wrapper is a payload', () => {
    const alike = { _error: 'invalid JSON', _raw: 'x', more: 1 };
    expect(readSanitized(alike)).toEqual({ value: alike, redacted: false, remains: null });
    expect(readSanitized({ _error: 'other', _raw: '' }).value).toEqual({ _error: 'other', _raw: '' });
  });

  test('finds the mark in keys and in nested values', () => {
    expect(readSanitized({ a: [{ '[REDACTED]': 1 }] }).redacted).toBe(true);
    expect(readSanitized([['x [REDACTED] y']]).redacted).toBe(true);
    let deep: JsonValue = '[REDACTED]';
    for (let level = 0; level < 50_000; level++) deep = [deep];
    expect(readSanitized(deep).redacted).toBe(true);
  });
});

test.each([
  ['{"params":{"arguments":{"q":"a=[REDACTED] b"x},"name":"search"}}', 'search'],
  ['{"params":{"arguments":{"q":"a=[REDACTED]', null],
  ['{"params":{"arguments":{},"name":"with \\"quotes\\""}}', 'with "quotes"'],
  ['', null],
])('reads the tool name from the remains %s', (remains, tool) => {
  expect(toolNameInRemains(remains)).toBe(tool);
});
