/** The payload of label_agent: accepted and refused lists and values (behaviours 81 to 110). */
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/core/base/json.ts';
import { integrityLevels } from '../../src/core/policy/fields.ts';
import { buildLabelAgentPayload, buildStrictLabelAgentPayload } from '../../src/core/policy/payload.ts';
import { validRepos } from '../../src/core/policy/values.ts';
import { proves } from '../support/proves.ts';

const plain = { repos: 'all', 'min-integrity': 'none' };

function payloadOf(members: JsonObject, top: JsonObject = {}): ReturnType<typeof buildStrictLabelAgentPayload> {
  return buildStrictLabelAgentPayload({ 'allow-only': { ...plain, ...members }, ...top });
}

describe('the payload accepts', () => {
  test.each(integrityLevels)('the level %s', (level) => {
    proves('gateway:090');
    expect(payloadOf({ 'min-integrity': level }).ok).toBe(true);
  });

  test('the older names of both keys', () => {
    proves('gateway:091');
    expect(buildStrictLabelAgentPayload({ allowonly: { repos: 'all', integrity: 'merged' } }).ok).toBe(true);
  });

  test('trusted-bots beside the policy', () => {
    proves('gateway:092');
    expect(payloadOf({}, { 'trusted-bots': ['a[bot]'] }).ok).toBe(true);
  });

  test.each(['blocked-users', 'approval-labels', 'trusted-users', 'endorsement-reactions', 'disapproval-reactions'])(
    'a list of %s as written, also an empty one',
    (name) => {
      proves('gateway:095', 'gateway:097', 'gateway:099');
      for (const list of [[' a ', 'B'], []]) {
        expect(payloadOf({ [name]: list })).toMatchObject({ ok: true, value: { 'allow-only': { [name]: list } } });
      }
    },
  );

  test.each(integrityLevels)(
    'the level %s for disapproval-integrity and endorser-min-integrity, in any case',
    (level) => {
      proves('gateway:100');
      const upperCase = level.toUpperCase();
      expect(payloadOf({ 'disapproval-integrity': level, 'endorser-min-integrity': upperCase })).toMatchObject({
        value: { 'allow-only': { 'disapproval-integrity': level, 'endorser-min-integrity': upperCase } },
      });
    },
  );
});

describe('the payload needs both fields', () => {
  const shape = 'invalid guard policy transport shape: ';
  test.each<[JsonObject]>([[{ repos: 'all' }], [{ 'min-integrity': 'none' }], [{}]])('and refuses %j', (allowOnly) => {
    proves('gateway:085');
    const error = `${shape}missing required fields repos and/or min-integrity in allow-only object`;
    expect(buildStrictLabelAgentPayload({ 'allow-only': allowOnly })).toEqual({ ok: false, error });
  });
});

describe('refusal-labels as a list or as one string', () => {
  test.each<[JsonValue, readonly string[]]>([
    [
      [' a ', 'b'],
      ['a', 'b'],
    ],
    [[], []],
    ['a,b', ['a', 'b']],
    ['a\nb', ['a', 'b']],
    [' a , b\nc ', ['a', 'b', 'c']],
    ['  a  ', ['a']],
    ['a,, ,b', ['a', 'b']],
  ])('%j are accepted', (given, sent) => {
    proves('gateway:101', 'gateway:102', 'gateway:103');
    expect(payloadOf({ 'refusal-labels': given })).toMatchObject({
      value: { 'allow-only': { 'refusal-labels': sent } },
    });
  });
  test.each<[JsonValue, string]>([
    [5, 'expected array of strings or comma/newline-delimited string'],
    [true, 'expected array of strings or comma/newline-delimited string'],
    ['', 'must include at least one non-empty label'],
    [',', 'must include at least one non-empty label'],
    ['\n', 'must include at least one non-empty label'],
    ['   ', 'must include at least one non-empty label'],
  ])('%j are refused', (given, what) => {
    proves('gateway:101', 'gateway:103');
    expect(payloadOf({ 'refusal-labels': given })).toEqual({
      ok: false,
      error: `invalid refusal-labels value: ${what}`,
    });
  });
});

describe('with bots and users', () => {
  const policy = { 'allow-only': plain };
  test('the payload passes the check', () => {
    proves('gateway:107');
    const payload = buildLabelAgentPayload(policy, ['bot'], ['user']);
    expect(buildStrictLabelAgentPayload(payload ?? null)).toEqual({
      ok: true,
      value: { 'allow-only': { ...plain, 'trusted-users': ['user'] }, 'trusted-bots': ['bot'] },
    });
  });
});

describe('repos', () => {
  test.each<[JsonValue, boolean]>([
    ['all', true],
    ['ALL', true],
    [' all ', true],
    ['public', true],
    ['PUBLIC', true],
    ['private', false],
    ['', false],
    ['owner/repo', false],
    [['owner/repo'], true],
    [['owner/*', 'owner/re*'], true],
    [['owner'], false],
    [['Owner/repo'], false],
    [[], false],
    [[1], false],
    [['a/b', 'a/b'], false],
    [null, false],
    [7, false],
    [{ 'owner/repo': true }, false],
    [true, false],
  ])('%j are valid: %s', (repos, valid) => {
    proves('gateway:110', 'gateway:087');
    expect(validRepos(repos)).toBe(valid);
  });
});
