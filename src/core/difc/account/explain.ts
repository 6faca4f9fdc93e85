/** The account of a decision: what happened to one tool call and why, in plain sentences with the tags that decided. */
import type { DecisionRecord, ItemRecord } from '../record/decision.ts';
import { explainHeadline } from './explainHeadline.ts';
import { describePhases } from './explainPhases.ts';
import {
  brokenRules,
  brokenRuleText,
  capitalize,
  denyingRule,
  heldRuleTexts,
  maskedRuleTexts,
  nearMissText,
} from './explainRules.ts';
import type { PhaseAccount } from './phaseText.ts';
import { remediesFor } from './remedies.ts';

/** Why a call was decided as it was. */
export interface Explanation {
  /** One sentence: what happened, and the decisive why. */
  readonly headline: string;
  /** `init` only when the call ended there, then 0 to 6, always all of them. */
  readonly phases: readonly PhaseAccount[];
  /** What would make the call pass, as sentences with concrete tags; empty when it passed. */
  readonly remedies: readonly string[];
}

/** What an item's account needs to know of its call. */
export type ItemContext = Pick<DecisionRecord, 'mode' | 'operation' | 'agentBefore'>;

/** Turns a record into its account. */
export function explainDecision(record: DecisionRecord): Explanation {
  return { headline: explainHeadline(record), phases: describePhases(record), remedies: remediesFor(record) };
}

/** Why one item was kept or withheld: the rule, the tags that are missing, and where its labels came from. */
export function explainItem(item: ItemRecord, { mode, operation, agentBefore }: ItemContext): string {
  const source = labelSources[item.origin];
  if (operation === null) return source;
  const broken = brokenRules(operation, agentBefore, item);
  const denying = denyingRule(mode, broken);
  if (denying !== undefined) {
    const nearMiss = nearMissText(denying, agentBefore, item, 'item');
    const hints = [...(nearMiss === null ? [] : [nearMiss]), ...maskedRuleTexts(denying, broken, mode, 'item')];
    return `Withheld: ${[brokenRuleText(denying, 'item'), ...hints.map(capitalize)].join('. ')} (${source})`;
  }
  if (broken.length === 0) {
    return `Kept: ${heldRuleTexts(operation, agentBefore, item, 'item').join('; ')} (${source})`;
  }
  const passed = broken.map((one, index) => {
    const text = brokenRuleText(one, 'item');
    return index === 0 ? text : capitalize(text);
  });
  return `Kept, because propagate mode lets the agent change instead: ${passed.join('. ')} (${source})`;
}

const labelSources: Readonly<Record<ItemRecord['origin'], string>> = {
  path: 'labels from its entry in labeled_paths',
  default: 'labels from default_labels',
  unlabeled: 'no entry and no default_labels, so its labels are empty',
  legacy: 'data and labels from the legacy items list',
};
