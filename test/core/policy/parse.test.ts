/** Policy files: positions, hints, and warnings about values that the gateway silently accepts. */
import { array, assert, constantFrom, dictionary, jsonValue, oneof, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatProblem, type Problem } from '../../../src/core/base/parsed.ts';
import { allowOnlyFields, writeSinkFields } from '../../../src/core/policy/fields.ts';
import { policyJsonSchema } from '../../../src/core/policy/jsonSchema.ts';
import { parsePolicyText } from '../../../src/core/policy/parse.ts';
import { closest } from '../../../src/core/policy/suggest.ts';
import { proves } from '../../support/proves.ts';

const good = '{"allow-only":{"repos":"all","min-integrity":"none"}}';

describe('a valid policy has no problems', () => {
  test.each([
    good,
    `{"github": ${good}}`,
    '{"write-sink":{"accept":["*"]}}',
    '{"allowonly":{"repos":["o/r"],"integrity":"none"}}',
    '{"repos":"all","min-integrity":"none"}',
  ])('in the form %s', (text) => {
    const { value, problems } = parsePolicyText(text);
    expect(problems).toEqual([]);
    expect(value).not.toBeNull();
  });
});

test('a problem has its position, the words of the gateway and a hint', () => {
  proves('own:problems-have-places', 'own:policy-hints');
  const text = `{
  "allow-only": {
    "repos": ["acme/widget", "Acme/Docs"],
    "min_integrity": "none",
    "min-integrity": "aproved"
  }
}`;
  expect(parsePolicyText(text, 'policy.json').problems.map(formatProblem)).toEqual([
    'policy.json:4:5: error: allow-only contains unsupported field "min_integrity" [policy/unsupported-field]\n  Remove it: "min-integrity" is here already',
    'policy.json:5:22: error: allow-only.min-integrity must be one of: none, unapproved, approved, merged [policy/value]\n  Did you mean "approved"?',
    'policy.json:3:30: error: allow-only.repos scope "Acme/Docs" is invalid; expected owner/*, owner/repo, or owner/re* [policy/value]\n  Write "acme/docs": the gateway accepts lower case only',
  ]);
});

describe('errors', () => {
  test.each<[string, string, Partial<Problem>]>([
    [
      '{"allow-only": {,}}',
      'not-json',
      {
        message: "invalid character ',' looking for beginning of object key string",
        position: { line: 1, column: 17 },
      },
    ],
    [
      '// mine\n{}',
      'not-json',
      { hint: 'The gateway reads plain JSON: remove comments and trailing commas', position: { line: 1, column: 1 } },
    ],
    [
      '{"allow-only": {},}',
      'not-json',
      { hint: 'The gateway reads plain JSON: remove comments and trailing commas', position: { line: 1, column: 19 } },
    ],
    ['\ufeff{}', 'not-json', { hint: 'Save the file without a byte order mark' }],
    ['{"é": "', 'not-json', { message: 'unexpected end of JSON input', position: { line: 1, column: 8 } }],
    ['[]', 'type', { message: 'json: cannot unmarshal array into Go value of type map[string]json.RawMessage' }],
    [
      '{"allow-only":{"repos":"all","min-integrity":"none"},"trusted-bots":["b"]}',
      'unsupported-field',
      { position: { line: 1, column: 54 } },
    ],
    [
      '{"allow-only":{"repos":"all","min-integrity":"none","zzz":1}}',
      'unsupported-field',
      { hint: expect.stringContaining('Known here: repos, min-integrity') as string },
    ],
    [
      '{"allow-only":{"min-integrity":"none"}}',
      'missing',
      { hint: 'Add "repos": a list such as ["owner/repo"], "public", or "all" (the widest: every repository)' },
    ],
    [
      '{"allow-only":{"repos":["o/r.io"],"min-integrity":"none"}}',
      'value',
      { hint: 'Write "o/r*", which is wider: it allows all repositories of "o" whose names begin with "r"' },
    ],
    [
      '{"allow-only":{"repos":["acme"],"min-integrity":"none"}}',
      'value',
      { hint: 'Write "acme/*", which is wider: it allows all repositories of "acme"' },
    ],
    [
      '{"allow-only":{"repos":"all","min-integrity":"none"},"write-sink":{"accept":["*"]}}',
      'value',
      { message: 'policy must include either allow-only or write-sink, not both' },
    ],
    ['{"repos":"all"}', 'value', { message: 'repos specified without min-integrity' }],
    [`{"a":${good},"b":${good}}`, 'which-server', { message: 'The policies here are for the servers "a", "b"' }],
  ])('the policy %s has an error with a hint', (text, code, problem) => {
    const { value, problems } = parsePolicyText(text);
    expect(value).toBeNull();
    expect(problems[0]).toMatchObject({ severity: 'error', code: `policy/${code}`, ...problem });
  });
  test('reports a server that has no policy', () => {
    const text = `{"a":${good},"b":${good},"c":5}`;
    expect(parsePolicyText(text, undefined, 'a').value?.kind).toBe('allow-only');
    expect(parsePolicyText(text, undefined, 'd').problems[0]).toMatchObject({
      message: 'The policies here are for the servers "a", "b", not for "d"',
    });
    expect(parsePolicyText(text, undefined, 'c').problems[0]).toMatchObject({
      message: "invalid guard policy for server 'c': expected object",
      position: { column: text.indexOf('5') + 1 },
    });
  });
});

describe('warnings', () => {
  test.each<[string, string, Partial<Problem>]>([
    [
      '{"allow_only":{"blocked-users":[]}}',
      'none',
      { hint: 'Did you mean "allow-only"?', position: { line: 1, column: 2 } },
    ],
    ['{"github":{"alow-only":{}}}', 'none', { hint: 'Did you mean "allow-only"?', position: { line: 1, column: 12 } }],
    [
      '{"github":{"x":{}}}',
      'none',
      {
        hint: 'Begin it with "allow-only" or "write-sink"',
        message: 'The gateway finds no policy here (found "github") and would run the server without a guard',
      },
    ],
    [
      '{}',
      'none',
      { message: 'The gateway finds no policy here (the object is empty) and would run the server without a guard' },
    ],
    ['{"Allow-Only":{"repos":"all","min-integrity":"none"}}', 'spelling', { hint: 'Write "allow-only"' }],
    [
      '{"allow-only":{"repos":"all","min-integrity":"none","tool-call-limits":{"t":1}}}',
      'not-for-wasm-guards',
      { position: { line: 1, column: 53 } },
    ],
    ['{"allow-only":{"repos":"ALL","min-integrity":"none"}}', 'as-written', { hint: 'Write "all"' }],
    [
      '{"allow-only":{"repos":"all","min-integrity":"none","integrity":"merged"}}',
      'twice',
      { hint: 'Keep "min-integrity"' },
    ],
    [
      '{"write-sink":{"accept":["*"],"sink_visibility":"public"}}',
      'ignored-field',
      { hint: 'Did you mean "sink-visibility"?' },
    ],
    ['{"write-sink":{"accept":[" * "]}}', 'as-written', { hint: 'Write "*"', position: { line: 1, column: 26 } }],
    [
      '{"repos":"all","min-integrity":"none","blocked-users":[]}',
      'ignored-field',
      { message: 'The gateway ignores "blocked-users" when repos is at the top level' },
    ],
  ])('the policy %s has a warning with a hint', (text, code, problem) => {
    const { value, problems } = parsePolicyText(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ severity: 'warning', code: `policy/${code}`, ...problem });
    expect(value === null).toBe(code === 'none');
  });
});

describe('any text', () => {
  const key = constantFrom(
    'allow-only',
    'write-sink',
    'Allow-Only',
    'repos',
    'min-integrity',
    'integrity',
    'accept',
    'srv',
    'x',
    '__proto__',
  );
  const leaf = oneof(
    jsonValue(),
    constantFrom('all', 'none', 'o/r', '*', '', ' * '),
    array(constantFrom('o/r', 'O/r', '*', '')),
  );
  const object = dictionary(key, oneof(leaf, dictionary(key, oneof(leaf, dictionary(key, leaf)))));
  test('yields a policy or a problem with a position, and never throws', () => {
    proves('own:readers-never-throw', 'own:problems-have-places');
    assert(
      property(oneof(object, jsonValue()), string(), constantFrom(null, 'srv', 'x'), (value, noise, server) => {
        for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2) + noise, noise]) {
          const { value: policy, problems } = parsePolicyText(text, 'p.json', server);
          const refusals = problems.filter(({ severity, code }) => severity === 'error' || code === 'policy/none');
          expect(refusals.length > 0).toBe(policy === null);
          for (const { position } of problems)
            expect(position).toMatchObject({ file: 'p.json', line: expect.any(Number) as number });
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('a text that nests too deeply for the locator is still read', () => {
  const deep = `{"allow-only":{"repos":${'['.repeat(9000)}${']'.repeat(9000)},"min-integrity":"none"}}`;
  expect(parsePolicyText(deep).problems[0]).toMatchObject({ message: 'allow-only.repos array values must be strings' });
});

describe('suggestions', () => {
  const known = ['allow-only', 'write-sink', 'min-integrity'];
  test.each([
    ['allow_only', 'allow-only'],
    ['AllowOnly', 'allow-only'],
    ['allowOnlly', 'allow-only'],
    ['writesync', 'write-sink'],
    ['min integrity', 'min-integrity'],
    ['x', null],
    ['', null],
    ['read-only', null],
  ])('for the word %j: %j', (word, meant) => {
    expect(closest(word, known)).toBe(meant);
  });
});

test('the schema has exactly the fields of the table', () => {
  proves('own:schema-from-fields');
  expect(policyJsonSchema()).toMatchObject({
    properties: {
      'allow-only': { additionalProperties: false, required: ['repos', 'min-integrity'] },
      'write-sink': { required: ['accept'] },
    },
  });
  const { properties } = policyJsonSchema() as unknown as { properties: Record<string, { properties: object }> };
  expect(Object.keys(properties['allow-only']?.properties ?? {})).toEqual(allowOnlyFields.map(({ name }) => name));
  expect(Object.keys(properties['write-sink']?.properties ?? {})).toEqual(writeSinkFields.map(({ name }) => name));
});
