/** Redaction of made-up secrets in documented forms and in all places, and of ordinary texts that look similar. */
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import { formatTable, markedTable } from '../../../src/core/redaction/formats/tokenFormat.ts';
import { tokenFormats } from '../../../src/core/redaction/formats/formatFinder.ts';
import { markedFormats } from '../../../src/core/redaction/formats/tokenFormatsPlain.ts';
import { Redactor } from '../../../src/core/redaction/redaction.ts';
import { proves } from '../../support/proves.ts';
import { madeUp } from './cases/madeUp.ts';
import { ordinaryJson, ordinaryTexts } from './cases/ordinary.ts';
import { jsonShapes, textShapes } from './cases/shapes.ts';
import { tokenCases } from './cases/tokens.ts';

/** Hash of tests: the number of the secret, so that nothing of it can be in the result. */
function newRedactor(): Redactor {
  const known: string[] = [];
  return new Redactor((secret) => {
    if (!known.includes(secret)) known.push(secret);
    return `n${known.indexOf(secret)}`;
  });
}

const text = (value: string): string => newRedactor().text(value).text;
const json = (value: JsonValue): string => newRedactor().json(JSON.stringify(value)).text;
const message = (result: JsonValue): JsonValue => ({ jsonrpc: '2.0', id: 1, result });

/** Expects that neither the secret nor its form in a JSON string is in a text, and that a second redaction changes nothing. */
function expectGone(redacted: string, secret: string, again: (redactor: Redactor) => { readonly count: number }): void {
  expect(redacted).not.toContain(secret);
  expect(redacted).not.toContain(JSON.stringify(secret).slice(1, -1));
  expect(again(newRedactor()).count).toBe(0);
}

/** Places whose secret is a word that could be the name of a variable. */
const undecided: ReadonlySet<string> = new Set(['flow in YAML']);

describe('tokens in documented forms', () => {
  it.each(tokenCases)('%s is redacted in a sentence, a quoted value, a variable and an address', (_name, token) => {
    proves('own:secrets-token-formats');
    const texts = [`use ${token} now`, `key="${token}"`, `X=${token}`, `https://h.test/x?k=${token}`, `(${token})`];
    for (const content of texts) {
      expect(text(content)).not.toContain(token);
      const inJson = json(message({ content }));
      expectGone(inJson, token, (redactor) => redactor.json(inJson));
    }
    expect(text(`a: "x\\n${token}\\n"`)).not.toContain(token);
  });

  it('are rows with a prefix of at least two characters, a pattern and a public page', () => {
    for (const { rule, prefixes, body, source } of tokenFormats) {
      expect(rule).toMatch(/^[\da-z-]+$/);
      expect(prefixes.every((prefix) => prefix.length >= 2)).toBe(true);
      expect(new RegExp(body).test('')).toBe(false);
      expect(source).toMatch(/^https:\/\/\S+$/);
    }
    for (const { mark, longest, pattern, source } of markedFormats) {
      expect([mark.length > 0, longest > 0, pattern.flags]).toEqual([true, true, 'g']);
      expect(source).toMatch(/^https:\/\/\S+$/);
    }
  });

  it('are read from a table', () => {
    expect(formatTable('a-key (mixed) | x_ y_ | \\w{9} | https://a.test')).toEqual([
      { rule: 'a-key', prefixes: ['x_', 'y_'], body: '\\w{9}', source: 'https://a.test', mixed: true },
    ]);
    expect(markedTable('b | - | 9 | a-b | https://b.test')).toEqual([
      { rule: 'b', mark: '-', longest: 9, pattern: /a-b/g, source: 'https://b.test' },
    ]);
  });

  it('are told from words, examples and identifiers that begin alike', () => {
    for (const word of [
      `ghp_${'x'.repeat(36)}`,
      'AKIAIOSFODNN7EXAMPLE',
      'sk-learn-contrib-package-2-long-name-here',
      'hf_transformers_training_guide_for_all_of_us',
      'npm_config_registry_timeout_in_seconds_value',
    ]) {
      expect(newRedactor().text(`see ${word} there`).count).toBe(0);
    }
  });
});

describe('secrets in all places', () => {
  it.each(jsonShapes.filter(([name]) => !undecided.has(name)))('%s is redacted in JSON', (_name, content, secret) => {
    proves('own:secrets-by-key');
    const redacted = json(message(content));
    expectGone(redacted, secret, (redactor) => redactor.json(redacted));
  });

  it.each(textShapes.filter(([name]) => !undecided.has(name)))('%s is redacted in a text', (_name, content, secret) => {
    const redacted = text(content);
    expectGone(redacted, secret, (redactor) => redactor.text(redacted));
    const inJson = json(message({ content: [{ type: 'text', text: content }] }));
    expectGone(inJson, secret, (redactor) => redactor.json(inJson));
  });
});

describe('ordinary values', () => {
  it.each(ordinaryTexts)('%s stays as a text and in JSON', (_name, content) => {
    proves('own:ordinary-values-stay');
    expect(newRedactor().text(content)).toEqual({ text: content, count: 0 });
    const inJson = JSON.stringify(message({ content: [{ type: 'text', text: content }] }));
    expect(newRedactor().json(inJson)).toEqual({ text: inJson, count: 0 });
  });

  it.each(ordinaryJson)('%s stays', (_name, content) => {
    const before = JSON.stringify(message(content));
    expect(newRedactor().json(before)).toEqual({ text: before, count: 0 });
  });
});

describe('types of JSON', () => {
  it('stay: a number becomes a negative number, the same for the same secret', () => {
    const value = {
      password: 12345678,
      again: { password: 12345678 },
      other: { access_token: 87654321 },
      pin: [4711, 12],
    };
    const result = JSON.parse(json(value)) as typeof value;
    expect(result.password).toBeLessThan(0);
    expect(result.again.password).toBe(result.password);
    expect(result.other.access_token).not.toBe(result.password);
    expect(result.pin).toEqual([expect.any(Number), 12]);
    expect(result.pin[0]).toBeLessThan(0);
    expect(newRedactor().json(JSON.stringify(result)).count).toBe(0);
  });

  it('stay in fragments of JSON: no quotes around a number', () => {
    expect(text('got {"password": 12345678, "n": 1} …')).toMatch(/^got \{"password": -\d{9}, "n": 1\} …$/);
  });

  it('stay for lists, objects, null and booleans under secret keys', () => {
    const token = madeUp('base62', 24);
    const value = { secrets: { list: [token, null, true, 3], inner: { key: token, on: false } }, passwords: [] };
    const result = JSON.parse(json(value)) as typeof value;
    expect(result.secrets.list.slice(1)).toEqual([null, true, 3]);
    expect(result.secrets.inner.on).toBe(false);
    expect(result.passwords).toEqual([]);
    expect([result.secrets.list[0], result.secrets.inner.key]).toEqual([
      expect.stringMatching(/^«redacted:secret:n0»$/),
      expect.stringMatching(/^«redacted:secret:n0»$/),
    ]);
  });
});

describe('what the same secret gets', () => {
  it('is the same mark in JSON, in a text in it and in a command', () => {
    const secret = `${madeUp('letters', 8)}7!x`;
    const { text: redacted, count } = newRedactor().json(
      JSON.stringify({ password: secret, text: `password=${secret};`, args: ['--password', secret] }),
    );
    expect(count).toBe(3);
    expect(new Set(redacted.match(/«redacted:password:n\d+»/g)).size).toBe(1);
  });

  it('is the rule of its form where its place has one, too', () => {
    const token = `ghp_${madeUp('base62', 36)}`;
    expect(text(`token=${token}`)).toBe('token=«redacted:github-token:n0»');
    expect(text(`https://${token}@github.test/a.git`)).toBe('https://«redacted:github-token:n0»@github.test/a.git');
    expect(json({ api_key: token })).toBe('{"api_key":"«redacted:github-token:n0»"}');
  });
});

it('finds secrets in wide characters and keeps all other characters', () => {
  expect(text('１２ ｐａｓｓｗｏｒｄ： Gr4nite!moth7 ＥＮＤ')).toBe(
    '１２ ｐａｓｓｗｏｒｄ： «redacted:password:n0» ＥＮＤ',
  );
});
