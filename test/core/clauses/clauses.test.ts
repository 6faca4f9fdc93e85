/** The clauses of policies in JSON and TOML: where they stand, and what the text is without each. */
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import {
  clauseCalls,
  clauseLens,
  type ClauseEffect,
  waitText,
  withoutText,
} from '../../../src/core/clauses/clauseText.ts';
import { type ClauseInForce, clausesOfConfig, clausesOfPolicy } from '../../../src/core/clauses/clausesOfFile.ts';
import { edited } from '../../../src/core/clauses/written.ts';
import { parsePolicyText } from '../../../src/core/policy/parse.ts';
import { proves } from '../../support/proves.ts';

const whole = `{
  "allow-only": {
    "repos": ["acme/one", "acme/two*"],
    "min-integrity": "approved",
    "tool-call-limits": { "push": 3, "fork": 1 },
    "blocked-users": ["mallory"],
    "refusal-labels": "secret, internal",
    "approval-labels": ["ok", "fine",],
    "disapproval-integrity": "none"
  }
}`;

const ids = (clauses: readonly ClauseInForce[]): readonly string[] => clauses.map(({ id }) => id);
const find = (clauses: readonly ClauseInForce[], id: string): ClauseInForce => {
  const found = clauses.find((clause) => clause.id === id);
  if (found === undefined) throw new Error(`no clause ${id} among ${ids(clauses).join(', ')}`);
  return found;
};
const without = (text: string, { without: edit }: ClauseInForce): string => (edit === null ? text : edited(text, edit));
/** What stands at the place of a clause. */
const placed = (text: string, { place }: ClauseInForce): string => text.slice(place.start, place.end);
const allowOnlyWithout = (clause: ClauseInForce, text = whole): unknown =>
  (JSON.parse(without(text, clause).replace(',]', ']')) as { readonly 'allow-only': unknown })['allow-only'];

describe('the clauses of a policy file', () => {
  const clauses = clausesOfPolicy(whole);

  it('are its fields, the entries of its lists, and the limits of tools', () => {
    proves('own:policy-clauses');
    expect(ids(clauses)).toEqual([
      'repos',
      'repos=acme/one',
      'repos=acme/two*',
      'min-integrity',
      'tool-call-limits=push',
      'tool-call-limits=fork',
      'blocked-users=mallory',
      'refusal-labels',
      'approval-labels',
      'approval-labels=ok',
      'approval-labels=fine',
      'disapproval-integrity',
    ]);
    expect(clauses.map((clause) => placed(whole, clause)).slice(0, 5)).toEqual([
      '"repos"',
      '"acme/one"',
      '"acme/two*"',
      '"min-integrity"',
      '"push"',
    ]);
  });

  it('are left out with their commas, or replaced by the widest value where the gateway requires one', () => {
    proves('own:policy-clauses');
    const field = (id: string): unknown => allowOnlyWithout(find(clauses, id));
    expect(field('repos=acme/one')).toMatchObject({ repos: ['acme/two*'] });
    expect(field('repos=acme/two*')).toMatchObject({ repos: ['acme/one'] });
    expect(field('repos')).toMatchObject({ repos: 'all' });
    expect(field('min-integrity')).toMatchObject({ 'min-integrity': 'none' });
    expect(field('tool-call-limits=push')).toMatchObject({ 'tool-call-limits': { fork: 1 } });
    expect(field('tool-call-limits=fork')).toMatchObject({ 'tool-call-limits': { push: 3 } });
    expect(field('blocked-users=mallory')).not.toHaveProperty('blocked-users');
    expect(field('refusal-labels')).not.toHaveProperty('refusal-labels');
    expect(field('approval-labels=fine')).toMatchObject({ 'approval-labels': ['ok'] });
    expect(field('disapproval-integrity')).not.toHaveProperty('disapproval-integrity');
  });

  it('leave a text that the gateway reads', () => {
    const text = whole.replace(',]', ']');
    for (const clause of clausesOfPolicy(text)) {
      const { value } = parsePolicyText(without(text, clause));
      expect(value, clause.id).not.toBeNull();
      expect(value, clause.id).not.toEqual(parsePolicyText(text).value);
    }
  });

  it.each([
    ['{"allow-only":{"repos":"all","min-integrity":" None "}}', ['repos', 'min-integrity']],
    ['{"write-sink":{"accept":["*"]}}', ['accept=*']],
  ])('that are the widest values already have nothing to be left out for: %s', (text, widest) => {
    const found = clausesOfPolicy(text);
    expect(ids(found)).toEqual(widest);
    expect(found.map((clause) => without(text, clause))).toEqual(widest.map(() => text));
  });

  it('of a write sink are its entries and its visibility', () => {
    const text = '{"writesink":{"accept":["private:a/b","internal:a"],"sink-visibility":"public","other":1}}';
    const found = clausesOfPolicy(text);
    expect(ids(found)).toEqual(['accept', 'accept=private:a/b', 'accept=internal:a', 'sink-visibility']);
    const sink = (id: string): unknown => JSON.parse(without(text, find(found, id)));
    expect(sink('accept')).toMatchObject({ writesink: { accept: ['*'] } });
    expect(sink('accept=internal:a')).toMatchObject({ writesink: { accept: ['private:a/b'] } });
    expect(sink('sink-visibility')).toEqual({ writesink: { accept: ['private:a/b', 'internal:a'], other: 1 } });
  });

  it('of the older form, and of the only policy of a map', () => {
    expect(ids(clausesOfPolicy('{"repos":["a/b"],"integrity":"merged","blocked-users":["x"]}'))).toEqual([
      'repos=a/b',
      'min-integrity',
    ]);
    expect(ids(clausesOfPolicy('{"files":{"allow-only":{"repos":"public","min-integrity":"none"}}}'))).toEqual([
      'repos',
      'min-integrity',
    ]);
  });

  it.each(['', '{', '[]', 'null', '{"a":1}', '{"allow-only":5}', '['.repeat(100_000)])('are none in %.20s', (text) => {
    expect(clausesOfPolicy(text)).toEqual([]);
  });
});

const toml = `# a gateway
[servers.files]
command = "docker"
guard = "one"
[servers.files.guard_policies.allow-only]
repos = ["acme/one", # the first
  "acme/two"]   # the second
min-integrity = "approved" # staff
tool-call-limits = { push = 3, "a b" = 1 }

[servers.mail]
command = "docker"
guard = "sink"
[servers.both]
command = "docker"
guard = "sink"
[servers.none]
command = "docker"

[guards.one]
type = "wasm"
path = "one.wasm"
[guards.sink]
policy = { write-sink = { accept = ["private:acme/one", "private:acme/two"], sink-visibility = "private" } }
[guards.unused.policy.allow-only]
repos = "all"
min-integrity = "none"
`;

describe('the clauses of a configuration', () => {
  const clauses = clausesOfConfig(toml, 'gateway.toml', {});

  it('are those of the policies that are in force, by server or guard', () => {
    proves('own:policy-clauses');
    expect(ids(clauses)).toEqual([
      'guards/sink/accept',
      'guards/sink/accept=private:acme/one',
      'guards/sink/accept=private:acme/two',
      'guards/sink/sink-visibility',
      'files/repos',
      'files/repos=acme/one',
      'files/repos=acme/two',
      'files/min-integrity',
      'files/tool-call-limits=push',
      'files/tool-call-limits=a b',
    ]);
    expect(find(clauses, 'guards/sink/accept').servers).toEqual(['both', 'mail']);
    expect(placed(toml, find(clauses, 'files/repos=acme/two'))).toBe('"acme/two"');
    expect(placed(toml, find(clauses, 'files/min-integrity'))).toBe('min-integrity');
  });

  it('are left out of the TOML, also of inline tables and behind comments', () => {
    proves('own:policy-clauses');
    interface Read {
      readonly servers: { readonly files: { readonly guard_policies: { readonly 'allow-only': unknown } } };
      readonly guards: { readonly sink: { readonly policy: { readonly 'write-sink': unknown } } };
    }
    const read = (id: string): Read => parse(without(toml, find(clauses, id))) as unknown as Read;
    const files = (id: string): unknown => read(`files/${id}`).servers.files.guard_policies['allow-only'];
    const sink = (id: string): unknown => read(`guards/sink/${id}`).guards.sink.policy['write-sink'];
    expect(files('repos')).toMatchObject({ repos: 'all' });
    expect(files('repos=acme/one')).toMatchObject({ repos: ['acme/two'] });
    expect(files('repos=acme/two')).toMatchObject({ repos: ['acme/one'] });
    expect(files('min-integrity')).toMatchObject({ 'min-integrity': 'none' });
    expect(files('tool-call-limits=push')).toMatchObject({ 'tool-call-limits': { 'a b': 1 } });
    expect(files('tool-call-limits=a b')).toMatchObject({ 'tool-call-limits': { push: 3 } });
    expect(sink('accept')).toEqual({ accept: ['*'], 'sink-visibility': 'private' });
    expect(sink('accept=private:acme/two')).toEqual({ accept: ['private:acme/one'], 'sink-visibility': 'private' });
    expect(sink('sink-visibility')).toEqual({ accept: ['private:acme/one', 'private:acme/two'] });
  });

  it('are found in JSON, where the members of a guard match in any case', () => {
    const text = `{ "mcpServers": {
      "files": { "container": "c", "guard-policies": { "files": { "allow-only": { "repos": "public", "min-integrity": "none" } } } },
      "mail": { "container": "c", "guard": "g" } },
      "guards": { "g": { "Policy": { "write-sink": { "accept": ["private:a"] } } } } }`;
    const found = clausesOfConfig(text, 'gateway.json', {});
    expect(ids(found)).toEqual(['files/repos', 'files/min-integrity', 'guards/g/accept=private:a']);
    expect(without(text, find(found, 'guards/g/accept=private:a'))).toContain('"accept": ["*"]');
  });

  it.each(['', '= [', 'servers = 5', `a = ${'['.repeat(5_000)}`, `a${'.a'.repeat(5_000)} = 1`])(
    'are none in %.20s',
    (text) => {
      expect(clausesOfConfig(text, 'gateway.toml', {})).toEqual([]);
    },
  );
});

describe('what a lens says', () => {
  const clauses = clausesOfPolicy(whole);
  const found = (decides: number, touches = 0): ClauseEffect => ({
    kind: 'found',
    decides: new Map(Array.from({ length: decides }, (_, at) => [at, 'denied'])),
    touches: new Map(Array.from({ length: touches }, (_, at) => [at, 'labels'])),
  });

  it.each([
    ['min-integrity', found(12), 'decides 12 of 32 calls'],
    ['min-integrity', found(0, 1), 'decides no call, changes reasons or labels of 1 call'],
    ['min-integrity', found(0), 'decides no call'],
    ['repos=acme/one', found(0), 'matched no call'],
    [
      'repos=acme/one',
      { kind: 'cannot', reason: 'the gateway refuses it' },
      'cannot be left out: the gateway refuses it',
    ],
  ] as const)('of %s', (id, effect, text) => {
    expect(clauseLens(find(clauses, id), effect, 32, true)).toBe(text);
  });

  it('says how long a search takes', () => {
    expect([1, 40_000, 99_001, 100_000].map(waitText)).toEqual(['1 s', '40 s', '2 min', '2 min']);
  });

  it('names the clause where several stand on a line, and what was put in its place', () => {
    expect(clauseCalls(find(clauses, 'repos'), found(2), 9)).toBe('decides 2 of 9 calls: 1, 2 (compared with "all")');
    expect(clauseCalls(find(clauses, 'repos'), found(20), 32)).toMatch(
      /^decides 20 of 32 calls: 1, 2, .*, 12, … \(compared with "all"\)$/,
    );
    expect(clauseCalls(find(clauses, 'repos'), found(0), 9)).toBe('decides no call');
    expect(clauseLens(find(clauses, 'repos=acme/one'), found(2), 1, false)).toBe('acme/one: 2 calls');
    expect(clauseLens(find(clauses, 'repos'), found(2), 9, false)).toBe('repos: decides 2 of 9 calls');
    expect(withoutText(find(clauses, 'repos'))).toBe('With "all" as repos');
    expect(withoutText(find(clauses, 'repos=acme/one'))).toBe('Without it');
    const widest = clausesOfPolicy('{"allow-only":{"repos":"all"}}');
    expect(clauseLens(find(widest, 'repos'), found(0), 9, true)).toBe('is the widest value, which decides no call');
  });
});
