/** The policy for all servers, compared with that of the gateway's own code for the same flags and variables (behaviours 286 and 287). */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/base/json.ts';
import {
  buildAllowOnlyPolicy,
  type Environment,
  type PolicyFlags,
  readFlag,
  resolvePolicyOverride,
} from '../../../src/core/policy/override.ts';
import { jsonLines } from '../../support/records/jsonLines.ts';

interface OverrideCase {
  readonly env?: Environment;
  readonly flags?: PolicyFlags;
  readonly error?: string;
  readonly policy?: JsonObject | null;
  readonly source?: string;
}

const cases = jsonLines('test/core/policy/override.cases.jsonl') as readonly OverrideCase[];

describe('behaviour 287: flags override the policy JSON of the environment, which overrides its four values', () => {
  test.each(cases.map((each) => [JSON.stringify([each.flags ?? {}, each.env ?? {}]), each] as const))(
    '%s',
    (_, { flags = {}, env = {}, error, policy, source }) => {
      const resolved = resolvePolicyOverride(flags, env);
      if (error !== undefined) return expect(resolved).toEqual({ ok: false, error });
      expect(resolved.ok).toBe(true);
      if (!resolved.ok) return;
      if (policy === null) return expect(resolved.value).toBeNull();
      expect(resolved.value).toMatchObject({ source, policy: { payload: policy } });
    },
  );
});

describe('behaviour 286: an allow-only policy from four values', () => {
  const scope = { scopePublic: false, scopeOwner: '', scopeRepo: '', minIntegrity: '' };

  test.each([
    [{}, null],
    [{ scopePublic: true, minIntegrity: 'none' }, 'public'],
    [{ scopeOwner: ' o ', minIntegrity: ' Approved ' }, ['o/*']],
    [{ scopeOwner: 'o', scopeRepo: ' r ', minIntegrity: 'un-approved' }, ['o/r']],
  ])('behaviour 286: %j yields %j', (given, repos) => {
    const built = buildAllowOnlyPolicy({ ...scope, ...given });
    if (repos === null) return expect(built).toEqual({ ok: true, value: null });
    expect(built).toMatchObject({ ok: true, value: { kind: 'allow-only', payload: { 'allow-only': { repos } } } });
  });

  test.each([
    [{ scopeRepo: 'r' }, 'allow-only scope repo requires allow-only scope owner'],
    [{ minIntegrity: 'none' }, 'exactly one AllowOnly scope variant must be set (public or owner[/repo])'],
    [
      { scopePublic: true, scopeOwner: 'o' },
      'exactly one AllowOnly scope variant must be set (public or owner[/repo])',
    ],
    [
      { scopePublic: true },
      'Configuration error at allow-only.min-integrity: min-integrity is required\nSuggestion: Specify the minimum integrity level (one of: none, unapproved, approved, merged)',
    ],
    [{ scopePublic: true, minIntegrity: 'high' }, 'min-integrity must be one of: none, unapproved, approved, merged'],
    [
      { scopeOwner: 'Upper', minIntegrity: 'none' },
      'allow-only.repos scope "Upper/*" is invalid; expected owner/*, owner/repo, or owner/re*',
    ],
  ])('behaviour 286: %j is refused', (given, error) => {
    expect(buildAllowOnlyPolicy({ ...scope, ...given })).toEqual({ ok: false, error });
  });
});

test.each([
  ['1', true],
  ['Yes', true],
  ['ON', true],
  ['0', false],
  ['no', false],
  ['OFF', false],
  ['', true],
  [' true', true],
  ['maybe', true],
])('the word %j means %j when the default is true', (word, meant) => {
  expect(readFlag({ X: word }, 'X', true)).toBe(meant);
});
