/** The secrecy and integrity tags of an agent, and how they change (gateway `internal/difc/agent.go`). */
import type { LabelPair } from '../record/decision.ts';
import { intersectTags, sortedTags, trimmedTags, unionTags } from './labels.ts';
import type { Resource } from './resource.ts';

/** The labels of one agent; immutable. Functions of this file return both lists sorted. */
export type AgentLabels = LabelPair;

/** An agent before label_agent: it may read public, untrusted data and write to resources that require no integrity. */
export const emptyAgent: AgentLabels = { secrecy: [], integrity: [] };

/** Makes labels from verbatim tags: sorted, without duplicates. */
export function makeAgent(secrecy: readonly string[], integrity: readonly string[]): AgentLabels {
  return { secrecy: sortedTags(secrecy), integrity: sortedTags(integrity) };
}

/** Applies an answer of `label_agent`: its tags are trimmed and added; tags are never removed (gateway spec 2.4). */
export function addAgentTags(agent: AgentLabels, added: LabelPair): AgentLabels {
  return makeAgent(
    unionTags(agent.secrecy, trimmedTags(added.secrecy)),
    unionTags(agent.integrity, trimmedTags(added.integrity)),
  );
}

/**
 * Applies phase 6 after a read: the agent gains every secrecy tag of what it read and keeps only the integrity tags that this data
 * also has. Data without integrity removes all of the agent's; the wildcard has no special meaning (gateway `AccumulateFromRead`).
 */
export function accumulateFromRead(agent: AgentLabels, read: Resource): AgentLabels {
  return makeAgent(unionTags(agent.secrecy, read.secrecy), intersectTags(agent.integrity, read.integrity));
}

/** The difference between two states of an agent; every list is sorted. */
export interface AgentChange {
  readonly secrecyGained: readonly string[];
  readonly secrecyLost: readonly string[];
  readonly integrityGained: readonly string[];
  readonly integrityLost: readonly string[];
}

/** Compares two states of an agent. */
export function agentChange(before: AgentLabels, after: AgentLabels): AgentChange {
  const only = (left: readonly string[], right: readonly string[]): readonly string[] =>
    sortedTags(left.filter((tag) => !right.includes(tag)));
  return {
    secrecyGained: only(after.secrecy, before.secrecy),
    secrecyLost: only(before.secrecy, after.secrecy),
    integrityGained: only(after.integrity, before.integrity),
    integrityLost: only(before.integrity, after.integrity),
  };
}
