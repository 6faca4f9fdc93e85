/** What holds for every hint about a policy: the value that it proposes is accepted, is another one, and is said to be wider if it is. */
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/core/base/json.ts';
import type { Problem } from '../../src/core/base/parsed.ts';
import { parsePolicyText } from '../../src/core/policy/parse.ts';
import { proves } from '../support/proves.ts';
import { policies, scopes } from './policyTable.ts';
import { placeOf, proposalOf, propose } from './proposals.ts';

const texts = policies.map((policy) => JSON.stringify(policy, null, 2));

interface Hinted {
  readonly text: string;
  readonly problem: Problem & { readonly hint: string };
}

const hinted: readonly Hinted[] = texts.flatMap((text) =>
  parsePolicyText(text).problems.flatMap((problem) =>
    problem.hint === undefined ? [] : [{ text, problem: { ...problem, hint: problem.hint } }],
  ),
);

const proposing = hinted.flatMap((each) => {
  const proposal = proposalOf(each.problem.hint);
  return proposal === null ? [] : [{ ...each, proposal, place: placeOf(each.text, each.problem) }];
});

/** A text that names the case in a failure. */
function nameOf({ text, problem }: Hinted): string {
  return `${text.replaceAll(/\s+/g, ' ')} → ${problem.hint}`;
}

/** Whether the gateway reads a value as more repositories than another one. */
function isWide(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.some((entry: JsonValue) => isWide(entry));
  return value === 'all' || value === '*' || value === 'none' || (typeof value === 'string' && value.endsWith('*'));
}

function meansTheSame(written: JsonValue, proposed: JsonValue): boolean {
  if (typeof written !== 'string') return JSON.stringify(written) === JSON.stringify(proposed);
  const list = Array.isArray(proposed) ? proposed.map(String) : [JSON.stringify(proposed).replaceAll('"', '')];
  return list.every((entry) => written.trim().toLowerCase().includes(entry.trim().toLowerCase()));
}

describe('hints about policies', () => {
  it('are many, and many of them propose a value', () => {
    expect(hinted.length).toBeGreaterThan(200);
    expect(proposing.length).toBeGreaterThan(120);
  });

  it('propose a value that the validator accepts in its place', () => {
    proves('own:hints-are-accepted');
    const refused = proposing.filter(({ text, problem, proposal, place }) => {
      const after = propose(text, place, proposal);
      const left = parsePolicyText(after).problems.filter(
        ({ code, severity }) => severity === 'error' || code === problem.code,
      );
      const before = parsePolicyText(text).problems.filter(
        ({ code, severity }) => severity === 'error' || code === problem.code,
      );
      if (proposal.kind === 'write') {
        const there = left.filter(
          (each) =>
            each.code === problem.code && JSON.stringify(placeOf(after, each).path) === JSON.stringify(place.path),
        );
        if (there.length > 0) return true;
      }
      // A key with its right name may have another fault in its value, which was not read before.
      return !place.isKey && left.length > before.length;
    });
    expect(refused.map(nameOf)).toEqual([]);
  });

  it('never propose what was written', () => {
    const repeated = proposing.filter(
      ({ proposal, place }) =>
        proposal.kind === 'write' && JSON.stringify(proposal.value) === JSON.stringify(place.written),
    );
    expect(repeated.map(nameOf)).toEqual([]);
  });

  it('say so when a value is wider than what was written', () => {
    const silent = proposing.filter(({ problem, proposal, place }) => {
      if (proposal.kind === 'remove' || place.isKey || !isWide(proposal.value)) return false;
      return !meansTheSame(place.written, proposal.value) && !/\bwide(?:r|st)\b/.test(problem.hint);
    });
    expect(silent.map(nameOf)).toEqual([]);
  });

  it('leave a policy without faults when the scope was its only fault', () => {
    const lone = new Set(
      scopes.map((scope) => JSON.stringify({ 'allow-only': { repos: [scope], 'min-integrity': 'none' } }, null, 2)),
    );
    const written = proposing.filter(({ text, proposal }) => lone.has(text) && proposal.kind === 'write');
    expect(written.length).toBeGreaterThan(20);
    const refused = written.filter(
      ({ text, proposal, place }) => parsePolicyText(propose(text, place, proposal)).value === null,
    );
    expect(refused.map(nameOf)).toEqual([]);
  });

  it.each([
    ['ACME/Widgets', 'Write "acme/widgets": the gateway accepts lower case only'],
    ['https://github.com/Acme/Widgets/tree/main?x=1#y', 'Write "acme/widgets": a scope has no address around it'],
    ['acme', 'Write "acme/*", which is wider: it allows all repositories of "acme"'],
    [
      'acme/my.repo',
      'Write "acme/my*", which is wider: it allows all repositories of "acme" whose names begin with "my"',
    ],
    ['acme.io', 'The name of an owner has a-z, 0-9, "_" and "-" only, and at most 39 characters'],
    ['*/*', 'Name the owner: a scope cannot cover all owners. "repos": "all" is wider than any scope'],
    ['${{ github.repository }}', 'Write the name itself in place of the variable'],
  ])('for the scope %s say: %s', (scope, hint) => {
    const text = JSON.stringify({ 'allow-only': { repos: [scope], 'min-integrity': 'none' } });
    expect(parsePolicyText(text).problems.map((problem) => problem.hint)).toEqual([hint]);
  });

  it.each([
    ['acme/x, acme/y', 'Write a list: ["acme/x","acme/y"]'],
    ['acme', 'Write a list: ["acme/*"]. "acme/*" is wider: it allows all repositories of "acme"'],
    ['["acme/w"]', 'Write the list without quotes around it: ["acme/w"]'],
    ['al', 'Did you mean "all"? It is the widest value: it allows every repository'],
    ['current', 'Write a list: ["current/*"]. "current/*" is wider: it allows all repositories of "current"'],
    ['private', 'Write a list of scopes: ["owner/repo"]'],
    ['', 'Write a list of scopes: ["owner/repo"]'],
  ])('for repos "%s" say: %s, and nothing about a value that the gateway accepts', (repos, hint) => {
    const text = JSON.stringify({ 'allow-only': { repos, 'min-integrity': 'none' } });
    expect(parsePolicyText(text).problems.map((problem) => problem.hint)).toEqual([hint]);
  });
});
