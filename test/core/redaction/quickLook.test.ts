/** The quick looks of redaction: they pass over nothing that the full search finds. */
import { array, assert, constantFrom, oneof, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Redactor } from '../../../src/core/redaction/redaction.ts';
import { tokenFormats } from '../../../src/core/redaction/formats/formatFinder.ts';
import { mayHoldSecret } from '../../../src/core/redaction/text/quickLook.ts';
import { findSecrets } from '../../../src/core/redaction/text/textSecrets.ts';
import { findKeyRule, KeyRules, mayEndKey } from '../../../src/core/redaction/values/secretKeys.ts';
import { keyTails, qualifiers } from '../../../src/core/redaction/values/secretNames.ts';
import { madeUp } from './cases/madeUp.ts';
import { textShapes } from './cases/shapes.ts';
import { tokenCases } from './cases/tokens.ts';

const redactor = new Redactor(() => 'h');

/** Whether the quick look lets a text through to the search. */
const looksAt = (text: string): boolean => {
  const json = JSON.stringify({ text });
  const start = json.indexOf(':') + 2;
  return mayHoldSecret(json, start, json.length - 2);
};

const isFound = (text: string): boolean => findSecrets(text, new KeyRules()).length > 0;

describe('the quick look at a string of JSON', () => {
  const secrets = [...tokenCases.map(([, token]) => token), ...textShapes.map(([, content]) => content)];

  it.each([...tokenCases, ...textShapes].map(([name, content]) => [name, content] as const))(
    'sees %s',
    (_name, content) => {
      for (const text of [content, `see ${content}`, `(${content})`].filter(isFound)) expect(looksAt(text)).toBe(true);
    },
  );

  it('sees what the search finds in any text', () => {
    const pieces = constantFrom(
      ...[
        'password',
        'api key',
        'token',
        ' is ',
        ' ',
        '=',
        ': ',
        '"',
        "'",
        ',',
        '-',
        '--',
        '\n',
        '://u:',
        '@h',
        '1',
        ')',
      ],
      ...[
        'name',
        'value',
        '</',
        '>',
        'Bearer ',
        'BY ',
        '１',
        '：',
        'é',
        '密码',
        '4111 1111 1111 1111',
        'a1B2c3D4e5F6g7H8',
      ],
    );
    const texts = array(oneof(pieces, constantFrom(...secrets), string({ maxLength: 5 })), { maxLength: 8 });
    assert(
      property(texts, (parts) => {
        const text = parts.join('');
        if (isFound(text)) expect(looksAt(text)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    'The pump of line 3 stops after an hour',
    'https://github.com/acme/widget/issues/100',
    '2026-05-06T07:08:09Z',
    'FIRST_TIME_CONTRIBUTOR',
    'code 17, over heat; see the manual (page three), or not',
  ])('passes over %s', (text) => expect(looksAt(text)).toBe(false));
});

it('knows the ends of all keys with a rule, in every style of names', () => {
  for (const name of [...keyTails.keys()].flatMap((tail) => [
    tail,
    ...[...qualifiers].map((word) => `${tail} ${word}`),
  ])) {
    const styles = [
      name,
      name.replaceAll(' ', '_'),
      name.replaceAll(/ (.)/g, (_all, letter: string) => letter.toUpperCase()),
    ];
    for (const key of styles.filter((style) => findKeyRule(style) !== null))
      expect(mayEndKey(key, key.length), key).toBe(true);
  }
});

it.each(['', '7', 'n', '\\n', ')', '--'])('finds a private key right after "%s"', (before) => {
  const key = `-----BEGIN PRIVATE KEY-----\n${madeUp('base64', 64)}\n-----END PRIVATE KEY-----`;
  expect(redactor.text(`${before}${key}`).text).toBe(`${before}«redacted:private-key:h»`);
  expect(redactor.json(JSON.stringify({ a: before + key })).text).toBe(
    JSON.stringify({ a: `${before}«redacted:private-key:h»` }),
  );
});

describe('a long run of token characters', () => {
  const data = madeUp('base62', 31).repeat(100);
  const hasPrefix = (token: string): boolean =>
    tokenFormats.some(({ prefixes }) => prefixes.some((prefix) => token.startsWith(prefix)));
  const tokens = tokenCases.filter(([, token]) => /^[\w.~+/=$-]+$/.test(token) && hasPrefix(token));

  it.each(tokens)('hides no %s after a separator or at its beginning', (_name, token) => {
    for (const text of [
      `${data}+${token}`,
      `${data}/${token}+${data}`,
      `${token}/${data}`,
      `${data}\\n${token}/${data}`,
    ]) {
      expect(redactor.text(text).text).not.toContain(token);
    }
  });
});
