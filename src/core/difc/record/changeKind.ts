/** The kinds of changes between two decisions about one call, and what they are called. */

/**
 * What can change in a decision, by weight for its reader. `resource` and `items`: tags, and which items pass. `agent`: tags that the call brought or
 * took. `reason`: the texts of the gateway. `description`: the guard's names of resource and items. `memory`: pages by which the guard's
 * memory grew in the call; its level is another with every build. `time`: a call that takes the guard longer, marked only when further runs
 * confirm it. `findings`: codes of warnings and errors.
 */
export const changeKinds = [
  'outcome',
  'operation',
  'resource',
  'items',
  'agent',
  'lookups',
  'mode',
  'answer',
  'reason',
  'description',
  'memory',
  'time',
  'findings',
] as const;

export type ChangeKind = (typeof changeKinds)[number];

/** What a change of each kind is about. */
export const changeTitles: Readonly<Record<ChangeKind, string>> = {
  outcome: 'outcome',
  operation: 'operation',
  resource: "resource's labels",
  items: "items' labels",
  agent: "agent's tags",
  lookups: 'look-ups',
  mode: 'mode',
  answer: "client's answer",
  reason: 'reason',
  description: 'description',
  memory: 'memory growth',
  time: 'guard time',
  findings: 'findings',
};
