/** The policy that flags or the environment set for every server (behaviours 286 and 287). */
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../src/core/base/json.ts';
import { buildAllowOnlyPolicy, policyVariables, resolvePolicyOverride } from '../../src/core/policy/override.ts';
import { proves } from '../support/proves.ts';

describe('the policy for all servers', () => {
  const none = { scopePublic: false, scopeOwner: '', scopeRepo: '', minIntegrity: '' };
  test.each<[Partial<typeof none>, JsonValue]>([
    [{ scopePublic: true, minIntegrity: 'none' }, 'public'],
    [{ scopeOwner: ' acme ', minIntegrity: 'Approved' }, ['acme/*']],
    [{ scopeOwner: 'acme', scopeRepo: ' widget', minIntegrity: 'merged' }, ['acme/widget']],
  ])('is built from %j', (scope, repos) => {
    proves('gateway:286');
    expect(buildAllowOnlyPolicy({ ...none, ...scope })).toMatchObject({
      ok: true,
      value: { payload: { 'allow-only': { repos } } },
    });
  });
  test('is missing without values', () => {
    proves('gateway:286');
    expect(buildAllowOnlyPolicy(none)).toEqual({ ok: true, value: null });
  });
  test.each<[Partial<typeof none>, string]>([
    [{ scopeRepo: 'r', minIntegrity: 'none' }, 'allow-only scope repo requires allow-only scope owner'],
    [
      { scopePublic: true, scopeOwner: 'o', minIntegrity: 'none' },
      'exactly one AllowOnly scope variant must be set (public or owner[/repo])',
    ],
    [{ minIntegrity: 'none' }, 'exactly one AllowOnly scope variant must be set (public or owner[/repo])'],
    [{ scopePublic: true }, 'Configuration error at allow-only.min-integrity: min-integrity is required'],
    [{ scopePublic: true, minIntegrity: 'high' }, 'min-integrity must be one of: none, unapproved, approved, merged'],
  ])('is refused for %j', (scope, error) => {
    proves('gateway:286');
    const built = buildAllowOnlyPolicy({ ...none, ...scope });
    expect(built.ok ? '' : built.error.split('\n')[0]).toBe(error);
  });

  const flagJson = '{"allow-only":{"repos":"all","min-integrity":"merged"}}';
  const env = {
    [policyVariables.policyJson]: '{"allow-only":{"repos":"all","min-integrity":"approved"}}',
    [policyVariables.scopePublic]: '1',
    [policyVariables.minIntegrity]: 'none',
  };
  const level = (result: ReturnType<typeof resolvePolicyOverride>): unknown =>
    result.ok ? [result.value?.source, result.value?.policy.payload] : result.error;
  test('comes from flags, then the JSON of the environment, then its single values', () => {
    proves('gateway:287');
    const policyOf = (repos: string, min: string): JsonValue => ({ 'allow-only': { repos, 'min-integrity': min } });
    expect(level(resolvePolicyOverride({ policyJson: flagJson }, env))).toEqual(['cli', policyOf('all', 'merged')]);
    expect(level(resolvePolicyOverride({}, env))).toEqual(['env', policyOf('all', 'approved')]);
    const { [policyVariables.policyJson]: _, ...values } = env;
    expect(level(resolvePolicyOverride({}, values))).toEqual(['env', policyOf('public', 'none')]);
    expect(resolvePolicyOverride({}, {})).toEqual({ ok: true, value: null });
  });
  test('is an error when the first source is invalid, whatever the later ones are', () => {
    proves('gateway:287');
    expect(resolvePolicyOverride({ policyJson: '{' }, env).ok).toBe(false);
    expect(resolvePolicyOverride({}, { ...env, [policyVariables.policyJson]: '[]' }).ok).toBe(false);
  });
});
