/** The clauses that the gateway's reason names by their value. */
import { describe, expect, it } from 'vitest';
import { clausesOfConfig, clausesOfPolicy } from '../../../src/core/clauses/clausesOfFile.ts';
import { namedClauses } from '../../../src/core/clauses/namedClauses.ts';
import type { ItemRecord } from '../../../src/core/difc/record/decision.ts';

const policy = clausesOfPolicy(
  '{"allow-only":{"repos":["acme/one","acme/on"],"min-integrity":"approved","tool-call-limits":{"push":1},"blocked-users":["mal"]}}',
);
const call = { server: 'github', tool: 'push', coarse: null, items: null, error: null };
const coarse = { outcome: 'denied', decision: 'deny', secrecyToAdd: [], integrityToDrop: [] } as const;

function named(change: Partial<Parameters<typeof namedClauses>[0]>): readonly string[] {
  return namedClauses({ ...call, ...change }, policy).map(({ id }) => id);
}

describe('a clause is named', () => {
  it('by a tag that holds its value as a word', () => {
    expect(named({ coarse: { ...coarse, reason: 'missing tags [private:acme/one]' } })).toEqual(['repos=acme/one']);
    expect(named({ coarse: { ...coarse, reason: "Agent lacks 'approved:workspace'" } })).toEqual(['min-integrity']);
    expect(named({ coarse: { ...coarse, reason: 'mallory is unapproved' } })).toEqual([]);
  });

  it('by the reason of an item that is withheld, not of one that passes', () => {
    const item = { allowed: false, reason: 'by mal' } as ItemRecord;
    expect(named({ items: [item] })).toEqual(['blocked-users=mal']);
    expect(named({ items: [{ ...item, allowed: true }] })).toEqual([]);
  });

  it('by the limit of its tool', () => {
    expect(named({ error: "tool call limit reached for 'push' (max: 1)" })).toEqual(['tool-call-limits=push']);
    expect(named({ tool: 'fork', error: "tool call limit reached for 'fork' (max: 1)" })).toEqual([]);
    expect(named({ error: 'push failed' })).toEqual([]);
  });

  it('only for its servers', () => {
    const config = clausesOfConfig(
      '[servers.mail]\ncommand = "docker"\n[servers.mail.guard_policies.write-sink]\naccept = ["private:acme/one"]\n',
      'gateway.toml',
      {},
    );
    const reasons = { ...call, coarse: { ...coarse, reason: 'missing [private:acme/one]' } };
    expect(namedClauses(reasons, config)).toEqual([]);
    expect(namedClauses({ ...reasons, server: 'mail' }, config).map(({ id }) => id)).toEqual([
      'mail/accept=private:acme/one',
    ]);
  });
});
