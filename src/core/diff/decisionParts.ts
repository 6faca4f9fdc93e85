/** The parts of a decision that two runs are compared by, each with its place in the record; times are not among them. */
import type { JsonValue } from '../base/json.ts';
import { agentChange } from '../difc/monitor/agent.ts';
import type { DecisionRecord, ItemRecord, LabelPair } from '../difc/record/decision.ts';
import type { ChangeKind } from '../difc/record/changeKind.ts';
import type { BackendCallRecord } from '../difc/record/guardCall.ts';

/** A value of a record that is compared, with its JSON Pointer. */
export interface DecisionPart {
  readonly pointer: string;
  readonly value: JsonValue;
}

const pageBytes = 65_536;

/** The compared values of each kind, in the order of the record. */
export const partsOf: Readonly<Record<ChangeKind, (record: DecisionRecord) => readonly DecisionPart[]>> = {
  outcome: ({ outcome, marks = [] }) => [
    { pointer: '/outcome', value: outcome },
    { pointer: '/marks', value: marks.filter((mark) => mark === 'unlabeled') },
  ],
  operation: ({ operation }) => [{ pointer: '/operation', value: operation }],
  resource: ({ resource }) => [{ pointer: '/resource', value: resource === null ? null : tagsPart(resource) }],
  items: ({ items }) => [{ pointer: '/items', value: items === null ? null : items.map(itemPart) }],
  agent: ({ agentBefore, agentAfter, agentStart = agentBefore }) => [
    { pointer: '/agentAfter', value: { ...agentChange(agentStart, agentAfter) } },
  ],
  // Guard calls without look-ups do not count, so that one more or less of them is no change.
  lookups: ({ guardCalls }) =>
    guardCalls.flatMap(({ backendCalls }, at) => {
      if (backendCalls.length === 0) return [];
      return [{ pointer: `/guardCalls/${at}/backendCalls`, value: backendCalls.map(lookupPart) }];
    }),
  answer: ({ client, unknown = [] }) => [
    { pointer: '/client', value: { ...client } },
    { pointer: '/unknown', value: [...unknown] },
  ],
  reason: ({ error, coarse, endedIn, panic = null, items }) => [
    { pointer: '/error', value: error },
    { pointer: '/coarse/reason', value: coarse === null ? null : coarse.reason },
    { pointer: '/endedIn', value: endedIn },
    { pointer: '/panic', value: panic },
    { pointer: '/items', value: (items ?? []).map(({ reason }) => ({ reason })) },
  ],
  mode: ({ mode, endedIn }) => [{ pointer: '/mode', value: endedIn === 'init' ? null : mode }],
  description: ({ resource, items }) => [
    { pointer: '/resource', value: resource === null ? null : { description: resource.description } },
    { pointer: '/items', value: items === null ? null : items.map(({ description }) => ({ description })) },
  ],
  memory: (record) => [{ pointer: '/guardCalls', value: grownPages(record) }],
  // Two runs never take the same time: `slowerCalls` says what counts.
  time: () => [],
  findings: ({ problems }) => [
    {
      pointer: '/problems',
      value: [...new Set(problems.filter(({ severity }) => severity !== 'info').map(({ code }) => code))].sort(),
    },
  ],
};

function itemPart({ path, secrecy, integrity, allowed }: ItemRecord): JsonValue {
  return { path, secrecy, integrity, allowed };
}

function tagsPart({ secrecy, integrity }: LabelPair): JsonValue {
  return { secrecy, integrity };
}

function lookupPart({ tool, args, end, resultText }: BackendCallRecord): JsonValue {
  return { tool, args, end, resultText };
}

/** Pages of 64 KiB by which the memory of the guard grew in a call. */
export function grownPages({ guardCalls }: Pick<DecisionRecord, 'guardCalls'>): number {
  return (
    guardCalls.reduce((sum, { memory }) => sum + (memory === null ? 0 : memory.after - memory.before), 0) / pageBytes
  );
}
