/** What an agent may do by a guard's answer, and whether another answer lets it do more. */
import type { GuardCallRecord } from '../difc/record/guardCall.ts';
import { addAgentTags, type AgentLabels, emptyAgent } from '../difc/monitor/agent.ts';
import { evaluate, isAllowed } from '../difc/monitor/evaluator.ts';
import { formatTags } from '../difc/monitor/labels.ts';
import type { LabeledCollection, Resource } from '../difc/monitor/resource.ts';
import { decodeLabelAgent } from '../guard/decodeLabelAgent.ts';
import { decodeLabelResource } from '../guard/decodeLabelResource.ts';
import { decodeLabelResponse } from '../guard/decodeLabelResponse.ts';
import type { LabelResourceResult } from '../guard/guard.ts';
import { resultOfInput } from './judge.ts';

/** The agent's labels by a call of `label_agent`; none when it failed. */
export function agentOf(record: GuardCallRecord): AgentLabels {
  const decoded = record.output === null ? null : decodeLabelAgent(record.escapedOutput ?? record.output);
  return decoded?.ok === true ? addAgentTags(emptyAgent, decoded.value.agent) : emptyAgent;
}

/** The answer of a call of `label_resource`; null when the gateway cannot use it. */
export function resourceOf(record: GuardCallRecord): LabelResourceResult | null {
  if (record.output === null || record.function !== 'label_resource') return null;
  const decoded = decodeLabelResource(record.escapedOutput ?? record.output);
  return decoded.ok ? decoded.value : null;
}

/** The labelled items of a call of `label_response`; null when the gateway cannot use the answer or it has no labels. */
export function collectionOf(record: GuardCallRecord): LabeledCollection | null {
  if (record.output === null || record.function !== 'label_response') return null;
  const decoded = decodeLabelResponse(record.escapedOutput ?? record.output, resultOfInput(record.input));
  return decoded.ok ? decoded.value : null;
}

/**
 * What the agent may do by the answer of `one`, but not by that of `other`; null when it may do no more. For a read, `label_resource` alone
 * allows nothing, because the items decide; so it is compared for writes only.
 */
export function allowsMore(agent: AgentLabels, one: GuardCallRecord, other: GuardCallRecord): string | null {
  const [resource, usual] = [resourceOf(one), resourceOf(other)];
  if (resource !== null && usual !== null && usual.operation !== 'read') {
    if (resource.operation === 'read') return `the call is labelled as a read in place of "${usual.operation}"`;
    const may = isAllowed(evaluate('filter', resource.operation, agent, resource.resource));
    const might = isAllowed(evaluate('filter', usual.operation, agent, usual.resource));
    return may && !might ? `the agent may ${resource.operation} ${labelText(usual.resource)}` : null;
  }
  const [items, usualItems] = [collectionOf(one), collectionOf(other)];
  if (usualItems === null) return null;
  if (items === null)
    return one.output === null ? null : 'the items have no labels, so that the client gets the whole result';
  if (items.items.length !== usualItems.items.length) return null;
  for (const [at, { labels }] of items.items.entries()) {
    const before = usualItems.items[at]?.labels ?? null;
    if (labels === null || before === null) continue;
    const may = isAllowed(evaluate('filter', 'read', agent, labels));
    if (may && !isAllowed(evaluate('filter', 'read', agent, before)))
      return `the agent may read item ${at}, ${labelText(before)}`;
  }
  return null;
}

function labelText({ description, secrecy, integrity }: Resource): string {
  const tags = `secrecy ${formatTags(secrecy)}, integrity ${formatTags(integrity)}`;
  return `${description === '' ? 'a resource' : `"${description}"`} (${tags})`;
}
