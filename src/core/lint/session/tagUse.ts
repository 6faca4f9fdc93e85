/** Rules `lint/similar-tag`, `lint/odd-tag` and `lint/lone-tag`: tags that are probably misspelt, or that occur in one answer only. */
import type { JsonValue } from '../../base/json.ts';
import type { Problem } from '../../base/parsed.ts';
import type { DecisionRecord, LabelPair } from '../../difc/record/decision.ts';
import { decodeLabelAgent } from '../../guard/decodeLabelAgent.ts';
import { trimSpace } from '../../go/goText.ts';
import { excerptOf } from '../answer.ts';
import { policyWords } from './policyWords.ts';
import { kindOfTag, similarKinds, similarScopes } from './similarTags.ts';

interface Use {
  /** Index of the last call with the tag. */
  last: number;
  /** Number of calls with the tag. */
  calls: number;
}

/** Tags that are compared at the end of a session: a session of many tags takes them from its data, not from constants. */
const mostLone = 300;
const mostShared = 1000;

/** The tags of a session. */
export class TagUse {
  readonly #uses = new Map<string, Use>();
  /** Kinds of tags, such as `approved`, each with what to call its first tag. */
  readonly #kinds = new Map<string, string>();
  readonly #agentTags = new Set<string>();

  /** `policies`: those of all servers of the session. */
  constructor(policies: readonly (JsonValue | undefined)[]) {
    for (const word of policies.flatMap((policy) => [...policyWords(policy)]))
      this.#kinds.set(word, `"${word}" of the policy`);
  }

  /** The findings about tags that occur for the first time in this call. */
  add(record: DecisionRecord): readonly Problem[] {
    const problems: Problem[] = [];
    for (const call of record.guardCalls)
      if (call.function === 'label_agent' && call.output !== null) this.#addAgent(call.output);
    if (record.resource !== null) this.#addLabels(record.resource, record, false, problems);
    for (const item of record.items ?? []) this.#addLabels(item, record, true, problems);
    return problems;
  }

  /** Tags that only one call of the session has, and that are similar to a tag that the agent or several calls have. */
  findings(): readonly Problem[] {
    const shared = [...this.#agentTags];
    const lone: string[] = [];
    for (const [tag, { calls }] of this.#uses) {
      if (this.#agentTags.has(tag)) continue;
      if (calls > 1) shared.push(tag);
      else lone.push(tag);
    }
    return lone.slice(0, mostLone).flatMap((tag): Problem[] => {
      const meant = shared.slice(0, mostShared).find((other) => similarScopes(tag, other));
      if (meant === undefined) return [];
      return [
        {
          severity: 'info',
          code: 'lint/lone-tag',
          message: `The tag ${JSON.stringify(tag)} occurs only in call ${(this.#uses.get(tag)?.last ?? 0) + 1}, not in the policy, with the agent or in another call`,
          hint: `Did you mean ${JSON.stringify(meant)}?`,
          subject: tag,
        },
      ];
    });
  }

  #addAgent(output: string): void {
    const decoded = decodeLabelAgent(output);
    if (!decoded.ok) return;
    for (const tag of [...decoded.value.agent.secrecy, ...decoded.value.agent.integrity]) {
      this.#agentTags.add(trimSpace(tag));
      const kind = kindOfTag(trimSpace(tag));
      if (!this.#kinds.has(kind)) this.#kinds.set(kind, `"${tag}" of the agent`);
    }
  }

  #addLabels({ secrecy, integrity }: LabelPair, record: DecisionRecord, isItem: boolean, problems: Problem[]): void {
    for (const tag of secrecy) this.#addTag(tag, record, isItem, problems);
    for (const tag of integrity) this.#addTag(tag, record, isItem, problems);
  }

  #addTag(tag: string, record: DecisionRecord, isItem: boolean, problems: Problem[]): void {
    const use = this.#uses.get(tag);
    if (use !== undefined) {
      if (use.last === record.index) return;
      use.last = record.index;
      use.calls++;
      return;
    }
    this.#uses.set(tag, { last: record.index, calls: 1 });
    // The quirk difc/vanished-labels reports odd tags of a resource.
    if (isItem && trimSpace(tag) !== tag) problems.push(oddTag(tag, record));
    if (isItem && tag === '') problems.push(oddTag(tag, record));
    const kind = kindOfTag(tag);
    if (this.#kinds.has(kind)) return;
    const similar = [...this.#kinds].find(([known]) => similarKinds(kind, known));
    this.#kinds.set(kind, `"${tag}" in call ${record.index + 1}`);
    if (similar !== undefined) problems.push(similarTag(tag, similar, record));
  }
}

function similarTag(tag: string, [known, where]: readonly [string, string], record: DecisionRecord): Problem {
  const meant = `${known}${tag.slice(kindOfTag(tag).length)}`;
  return {
    severity: 'warning',
    code: 'lint/similar-tag',
    message: `The tag ${JSON.stringify(tag)} begins like no tag before it, but is similar to ${where}; tags match only when they are equal`,
    hint: `Did you mean ${JSON.stringify(meant)}?`,
    subject: tag,
    ...withExcerpt(tag, record, meant),
  };
}

function oddTag(tag: string, record: DecisionRecord): Problem {
  const what = tag === '' ? 'An empty tag' : `The tag ${JSON.stringify(tag)} with its whitespace`;
  return {
    severity: 'warning',
    code: 'lint/odd-tag',
    message: `${what} is in the labels of an item: the gateway keeps it as it is, so it matches no other tag`,
    hint: tag === '' ? 'Leave the empty tag out' : `Write ${JSON.stringify(trimSpace(tag))}`,
    subject: tag,
    ...withExcerpt(tag, record, trimSpace(tag)),
  };
}

/** The answer with the tag, and the correction. */
function withExcerpt(tag: string, { guardCalls }: DecisionRecord, by: string): Partial<Problem> {
  const text = JSON.stringify(tag);
  const call = guardCalls.findLast(({ output }) => output?.includes(text) === true);
  if (call === undefined) return {};
  const fix = by === '' ? {} : { fix: { kind: 'value', at: '', replace: text, by: JSON.stringify(by) } as const };
  return { excerpt: excerptOf(call.function, call.output ?? '', text), ...fix };
}
