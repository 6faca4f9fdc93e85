/** Remembers which call brought each tag of an agent, so that a later call can say where the agent's labels came from. */
import type { DecisionRecord, LabelPair } from '../difc/record/decision.ts';
import type { TagOrigin } from '../protocol/rows.ts';

const kinds = ['secrecy', 'integrity'] as const;

/** The tags that agents gained, by the calls of one run. */
export class TagOrigins {
  /** By agent, in no particular order. */
  readonly #gains = new Map<string, TagOrigin[]>();
  /** The agent of each call that brought tags. */
  readonly #agents = new Map<number, string>();

  /** Takes the gains of a decided call (`tagGains`). A call that is taken again must be deleted before. */
  add({ index, agent }: Pick<DecisionRecord, 'index' | 'agent'>, gained: readonly TagOrigin[]): void {
    if (gained.length === 0) return;
    this.#agents.set(index, agent);
    const known = this.#gains.get(agent);
    if (known === undefined) this.#gains.set(agent, [...gained]);
    else known.push(...gained);
  }

  delete(index: number): void {
    const agent = this.#agents.get(index);
    if (agent === undefined) return;
    this.#agents.delete(index);
    this.#gains.set(
      agent,
      (this.#gains.get(agent) ?? []).filter((gain) => gain.index !== index),
    );
  }

  clear(): void {
    this.#gains.clear();
    this.#agents.clear();
  }

  /** For each tag that the agent has at the start of phase 0 the call that brought it last, in the order of the calls, secrecy first. */
  of({ index, agent, agentBefore }: DecisionRecord): readonly TagOrigin[] {
    const latest = new Map<string, TagOrigin>();
    for (const gain of this.#gains.get(agent) ?? []) {
      const isBefore = gain.index < index || (gain.index === index && gain.by === 'label_agent');
      const key = `${gain.kind} ${gain.tag}`;
      if (isBefore && gain.index >= (latest.get(key)?.index ?? -1)) latest.set(key, gain);
    }
    const has = kinds.flatMap((kind) => agentBefore[kind].map((tag) => `${kind} ${tag}`));
    return has.flatMap((key) => latest.get(key) ?? []).toSorted((a, b) => a.index - b.index);
  }
}

/** The tags that a decided call brought its agent. */
export function tagGains(record: DecisionRecord): readonly TagOrigin[] {
  const { index, server, tool, agentStart, agentBefore, agentAfter } = record;
  return [
    ...(agentStart === undefined ? [] : gains(agentStart, agentBefore, { index, server, by: 'label_agent' })),
    ...gains(agentBefore, agentAfter, { index, server, by: tool }),
  ];
}

function gains(
  before: LabelPair,
  after: LabelPair,
  origin: Pick<TagOrigin, 'index' | 'server' | 'by'>,
): readonly TagOrigin[] {
  return kinds.flatMap((kind) => {
    const known = new Set(before[kind]);
    return after[kind].filter((tag) => !known.has(tag)).map((tag) => ({ ...origin, kind, tag }));
  });
}
