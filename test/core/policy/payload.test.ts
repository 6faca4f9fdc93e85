/** The payload of label_agent: every check in the gateway's order (behaviours 8.5). */
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/base/json.ts';
import {
  buildLabelAgentPayload,
  buildStrictLabelAgentPayload,
  normalizePolicyPayload,
} from '../../../src/core/policy/payload.ts';
import { proves } from '../../support/proves.ts';

const shape = 'invalid guard policy transport shape: ';
const expected = `${shape}expected {"allow-only":{"repos":...,"min-integrity":...}}`;
const outdated = 'gateway policy adapter is outdated: remove legacy envelope key policy before calling label_agent';

describe('normalizePolicyPayload', () => {
  test.each<[JsonValue | undefined, string]>([
    [undefined, 'policy is required'],
    [null, 'policy is required'],
    ['', 'policy string is empty'],
    [' \u0085\n', 'policy string is empty'],
    ['{', 'policy string is not valid JSON object: unexpected end of JSON input'],
    ['\ufeff{}', "policy string is not valid JSON object: invalid character 'ï' looking for beginning of value"],
    ['[1]', 'policy JSON must decode to an object'],
    ['"x"', 'policy JSON must decode to an object'],
    ['5', 'policy JSON must decode to an object'],
    ['null', 'policy JSON must decode to an object'],
  ])('%j is refused', (policy, error) => {
    proves('gateway:075', 'gateway:076', 'gateway:077', 'gateway:078');
    expect(normalizePolicyPayload(policy)).toEqual({ ok: false, error });
  });
  test.each<[JsonValue, JsonValue]>([
    [' {"a":1}\n', { a: 1 }],
    [{ a: 1 }, { a: 1 }],
    [5, 5],
    [[1], [1]],
    [false, false],
  ])('%j is accepted', (policy, value) => {
    proves('gateway:079', 'gateway:080');
    expect(normalizePolicyPayload(policy)).toEqual({ ok: true, value });
  });
});

describe('shape', () => {
  test.each<[JsonValue, string]>([
    [null, expected],
    [{ policy: { 'allow-only': {} } }, outdated],
    [{ policy: 1, 'allow-only': {} }, outdated],
    [[1], notAnObject('array')],
    [5, notAnObject('number')],
    [true, notAnObject('bool')],
    [{}, 'label_agent policy must use top-level allow-only object (received policy.allow-only)'],
    [{ 'Allow-Only': {} }, 'label_agent policy must use top-level allow-only object (received policy.allow-only)'],
    [{ 'allow-only': 1, b: 1, 'a"': 1 }, `${shape}unexpected key "a\\""`],
    [{ 'allow-only': 'x' }, expected],
    [{ 'allow-only': null }, expected],
    [
      { 'allow-only': { repos: 'all', bad: 1 } },
      `${shape}missing required fields repos and/or min-integrity in allow-only object`,
    ],
    [policyWith({ zzz: 1, bad: 1 }), `${shape}unexpected allow-only key "bad"`],
    [policyWith({ 'tool-call-limits': {} }), `${shape}unexpected allow-only key "tool-call-limits"`],
    [policyWith({ 'promotion-label': 'x' }), `${shape}unexpected allow-only key "promotion-label"`],
    [policyWith({ 'demotion-label': 'x' }), `${shape}unexpected allow-only key "demotion-label"`],
    [policyWith({ Repos: 'all' }), `${shape}unexpected allow-only key "Repos"`],
  ])('the policy %j is refused for its shape', (policy, error) => {
    proves('gateway:081', 'gateway:082', 'gateway:083', 'gateway:084', 'gateway:085', 'gateway:093', 'gateway:098');
    expect(buildStrictLabelAgentPayload(policy)).toEqual({ ok: false, error });
  });
});

describe('values', () => {
  const list = 'expected array of strings';
  const entry = 'each entry must be a non-empty string';
  const level = 'must be one of: none, unapproved, approved, merged';
  test.each<[JsonObject, string]>([
    [{ repos: 'private' }, 'invalid repos value: expected all, public, or non-empty array of scoped strings'],
    [{ repos: [] }, 'invalid repos value: expected all, public, or non-empty array of scoped strings'],
    [{ repos: null }, 'invalid repos value: expected all, public, or non-empty array of scoped strings'],
    [{ 'min-integrity': 'high' }, `min-integrity ${level}`],
    [{ 'min-integrity': 5, integrity: 'none' }, `min-integrity ${level}`],
    ...['blocked-users', 'approval-labels', 'trusted-users', 'endorsement-reactions', 'disapproval-reactions'].flatMap(
      (name): [JsonObject, string][] => [
        [{ [name]: 'x' }, `invalid ${name} value: ${list}`],
        [{ [name]: null }, `invalid ${name} value: ${list}`],
        [{ [name]: ['a', ' '] }, `invalid ${name} value: ${entry}`],
        [{ [name]: [1] }, `invalid ${name} value: ${entry}`],
      ],
    ),
    [
      { 'refusal-labels': 5 },
      'invalid refusal-labels value: expected array of strings or comma/newline-delimited string',
    ],
    [{ 'refusal-labels': ' ,\n' }, 'invalid refusal-labels value: must include at least one non-empty label'],
    [{ 'refusal-labels': '' }, 'invalid refusal-labels value: must include at least one non-empty label'],
    [{ 'refusal-labels': ['a', 1] }, `invalid refusal-labels value: ${entry}`],
    ...['disapproval-integrity', 'endorser-min-integrity'].flatMap((name): [JsonObject, string][] => [
      [{ [name]: '' }, `${name} ${level}`],
      [{ [name]: 1 }, `${name} ${level}`],
    ]),
  ])('the members %j are refused for their values', (members, error) => {
    proves(
      'gateway:086',
      'gateway:087',
      'gateway:088',
      'gateway:089',
      'gateway:095',
      'gateway:096',
      'gateway:097',
      'gateway:099',
      'gateway:100',
      'gateway:103',
    );
    expect(buildStrictLabelAgentPayload(policyWith(members))).toEqual({ ok: false, error });
  });
  test('an error has the name of the field as written', () => {
    const policy = { allowonly: { repos: 'all', integrity: 'high' } };
    expect(buildStrictLabelAgentPayload(policy)).toEqual({ ok: false, error: `integrity ${level}` });
  });
  test.each<[JsonValue, string]>([
    ['x', 'expected non-empty array of strings'],
    [[], 'must be a non-empty array when present'],
    [['a', ''], entry],
    [[1], entry],
  ])('trusted-bots %j', (bots, what) => {
    proves('gateway:094');
    const policy = { ...policyWith({}), 'trusted-bots': bots };
    expect(buildStrictLabelAgentPayload(policy)).toEqual({ ok: false, error: `invalid trusted-bots value: ${what}` });
  });
  test('reports the first fault in the gateway’s order', () => {
    const bad = [
      'disapproval-integrity',
      'disapproval-reactions',
      'endorsement-reactions',
      'trusted-users',
      'approval-labels',
      'refusal-labels',
      'blocked-users',
    ];
    const members: Record<string, JsonValue> = {};
    for (const name of bad) {
      members[name] = 5;
      const answer = buildStrictLabelAgentPayload(policyWith(members));
      expect(answer.ok ? '' : answer.error).toContain(name);
    }
    const bots = { ...policyWith({ 'trusted-users': 5 }), 'trusted-bots': 5 };
    expect(buildStrictLabelAgentPayload(bots)).toMatchObject({
      error: expect.stringContaining('trusted-bots') as string,
    });
    const labels = { ...policyWith({ 'approval-labels': 5 }), 'trusted-bots': 5 };
    expect(buildStrictLabelAgentPayload(labels)).toMatchObject({
      error: expect.stringContaining('approval-labels') as string,
    });
  });
});

describe('the payload', () => {
  test.each<JsonObject>([
    policyWith({}),
    policyWith({ repos: ' ALL ', 'min-integrity': ' Approved\t' }),
    policyWith({ repos: [' o/r ', 'o/*'], 'blocked-users': [], 'endorsement-reactions': [' x '] }),
    { allowonly: { repos: 'public', integrity: 'none' } },
    { 'allow-only': { repos: 'all', 'min-integrity': 'none' }, allowonly: 'unseen' },
    { ...policyWith({ integrity: 'unseen' }), 'trusted-bots': ['a'] },
  ])('%j does not change', (policy) => {
    proves('gateway:090', 'gateway:091', 'gateway:092');
    expect(buildStrictLabelAgentPayload(policy)).toEqual({ ok: true, value: policy });
  });
  test.each<[JsonValue, readonly string[]]>([
    [' a, b\n c,,\n', ['a', 'b', 'c']],
    [
      [' a ', 'a'],
      ['a', 'a'],
    ],
    [[], []],
  ])('has refusal-labels %j as a trimmed list', (labels, sent) => {
    proves('gateway:096', 'gateway:102', 'gateway:103');
    const policy = policyWith({ 'refusal-labels': labels });
    expect(buildStrictLabelAgentPayload(policy)).toEqual({ ok: true, value: policyWith({ 'refusal-labels': sent }) });
    expect(policy).toEqual(policyWith({ 'refusal-labels': labels }));
  });
});

describe('buildLabelAgentPayload', () => {
  test('returns the same value without bots and users', () => {
    proves('gateway:104');
    const policy = policyWith({});
    expect(buildLabelAgentPayload(policy, [], [])).toBe(policy);
    expect(buildLabelAgentPayload(undefined, [], [])).toBeUndefined();
  });
  test('adds bots at the top and users in allow-only, replaces existing ones, and does not modify the policy', () => {
    proves('gateway:105', 'gateway:106', 'gateway:109');
    const policy = { ...policyWith({ 'trusted-users': ['old'] }), 'trusted-bots': ['old'] };
    const copy = structuredClone(policy);
    expect(buildLabelAgentPayload(policy, ['b', 'a', 'a'], ['u'])).toEqual({
      ...policyWith({ 'trusted-users': ['u'] }),
      'trusted-bots': ['b', 'a', 'a'],
    });
    expect(policy).toEqual(copy);
  });
  test.each<[JsonValue]>([[{ allowonly: {} }], [{ 'allow-only': 5 }], [{}]])('does not add users to %j', (policy) => {
    proves('gateway:106');
    expect(buildLabelAgentPayload(policy, [], ['u'])).toEqual(policy);
  });
  test.each<[JsonValue]>([['{"allow-only":{}}'], [null], [5], [[1]]])('returns %j unchanged', (policy) => {
    proves('gateway:108');
    expect(buildLabelAgentPayload(policy, ['b'], ['u'])).toBe(policy);
  });
});

function policyWith(members: JsonObject): JsonObject {
  return { 'allow-only': { repos: 'all', 'min-integrity': 'none', ...members } };
}

function notAnObject(kind: string): string {
  const inner = `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`;
  return `failed to decode label_agent policy payload: policy must decode to a JSON object: ${inner}`;
}
