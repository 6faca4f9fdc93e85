/** The labels of an agent as a fold over what happened to it, so that several processes can decide its calls and agree on its labels. */
import { accumulateFromRead, addAgentTags, type AgentLabels, emptyAgent } from '../difc/monitor/agent.ts';
import { shouldAccumulateReadLabels } from '../difc/monitor/pipelineDecisions.ts';
import { makeResource, type Resource } from '../difc/monitor/resource.ts';
import type { DecisionRecord } from '../difc/record/decision.ts';
import { decodeLabelAgent } from '../guard/decodeLabelAgent.ts';

/** Something that changed an agent's labels: `label_agent` added tags, or a read was accumulated (gateway spec 3.6, phase 6). */
export interface AgentEvent {
  readonly kind: 'start' | 'read';
  /** The server whose call it was. */
  readonly server: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `start`: the tags that are added. `read`: the labels of what was read. */
  readonly secrecy: readonly string[];
  readonly integrity: readonly string[];
}

/** The labels after events, in order of time; events of the same moment keep their order. */
export function agentAfter(events: readonly AgentEvent[]): AgentLabels {
  return events
    .toSorted((a, b) => a.at - b.at)
    .reduce(
      (agent: AgentLabels, event) =>
        event.kind === 'start'
          ? addAgentTags(agent, event)
          : accumulateFromRead(agent, makeResource('', event.secrecy, event.integrity)),
      emptyAgent,
    );
}

/** What a decided call did to its agent. `at`: when, in milliseconds since 1970. */
export function agentEventsOf(record: DecisionRecord, at: number): readonly AgentEvent[] {
  const { server } = record;
  const started = record.agentStart === undefined ? null : addedTags(record);
  const read = readLabels(record);
  return [
    ...(started === null ? [] : [{ kind: 'start', server, at, ...started } as const]),
    ...(read === null ? [] : [{ kind: 'read', server, at, secrecy: read.secrecy, integrity: read.integrity } as const]),
  ];
}

/** The tags of the answer of `label_agent`; null when it gave none that the gateway can read. */
function addedTags({ guardCalls }: DecisionRecord): Pick<AgentEvent, 'secrecy' | 'integrity'> | null {
  const call = guardCalls.findLast(({ function: name }) => name === 'label_agent');
  const output = call?.escapedOutput ?? call?.output ?? null;
  const decoded = output === null ? null : decodeLabelAgent(output);
  return decoded?.ok === true ? decoded.value.agent : null;
}

/** The labels that phase 6 accumulated; null when the call did not get there. */
function readLabels({ operation, mode, endedIn, resource, items }: DecisionRecord): Resource | null {
  const isAccumulated = endedIn === null || endedIn === 6;
  if (!isAccumulated || operation === null || resource === null) return null;
  if (!shouldAccumulateReadLabels(operation, mode)) return null;
  if (items === null) return resource;
  return makeResource(
    '',
    items.flatMap(({ secrecy }) => secrecy),
    items.flatMap(({ integrity }) => integrity),
  );
}
