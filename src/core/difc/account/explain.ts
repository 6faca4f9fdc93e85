/** Explains a decision: what happened to one tool call and why, in plain sentences that name the deciding tags. */
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

/** The explanation of one decision. */
export interface Explanation {
  /** One sentence without a full stop: the outcome and its deciding reason. */
  readonly headline: string;
  /** `init` only when the call ended there, then always all phases from 0 to 6. */
  readonly phases: readonly PhaseAccount[];
  /** Changes that would allow the call, as sentences with concrete tags; empty when it was allowed. */
  readonly remedies: readonly string[];
}

/** Fields of the call's record that explainItem() reads. */
export type ItemContext = Pick<DecisionRecord, 'mode' | 'operation' | 'agentBefore'>;

/** Explains the decision of a record. */
export function explainDecision(record: DecisionRecord): Explanation {
  return { headline: explainHeadline(record), phases: describePhases(record), remedies: remediesFor(record) };
}

/** Explains why one item was allowed or withheld: the rule, the missing tags and the source of the item's labels. */
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
    return `Allowed: ${heldRuleTexts(operation, agentBefore, item, 'item').join('; ')} (${source})`;
  }
  const passed = broken.map((one, index) => {
    const text = brokenRuleText(one, 'item');
    return index === 0 ? text : capitalize(text);
  });
  return `Allowed in propagate mode, which changes the agent's labels instead: ${passed.join('. ')} (${source})`;
}

const labelSources: Readonly<Record<ItemRecord['origin'], string>> = {
  path: 'labels from its entry in labeled_paths',
  default: 'labels from default_labels',
  unlabeled: 'no entry and no default_labels, so its labels are empty',
  legacy: 'data and labels from the legacy items list',
};
