/** Findings that need several calls: misspelt tags, unused scopes, repeated failures, and a guard that was killed. */
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import type { Problem } from '../../../src/core/base/parsed.ts';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import { lintCall } from '../../../src/core/lint/lintCall.ts';
import { SessionLint } from '../../../src/core/lint/session/sessionLint.ts';
import { similarKinds } from '../../../src/core/lint/session/similarTags.ts';
import { decision, guardCall } from '../../support/records/decisions.ts';
import { proves } from '../../support/proves.ts';

const policy = (repos: JsonValue): JsonValue => ({ 'allow-only': { repos, 'min-integrity': 'approved' } });

interface Session {
  readonly ofCalls: readonly Problem[];
  readonly ofSession: readonly Problem[];
}

function session(records: readonly Partial<DecisionRecord>[], of: JsonValue = policy('all')): Session {
  const lint = new SessionLint(new Map([[decision({}).server, of]]));
  const ofCalls = records.flatMap((record, index) => lint.add(decision({ ...record, index })));
  return { ofCalls, ofSession: lint.findings() };
}

function resource(...integrity: readonly string[]): Partial<DecisionRecord> {
  const output = JSON.stringify({ resource: { integrity }, operation: 'read' });
  return { resource: { description: '', secrecy: [], integrity }, guardCalls: [guardCall({ output })] };
}

function items(...tags: readonly string[]): Partial<DecisionRecord> {
  const evaluation = { allowed: true, decision: 'allow', reason: '', secrecyToAdd: [], integrityToDrop: [] } as const;
  const item = {
    index: 0,
    origin: 'path',
    path: '/0',
    description: '',
    integrity: [],
    data: null,
    ...evaluation,
  } as const;
  return { items: [{ ...item, secrecy: tags }] };
}

const agent = (...integrity: readonly string[]): Partial<DecisionRecord> => ({
  guardCalls: [
    guardCall({
      function: 'label_agent',
      output: JSON.stringify({ agent: { secrecy: [], integrity }, difc_mode: 'filter' }),
    }),
  ],
});

describe('a tag that is similar to an earlier one', () => {
  it.each<readonly [title: string, records: readonly Partial<DecisionRecord>[], tag: string, meant: string]>([
    ['of the agent', [agent('reviewed:o'), resource('revewed:o')], 'revewed:o', 'reviewed:o'],
    ['of the policy', [resource('aproved:o')], 'aproved:o', 'approved:o'],
    ['of another call', [items('private:a'), items('pirvate:b')], 'pirvate:b', 'private:b'],
    ['in another case', [items('private:a'), items('Private:a')], 'Private:a', 'private:a'],
    ['with another separator', [items('top-secret'), items('top_secret')], 'top_secret', 'top-secret'],
  ])('%s is reported once', (_title, records, tag, meant) => {
    proves('own:lint-session');
    const found = session([...records, ...records]).ofCalls;
    expect(found.map(({ code, subject, hint }) => [code, subject, hint])).toEqual([
      ['lint/similar-tag', tag, `Did you mean ${JSON.stringify(meant)}?`],
    ]);
  });

  it('has the answer and the correction', () => {
    const [found] = session([agent('reviewed:o'), resource('revewed:o')]).ofCalls;
    expect(found?.fix).toMatchObject({ replace: '"revewed:o"', by: '"reviewed:o"' });
    expect(found?.excerpt?.text).toContain('"revewed:o"');
  });
});

it.each([
  ['approved', 'unapproved'],
  ['none', 'note2'],
  ['level1', 'level2'],
  ['low', 'lows'],
  ['private', 'public'],
  ['merged', 'blocked'],
  ['secret', 'internal'],
  ['', 'a'],
])('"%s" and "%s" are different words', (one, other) => {
  expect(similarKinds(one, other)).toBe(false);
  expect(similarKinds(other, one)).toBe(false);
});

describe('an odd tag of an item', () => {
  it.each([[' private:a'], ['private:a '], ['']])('%j is reported', (tag) => {
    proves('own:lint-session');
    expect(session([items(tag)]).ofCalls.map(({ code }) => code)).toContain('lint/odd-tag');
  });

  it('is not reported when whitespace is inside', () => {
    expect(session([items('private:a b')]).ofCalls).toEqual([]);
  });
});

describe('the findings about a session', () => {
  it.each<
    readonly [title: string, records: readonly Partial<DecisionRecord>[], repos: JsonValue, codes: readonly string[]]
  >([
    ['a scope that no call names', [{ args: { path: '/acme/docs' } }], ['acme/docs', 'acme/web'], ['scope-unmatched']],
    [
      'scopes that arguments name',
      [{ args: { owner: 'Acme', repo: 'web' } }, { args: { path: 'acme/docs/x' } }],
      ['acme/web', 'acme/docs'],
      [],
    ],
    ['scopes that tags name', [items('private:acme/web', 'private:docs')], ['acme/web', 'acme/docs'], []],
    [
      'scopes with a wildcard',
      [{ args: { owner: 'acme' } }, { args: { owner: 'beta', repo: 'webapp' } }],
      ['acme/*', 'beta/web*'],
      [],
    ],
    [
      'a scope whose name only begins like a repository',
      [{ args: { path: 'acme/website' } }],
      ['acme/web'],
      ['scope-unmatched'],
    ],
    ['repos that are not a list', [{}], 'all', []],
    [
      'a lone tag with a similar scope',
      [items('private:customers'), items('private:customers'), items('private:custmers')],
      'all',
      ['lone-tag'],
    ],
    [
      'lone tags with other scopes',
      [items('private:one'), items('private:one'), items('private:two'), items('private:repo7')],
      'all',
      [],
    ],
    ['a session without calls', [], ['acme/web'], []],
  ])('%s', (_title, records, repos, codes) => {
    proves('own:lint-session');
    const { ofSession } = session(records, policy(repos));
    expect(ofSession.map(({ code }) => code.replace('lint/', ''))).toEqual(codes);
    for (const { severity, hint } of ofSession)
      expect([severity, hint]).toEqual(['info', expect.stringMatching(/^[A-Z]/)]);
  });
});

describe('failures', () => {
  const failed = (error: string, patch = {}): Partial<DecisionRecord> => ({
    error: `guard labeling failed: ${error}`,
    endedIn: 1,
    outcome: 'error',
    guardCalls: [guardCall({ error, output: null, ...patch })],
  });
  const trapped = failed('WASM function call failed: wasm error: unreachable', { poisoned: true });
  const after = failed("WASM guard 'g' is unavailable after a previous trap: …", { poisoned: true, attempts: [] });

  it('that repeat are one finding with its count and its first call', () => {
    proves('own:lint-session');
    const code = 'WASM function returned error code: -1';
    const { ofSession } = session([{}, failed(code), {}, failed(code), failed(code), failed('another one')]);
    expect(ofSession.map(({ code: name, message, count }) => [name, message, count])).toEqual([
      [
        'lint/repeated-failure',
        `label_resource failed with the same error in 3 of 6 calls, first in call 2: ${code}`,
        3,
      ],
    ]);
  });

  it('after a trap are counted apart, and the trap is named at its call', () => {
    proves('own:lint-session');
    const { ofSession } = session([{}, trapped, after, after]);
    expect(ofSession.map(({ code, message }) => [code, message])).toEqual([
      ['lint/refused-after-trap', '2 calls were refused only because the guard was killed in call 2'],
    ]);
    const [killed, ...rest] = lintCall(decision(trapped));
    expect(rest).toEqual([]);
    expect(killed).toMatchObject({ code: 'lint/guard-killed', severity: 'warning' });
    expect(killed?.message).toContain('label_resource ended with "wasm error: unreachable"');
    expect(lintCall(decision(after))).toEqual([]);
  });

  it('of the backend and denials are not counted', () => {
    const denied: Partial<DecisionRecord> = { error: 'DIFC Violation', endedIn: 2, outcome: 'denied' };
    expect(
      session([denied, denied, { error: 'backend', endedIn: 3 }, { error: 'backend', endedIn: 3 }]).ofSession,
    ).toEqual([]);
  });
});

describe('an operation and the annotations of the tool', () => {
  const tool = { name: 'delete_file', readOnly: null, destructive: null };
  const call = (operation: 'read' | 'write' | 'read-write'): DecisionRecord =>
    decision({ operation, guardCalls: [guardCall({ output: JSON.stringify({ resource: {}, operation }) })] });

  it.each<
    readonly [
      readOnly: boolean | null,
      destructive: boolean | null,
      operation: 'read' | 'write' | 'read-write',
      words: string | null,
    ]
  >([
    [null, true, 'read', 'destructive (destructiveHint)'],
    [false, null, 'read', 'not read-only (readOnlyHint is false)'],
    [false, false, 'read', 'not read-only'],
    [true, null, 'write', 'read-only (readOnlyHint)'],
    [true, true, 'read-write', 'read-only (readOnlyHint)'],
    [true, true, 'read', null],
    [false, true, 'write', null],
    [null, null, 'read', null],
    [null, false, 'read', null],
    [null, null, 'write', null],
  ])('readOnlyHint %j and destructiveHint %j with %s', (readOnly, destructive, operation, words) => {
    proves('own:lint-session');
    const found = lintCall(call(operation), { ...tool, readOnly, destructive });
    expect(found.map(({ code }) => code)).toEqual(words === null ? [] : ['lint/operation-of-tool']);
    if (words !== null) expect(found[0]?.message).toContain(words);
  });

  it('of a tool that the server did not list give no finding', () => expect(lintCall(call('read'))).toEqual([]));
});
