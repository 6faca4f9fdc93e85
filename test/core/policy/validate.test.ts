/** Checks of a configured policy, its canonical form, and scopes (behaviours 8.16). */
import { describe, expect, test } from 'vitest';
import { buildGoJsonTree } from '../../../src/core/go/goJsonTree.ts';
import type { JsonValue } from '../../../src/core/base/json.ts';
import { normalizeAllowOnly, normalizeScopeKind } from '../../../src/core/policy/normalize.ts';
import { acceptEntryError, isOwner, isRepoScope } from '../../../src/core/policy/scopes.ts';
import { parseServerGuardPolicy } from '../../../src/core/policy/serverPolicy.ts';
import { checkGuardPolicy, parseGuardPolicyJson } from '../../../src/core/policy/validate.ts';
import { proves } from '../../support/proves.ts';

describe('scopes', () => {
  const owner = 'a'.repeat(39);
  test.each(['o/r', 'o/*', 'o/re*', 'o-1_2/r-1_2', `${owner}/${'r'.repeat(100)}`, `o/${'r'.repeat(100)}*`])(
    '%s is one',
    (scope) => {
      proves('gateway:266');
      expect(isRepoScope(scope)).toBe(true);
      expect(acceptEntryError(scope)).toBeNull();
    },
  );
  test.each([
    '',
    'o',
    'a/b/c',
    '/r',
    'o/',
    `a${owner}/r`,
    `o/${'r'.repeat(101)}`,
    'O/r',
    'o/r.x',
    'o/r x',
    'o/**',
    'o/re*po',
    'o/*re',
    'o/a*b*',
    'o/é',
    'o/r\n',
  ])('%j is not a scope', (scope) => {
    proves('gateway:267');
    expect(isRepoScope(scope)).toBe(false);
  });
  test.each(['o', '-', '_', '9', owner])('%s is an owner', (name) => {
    proves('gateway:268');
    expect(isOwner(name)).toBe(true);
  });
  test.each(['', 'O', 'o.', `${owner}a`, 'o/', 'o\n'])('%j is not an owner', (name) => {
    proves('gateway:268');
    expect(isOwner(name)).toBe(false);
  });
  test.each([
    ['private:o', null],
    ['public:o/*', null],
    ['internal:o/re*', null],
    ['Private:o', 'visibility prefix must be private, public, or internal; got "Private"'],
    ['secret:o/r', 'visibility prefix must be private, public, or internal; got "secret"'],
    [':o/r', 'scope ":o/r" is invalid; expected owner, owner/*, owner/repo, or owner/re*'],
    ['private:', 'scope "" is invalid; expected owner, owner/*, owner/repo, or owner/re*'],
    ['private:a:b', 'scope "a:b" is invalid; expected owner, owner/*, owner/repo, or owner/re*'],
    ['a b', 'scope "a b" is invalid; expected owner, owner/*, owner/repo, or owner/re*'],
  ])('accept entry %s', (entry, error) => {
    proves('gateway:279');
    expect(acceptEntryError(entry)).toBe(error);
  });
});

describe('the first fault is the one that the gateway reports', () => {
  const json = 'invalid guard policy JSON: ';
  const required =
    'Configuration error at allow-only.min-integrity: min-integrity is required\nSuggestion: Specify the minimum integrity level (one of: none, unapproved, approved, merged)';
  test.each([
    ['', `${json}unexpected end of JSON input`],
    ['5', `${json}json: cannot unmarshal number into Go value of type map[string]json.RawMessage`],
    ['"{}"', `${json}json: cannot unmarshal string into Go value of type map[string]json.RawMessage`],
    ['[]', `${json}json: cannot unmarshal array into Go value of type map[string]json.RawMessage`],
    ['null', `${json}policy must include allow-only or write-sink`],
    ['{}', `${json}policy must include allow-only or write-sink`],
    ['{"x":1,"allow-only":{}}', `${json}policy contains unsupported field "x"`],
    ['{"allow-only":{},"write-sink":{}}', `${json}policy must include either allow-only or write-sink, not both`],
    ['{"allow-only":[]}', `${json}json: cannot unmarshal array into Go value of type map[string]json.RawMessage`],
    ['{"allow-only":null}', `${json}allow-only must include repos`],
    ['{"allow-only":{"repos":null,"min-integrity":"none"}}', `${json}allow-only must include repos`],
    ['{"allow-only":{"repos":"all"}}', json + required],
    ['{"allow-only":{"repos":"all","min-integrity":" "}}', json + required],
    ['{"allow-only":{"repos":"all","min-integrity":null}}', json + required],
    [
      '{"allow-only":{"repos":"all","min-integrity":"x"}}',
      'allow-only.min-integrity must be one of: none, unapproved, approved, merged',
    ],
    ['{"write-sink":5}', `${json}json: cannot unmarshal number into Go value of type config.WriteSinkPolicy`],
    ['{"write-sink":null}', 'write-sink.accept must contain at least one entry'],
    [
      '{"write-sink":{"accept":"*"}}',
      `${json}json: cannot unmarshal string into Go struct field WriteSinkPolicy.accept of type []string`,
    ],
    [
      '{"write-sink":{"accept":["o"],"sink-visibility":"x"}}',
      'write-sink.sink-visibility must be one of: public, private, internal; got "x"',
    ],
    ['{"write-sink":{"accept":["o"," * "]}}', 'write-sink.accept wildcard "*" must be the only entry'],
    ['{"write-sink":{"accept":["o"," o "]}}', 'write-sink.accept must not contain duplicates'],
    [
      '{"write-sink":{"accept":["o/r.x"]}}',
      'write-sink.accept entry "o/r.x" is invalid: scope "o/r.x" is invalid; expected owner, owner/*, owner/repo, or owner/re*',
    ],
    [
      '{"write-sink":{"accept":[" "]}}',
      'Configuration error at write-sink.accept: accept is required\nSuggestion: Provide a non-empty value for accept',
    ],
  ])('the policy %s is refused with the error of the gateway', (text, error) => {
    proves('gateway:269', 'gateway:270', 'gateway:276', 'gateway:278', 'gateway:280', 'gateway:281', 'gateway:282');
    expect(parseGuardPolicyJson(text)).toEqual({ ok: false, error });
  });
  test.each([
    '{"write-sink":{"accept":[" * "]}}',
    '{"WRITESINK":{"Accept":["private:o","o/r"],"SINK-VISIBILITY":" Public ","other":1}}',
  ])('%s is accepted', (text) => {
    proves('gateway:278', 'gateway:280', 'gateway:281');
    expect(parseGuardPolicyJson(text)).toMatchObject({ ok: true, value: { kind: 'write-sink' } });
  });
});

test('finds all faults with their paths', () => {
  const text =
    '{"x":1,"allow-only":{"repos":["O/r","o/r","o/r",5],"bad":1,"min-integrity":"high","blocked-users":{},"approval-labels":["a"," "],"tool-call-limits":{"t":-1}}}';
  const { policy, faults } = checkGuardPolicy(buildGoJsonTree(text));
  expect(policy).toBeNull();
  expect(faults.map(({ kind, path }) => [kind, path.join('.')])).toEqual([
    ['unsupported-field', 'x'],
    ['unsupported-field', 'allow-only.bad'],
    ['type', 'allow-only.blocked-users'],
    ['value', 'allow-only.min-integrity'],
    ['value', 'allow-only.tool-call-limits.t'],
    ['value', 'allow-only.approval-labels.1'],
    ['value', 'allow-only.repos.0'],
    ['value', 'allow-only.repos.2'],
    ['value', 'allow-only.repos.3'],
  ]);
});

describe('payload and canonical form', () => {
  test('values stay as written, and empty ones are omitted', () => {
    proves('gateway:274');
    const text =
      '{"ALLOWONLY":{"Repos":[" o/r "],"integrity":" Approved ","blocked-users":[],"refusal-labels":" a ,b","trusted-users":["A","a"],"promotion-label":"","endorsement-reactions":["x","X"],"tool-call-limits":{" t ":0}}}';
    const parsed = parseGuardPolicyJson(text);
    expect(parsed).toEqual({
      ok: true,
      value: {
        kind: 'allow-only',
        payload: {
          'allow-only': {
            repos: [' o/r '],
            'min-integrity': ' Approved ',
            'tool-call-limits': { ' t ': 0 },
            'refusal-labels': ['a', 'b'],
            'trusted-users': ['A', 'a'],
            'endorsement-reactions': ['x', 'X'],
          },
        },
        normalized: {
          scope_kind: 'scoped',
          scope_values: ['o/r'],
          'min-integrity': 'approved',
          'tool-call-limits': { t: 0 },
          'refusal-labels': ['a', 'b'],
          'trusted-users': ['A'],
          'endorsement-reactions': ['X'],
        },
      },
    });
  });
  test('scopes are sorted by their bytes', () => {
    proves('gateway:261');
    const values = new Map<string, JsonValue>([
      ['repos', ['o/b', 'o/a_', 'o/a-']],
      ['min-integrity', 'none'],
    ]);
    expect(normalizeAllowOnly(values).normalized['scope_values']).toEqual(['o/a-', 'o/a_', 'o/b']);
  });
  test('scope_kind is normalized in a copy', () => {
    proves('gateway:288');
    const given = { scope_kind: ' ALL ', other: 1 };
    expect(normalizeScopeKind(given)).toEqual({ scope_kind: 'all', other: 1 });
    expect(given.scope_kind).toBe(' ALL ');
    expect(normalizeScopeKind({ scope_kind: 5 })).toEqual({ scope_kind: 5 });
  });
});

describe('the policy of a server', () => {
  const policy = { 'allow-only': { repos: 'all', 'min-integrity': 'none' } };
  const legacy = { repos: ['o/r'], integrity: ' Merged ' };
  test.each<[string, Record<string, JsonValue>]>([
    ['at the top level', policy],
    ['under its id', { srv: policy, other: 5 }],
    ['under the only key', { anything: policy }],
    ['under a misspelt key', { 'Allow-Only': policy['allow-only'] }],
  ])('is found %s', (_where, map) => {
    proves('gateway:283', 'gateway:285');
    expect(parseServerGuardPolicy('srv', map)).toMatchObject({ ok: true, value: { payload: policy } });
  });
  test.each<[Record<string, JsonValue>]>([
    [{}],
    [{ allow_only: {} }],
    [{ 'Allow-Only': policy['allow-only'], other: {} }],
    [{ a: policy, b: policy }],
    [{ a: 5 }],
    [{ a: {} }],
  ])('%j has no policy and no error', (map) => {
    proves('gateway:283', 'gateway:285');
    expect(parseServerGuardPolicy('srv', map)).toEqual({ ok: true, value: null });
  });
  test.each<[Record<string, JsonValue>, string]>([
    [{ srv: [] }, "invalid guard policy for server 'srv': expected object"],
    [{ 'allow-only': {} }, 'invalid server guard policy: invalid guard policy JSON: allow-only must include repos'],
    [
      { srv: { 'write-sink': { accept: [] } } },
      'invalid server guard policy: write-sink.accept must contain at least one entry',
    ],
    [{ repos: 'all' }, 'invalid server guard policy: repos specified without min-integrity'],
    [
      { repos: 'all', 'min-integrity': 5 },
      'invalid server guard policy: allow-only.min-integrity must be one of: none, unapproved, approved, merged',
    ],
    [
      { repos: 'all', 'min-integrity': null, integrity: 'none' },
      'invalid server guard policy: allow-only.min-integrity must be one of: none, unapproved, approved, merged',
    ],
    [
      { repos: 5, integrity: 'none' },
      "invalid server guard policy: allow-only.repos must be 'all', 'public', or a non-empty array of repo scope strings",
    ],
  ])('%j is refused', (map, error) => {
    proves('gateway:283', 'gateway:285');
    expect(parseServerGuardPolicy('srv', map)).toEqual({ ok: false, error });
  });
  test('the older form preserves repos and the level as written, and min-integrity overrides integrity', () => {
    proves('gateway:284');
    const payload = { 'allow-only': { repos: ['o/r'], 'min-integrity': ' Merged ' } };
    expect(parseServerGuardPolicy('srv', { srv: { ...legacy, 'blocked-users': 5 } })).toMatchObject({
      ok: true,
      value: { payload },
    });
    const both = parseServerGuardPolicy('srv', { ...legacy, 'min-integrity': 'none' });
    expect(both).toMatchObject({ value: { normalized: { 'min-integrity': 'none' } } });
  });
});
