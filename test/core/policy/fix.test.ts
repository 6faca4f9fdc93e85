/** Corrections of policies: each hint that names one gives an edit, after which the gateway reads what was meant. */
import { describe, expect, it } from 'vitest';
import { linePositions } from '../../../src/core/base/textPlaces.ts';
import { policyFix } from '../../../src/core/policy/fix.ts';
import { parsePolicyText } from '../../../src/core/policy/parse.ts';
import { proves } from '../../support/proves.ts';

/** The offset of a line and a column, which count from 1. */
function offsetOf(
  text: string,
  { line = 1, column = 1 }: { readonly line?: number; readonly column?: number },
): number {
  const place = linePositions(text);
  for (let at = 0; at <= text.length; at++) {
    const found = place(at);
    if (found.line === line && found.column === column) return at;
  }
  throw new Error(`No ${line}:${column}`);
}

/** The text after the fix of its first problem with one; null when none has. */
function fixed(text: string): { readonly title: string; readonly text: string } | null {
  for (const { position = {}, hint = '' } of parsePolicyText(text).problems) {
    const fix = policyFix(text, offsetOf(text, position), hint);
    if (fix === null) continue;
    const after = text.slice(0, fix.offset) + fix.text + text.slice(fix.offset + fix.length);
    return { title: fix.title, text: after };
  }
  return null;
}

const policy = (repos: string, rest = '"min-integrity": "none"'): string =>
  `{"allow-only": {"repos": ${repos}, ${rest}}}`;

describe('the correction of a policy', () => {
  it.each<[string, string, string, string]>([
    [
      'a misspelt level',
      policy('"all"', '"min-integrity": "aproved"'),
      'Replace by "approved"',
      policy('"all"', '"min-integrity": "approved"'),
    ],
    ['a misspelt key', policy('"all"', '"min-integritty": "none"'), 'Replace by "min-integrity"', policy('"all"')],
    ['a scope in upper case', policy('["Owner/Repo"]'), 'Replace by "owner/repo"', policy('["owner/repo"]')],
    ['an owner as a scope', policy('["owner"]'), 'Replace by "owner/*"', policy('["owner/*"]')],
    ['a scope twice, the last', policy('["a/b", "a/c", "a/b"]'), 'Remove "a/b"', policy('["a/b", "a/c"]')],
    ['an empty scope, the first', policy('["", "a/b"]'), 'Remove ""', policy('["a/b"]')],
    ['a list in quotes', policy('"[\\"a/b\\"]"'), 'Replace by ["a/b"]', policy('["a/b"]')],
    ['a scope in place of a list', policy('"a/b"'), 'Replace by ["a/b"]', policy('["a/b"]')],
    [
      'a key that may not be here',
      `{"trusted-bots": ["x"], ${policy('"all"').slice(1)}`,
      'Remove "trusted-bots": ["x"]',
      policy('"all"'),
    ],
    [
      'a field that no guard gets',
      policy('"all"', '"min-integrity": "none", "tool-call-limits": {"a": 1}'),
      'Remove "tool-call-limits": {"a": 1}',
      policy('"all"'),
    ],
  ])('of %s', (_of, before, title, after) => {
    proves('own:policy-fixes');
    expect(fixed(before)).toEqual({ title, text: after });
    expect(parsePolicyText(after).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('of comments and trailing commas is the plain value', () => {
    proves('own:policy-fixes');
    const text = `// mine\n${policy('["a/b",]')}`;
    const result = fixed(text);
    expect(result?.title).toBe('Remove comments and trailing commas');
    expect(JSON.parse(result?.text ?? '')).toEqual(JSON.parse(policy('["a/b"]')));
  });

  it.each([
    ['an example', policy('[5]')],
    ['what to add', '{"allow-only": {"repos": "all"}}'],
    ['no value', ''],
    ['no problem', policy('"all"')],
  ])('is not made from %s', (_from, text) => {
    expect(fixed(text)).toBeNull();
  });
});
