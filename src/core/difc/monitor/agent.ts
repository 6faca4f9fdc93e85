/** What an agent carries: its secrecy and integrity tags, and how they change (gateway `internal/difc/agent.go`). */
import type { LabelPair } from '../record/decision.ts';
import { intersectTags, sortedTags, trimmedTags, unionTags } from './labels.ts';
import type { Resource } from './resource.ts';

/** The labels of one agent; immutable, both lists sorted when made here. */
export type AgentLabels = LabelPair;

/** An agent that nobody has labelled yet: it may read what is public and untrusted, and write where nothing is demanded. */
export const emptyAgent: AgentLabels = { secrecy: [], integrity: [] };

/** Labels with their tags verbatim, sorted, each once. */
export function makeAgent(secrecy: readonly string[], integrity: readonly string[]): AgentLabels {
  return { secrecy: sortedTags(secrecy), integrity: sortedTags(integrity) };
}

/** What an answer of `label_agent` does: its tags are trimmed and added; nothing is ever taken away (gateway spec 2.4). */
export function addAgentTags(agent: AgentLabels, added: LabelPair): AgentLabels {
  return makeAgent(
    unionTags(agent.secrecy, trimmedTags(added.secrecy)),
    unionTags(agent.integrity, trimmedTags(added.integrity)),
  );
}

/**
 * What reading does to an agent in phase 6: it takes on every secrecy tag of what it read and keeps only the integrity tags that what
 * it read has too. Without integrity there, all are lost; the wildcard has no special meaning (gateway `AccumulateFromRead`).
 */
export function accumulateFromRead(agent: AgentLabels, read: Resource): AgentLabels {
  return makeAgent(unionTags(agent.secrecy, read.secrecy), intersectTags(agent.integrity, read.integrity));
}

/** What changed between two states of an agent; every list is sorted. */
export interface AgentChange {
  readonly secrecyGained: readonly string[];
  readonly secrecyLost: readonly string[];
  readonly integrityGained: readonly string[];
  readonly integrityLost: readonly string[];
}

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
