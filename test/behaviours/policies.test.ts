/** Configured policies: forms, checks and the normal form (behaviours 258 to 288). */
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/base/json.ts';
import { normalizeScopeKind } from '../../src/core/policy/normalize.ts';
import { buildStrictLabelAgentPayload } from '../../src/core/policy/payload.ts';
import { isRepoScope } from '../../src/core/policy/scopes.ts';
import { parseServerGuardPolicy } from '../../src/core/policy/serverPolicy.ts';
import { parseGuardPolicyJson } from '../../src/core/policy/validate.ts';
import { proves } from '../support/proves.ts';

const json = 'invalid guard policy JSON: ';

function allowOnly(members: JsonObject): string {
  return JSON.stringify({ 'allow-only': { repos: 'all', 'min-integrity': 'none', ...members } });
}

/** The normal form, or the error. */
function normalized(members: JsonObject): JsonObject | string {
  const parsed = parseGuardPolicyJson(allowOnly(members));
  if (!parsed.ok) return parsed.error;
  return parsed.value.kind === 'allow-only' ? parsed.value.normalized : 'a write-sink has none';
}

describe('levels', () => {
  test.each<[JsonObject, JsonObject]>([
    [{ 'min-integrity': ' Approved ' }, { 'min-integrity': 'approved' }],
    [{ 'min-integrity': 'MERGED' }, { 'min-integrity': 'merged' }],
    [{ 'disapproval-integrity': ' None' }, { 'disapproval-integrity': 'none' }],
    [{ 'disapproval-integrity': '', 'endorser-min-integrity': '  ' }, {}],
  ])('are normalized in %j', (members, form) => {
    proves('gateway:258');
    expect(normalized(members)).toEqual({ scope_kind: 'all', 'min-integrity': 'none', ...form });
  });
  test.each(['min-integrity', 'disapproval-integrity', 'endorser-min-integrity'])(
    'of %s are refused when they are unknown',
    (name) => {
      proves('gateway:258', 'gateway:263');
      expect(normalized({ [name]: 'high' })).toBe(
        `allow-only.${name} must be one of: none, unapproved, approved, merged`,
      );
    },
  );
  test('are normalized only in an allow-only policy', () => {
    proves('gateway:259');
    const sink = parseGuardPolicyJson('{"write-sink":{"accept":["*"]}}');
    expect(sink).toMatchObject({ ok: true, value: { kind: 'write-sink' } });
    expect(sink.ok && 'normalized' in sink.value).toBe(false);
    expect(parseGuardPolicyJson('null').ok).toBe(false);
    expect(parseGuardPolicyJson('{}').ok).toBe(false);
  });
});

describe('repos', () => {
  test.each([
    ['all', 'all'],
    ['ALL', 'all'],
    ['public', 'public'],
    [' public ', 'public'],
  ])('accept the word %j', (repos, kind) => {
    proves('gateway:260');
    expect(normalized({ repos })).toEqual({ scope_kind: kind, 'min-integrity': 'none' });
  });
  test.each(['private', 'o/r', ''])('refuse the word %j', (repos) => {
    proves('gateway:260');
    expect(normalized({ repos })).toBe("allow-only.repos string must be 'all' or 'public'");
  });
  test('are sorted when they are a list', () => {
    proves('gateway:261');
    expect(normalized({ repos: ['o/b', ' a/* ', 'o/a'] })).toMatchObject({
      scope_kind: 'scoped',
      scope_values: ['a/*', 'o/a', 'o/b'],
    });
  });
  test.each<[JsonValue, string]>([
    [[], 'allow-only.repos array must contain at least one scope'],
    [['o/r', ' o/r'], 'allow-only.repos must not contain duplicates'],
    [['o/r', 5], 'allow-only.repos array values must be strings'],
    [
      [' '],
      'Configuration error at allow-only.repos: repos is required\nSuggestion: Provide a non-empty value for repos',
    ],
    [5, "allow-only.repos must be 'all', 'public', or a non-empty array of repo scope strings"],
    [{ o: 'r' }, "allow-only.repos must be 'all', 'public', or a non-empty array of repo scope strings"],
  ])('refuse %j', (repos, error) => {
    proves('gateway:261');
    expect(normalized({ repos })).toBe(error);
  });
  test.each([
    ['own_er/re_po', true],
    ['own_er/*', true],
    ['owner/re.po', false],
    ['own.er/repo', false],
  ])('accept the scope %s: %s', (scope, ok) => {
    proves('gateway:277');
    expect(isRepoScope(scope)).toBe(ok);
    expect(typeof normalized({ repos: [scope] })).toBe(ok ? 'object' : 'string');
  });
});

describe('lists', () => {
  const users = ['blocked-users', 'refusal-labels', 'approval-labels', 'trusted-users'];
  test.each(users)('%s loses duplicates in any case and keeps the first spelling', (name) => {
    proves('gateway:262');
    expect(normalized({ [name]: [' Bob', 'alice', 'BOB', 'bob'] })).toMatchObject({ [name]: ['Bob', 'alice'] });
    expect(normalized({ [name]: ['a', ' '] })).toBe(
      `Configuration error at allow-only.${name}: ${name} is required\nSuggestion: Provide a non-empty value for ${name}`,
    );
  });
  test.each(['endorsement-reactions', 'disapproval-reactions'])(
    '%s is converted to upper case and loses duplicates',
    (name) => {
      proves('gateway:263');
      expect(normalized({ [name]: ['heart', 'Thumbs_up', 'HEART'] })).toMatchObject({ [name]: ['HEART', 'THUMBS_UP'] });
      expect(normalized({ [name]: [''] })).toMatch(`allow-only.${name}`);
    },
  );
  test('promotion-label and demotion-label are trimmed, and blank ones are dropped', () => {
    proves('gateway:265');
    const form = normalized({ 'promotion-label': ' good ', 'demotion-label': '  ' });
    expect(form).toMatchObject({ 'promotion-label': 'good' });
    expect(Object.keys(isJsonObject(form) ? form : {})).not.toContain('demotion-label');
    const parsed = parseGuardPolicyJson(allowOnly({ 'promotion-label': 'good', 'demotion-label': 'bad' }));
    const again = parseGuardPolicyJson(JSON.stringify(parsed.ok ? parsed.value.payload : null));
    expect(again).toEqual(parsed);
    expect(again).toMatchObject({ value: { payload: { 'allow-only': { 'demotion-label': 'bad' } } } });
  });
  test('tool-call-limits have trimmed names and no negative numbers', () => {
    proves('gateway:264');
    expect(normalized({ 'tool-call-limits': { ' list_issues ': 3, free: 0 } })).toMatchObject({
      'tool-call-limits': { list_issues: 3, free: 0 },
    });
    expect(normalized({ 'tool-call-limits': { t: -1 } })).toBe('allow-only.tool-call-limits["t"] must be >= 0');
    expect(normalized({ 'tool-call-limits': { ' ': 1 } })).toMatch(
      /^Configuration error at allow-only\.tool-call-limits: /,
    );
  });
});

describe('the text of a policy', () => {
  const policy = { repos: 'all', 'min-integrity': 'none' };
  test.each<[JsonValue]>([[{ 'allow-only': policy }], [{ allowonly: policy }], [{ 'ALLOW-ONLY': policy }]])(
    '%j has the policy in any spelling of its key',
    (given) => {
      proves('gateway:269', 'gateway:274', 'gateway:276');
      expect(parseGuardPolicyJson(JSON.stringify(given))).toMatchObject({
        value: { payload: { 'allow-only': policy } },
      });
    },
  );
  test.each([
    ['{', 'unexpected end of JSON input'],
    ['{"other":{}}', 'policy contains unsupported field "other"'],
    ['{}', 'policy must include allow-only or write-sink'],
    ['{"allow-only":{"min-integrity":"none"}}', 'allow-only must include repos'],
  ])('%s is refused', (text, error) => {
    proves('gateway:269', 'gateway:276', 'gateway:271');
    expect(parseGuardPolicyJson(text)).toEqual({ ok: false, error: json + error });
  });
  test.each(['7', '"{}"', '[{}]', 'true'])('%s is not a policy', (text) => {
    proves('gateway:270');
    expect(parseGuardPolicyJson(text)).toMatchObject({
      error: expect.stringMatching(/^invalid guard policy JSON: json: cannot unmarshal/) as string,
    });
  });
  test('an allow-only object may have all known members, each with its type', () => {
    proves('gateway:271', 'gateway:272');
    const members: JsonObject = {
      repos: ['o/r'],
      'min-integrity': 'approved',
      'tool-call-limits': { t: 1 },
      'blocked-users': ['b'],
      'refusal-labels': ['r'],
      'approval-labels': ['a'],
      'trusted-users': ['u'],
      'endorsement-reactions': ['HEART'],
      'disapproval-reactions': ['CONFUSED'],
      'disapproval-integrity': 'none',
      'endorser-min-integrity': 'merged',
      'promotion-label': 'p',
      'demotion-label': 'd',
    };
    const parsed = parseGuardPolicyJson(JSON.stringify({ 'allow-only': members }));
    expect(parsed).toMatchObject({ ok: true, value: { payload: { 'allow-only': members } } });
    expect(normalized({ zzz: 1 })).toBe(`${json}allow-only contains unsupported field "zzz"`);
    for (const [name, value] of Object.entries(members)) {
      if (name === 'repos') continue;
      const wrong = typeof value === 'string' ? 5 : name === 'tool-call-limits' ? [1] : { a: 1 };
      expect(normalized({ [name]: wrong })).toMatch(`${json}invalid allow-only.${name}: `);
    }
  });
  test.each<[JsonValue, readonly string[]]>([
    ['a,b', ['a', 'b']],
    [' a \n b,,', ['a', 'b']],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
  ])('refusal-labels accept %j', (given, labels) => {
    proves('gateway:273');
    expect(normalized({ 'refusal-labels': given })).toMatchObject({ 'refusal-labels': labels });
  });
  test.each<[JsonValue, string]>([
    [' , ', 'must include at least one label'],
    ['', 'must include at least one label'],
    [5, 'expected array of strings or comma/newline-delimited expression'],
    [['a', 1], 'expected array of strings or comma/newline-delimited expression'],
  ])('refusal-labels refuse %j', (given, error) => {
    proves('gateway:273');
    expect(normalized({ 'refusal-labels': given })).toBe(`${json}invalid allow-only.refusal-labels: ${error}`);
  });
  test('a payload is a copy of the policy', () => {
    proves('gateway:275');
    const given = { 'allow-only': { repos: 'all', 'min-integrity': 'none', 'refusal-labels': [' a '] } };
    const payload = buildStrictLabelAgentPayload(given);
    expect(payload).toMatchObject({ ok: true, value: { 'allow-only': { 'refusal-labels': ['a'] } } });
    expect(given['allow-only']['refusal-labels']).toEqual([' a ']);
    expect(buildStrictLabelAgentPayload(null).ok).toBe(false);
    expect(buildStrictLabelAgentPayload([1]).ok).toBe(false);
  });
  test('the scope kind of an answer is normalized in a copy', () => {
    proves('gateway:288');
    const answered = Object.freeze({ scope_kind: ' Repo ' });
    expect(normalizeScopeKind(answered)).toEqual({ scope_kind: 'repo' });
    expect(normalizeScopeKind({ scope_kind: 5, x: 1 })).toEqual({ scope_kind: 5, x: 1 });
    expect(normalizeScopeKind({})).toEqual({});
  });
});

describe('a write-sink', () => {
  const sink = (accept: JsonValue, visibility?: string): ReturnType<typeof parseGuardPolicyJson> =>
    parseGuardPolicyJson(
      JSON.stringify({
        'write-sink': { accept, ...(visibility === undefined ? {} : { 'sink-visibility': visibility }) },
      }),
    );
  test.each(['public', 'private', 'internal', '', ' Private ', 'INTERNAL'])(
    'accepts the visibility %j',
    (visibility) => {
      proves('gateway:281');
      expect(sink(['*'], visibility).ok).toBe(true);
    },
  );
  test.each(['secret', 'publik', 'pub lic'])('refuses the visibility %j', (visibility) => {
    proves('gateway:281');
    expect(sink(['*'], visibility).ok).toBe(false);
  });
  test.each<[JsonValue, boolean]>([
    [['*'], true],
    [[' * '], true],
    [['*', 'o'], false],
    [['o', '*'], false],
    [['o', ''], false],
    [['\t'], false],
    [['o', 'private:o', 'o/r', 'public:o/*', 'internal:o/re*'], true],
    [['o', 'o '], false],
    [[], false],
  ])('may have the accept list %j: %s', (accept, ok) => {
    proves('gateway:278', 'gateway:280', 'gateway:282');
    expect(sink(accept).ok).toBe(ok);
  });
});

describe('the policy of a server', () => {
  test.each<[JsonObject, boolean]>([
    [{ 'write-sink': { accept: ['*'] } }, true],
    [{ writesink: { accept: ['*'] } }, true],
    [{ allowonly: { repos: 'all', integrity: 'none' } }, true],
    [{ repos: 'public', integrity: 'none' }, true],
    [{}, false],
    [{ policy: 5, other: 6 }, false],
  ])('is found in %j: %s', (map, found) => {
    proves('gateway:283');
    expect(parseServerGuardPolicy('s', map)).toMatchObject({ ok: true, value: found ? expect.anything() : null });
  });
});
