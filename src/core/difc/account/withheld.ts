/** Summarizes why items were withheld: the tags that the items or the agent lack. */
import type { DecisionRecord } from '../record/decision.ts';
import { type BrokenRule, brokenRules, denyingRule, quoteTags, ruleIds, rules } from './explainRules.ts';
import { sortedTags } from '../monitor/labels.ts';

/** Returns the cause over all withheld items, as `missing integrity "approved:acme"`; empty without withheld items. */
export function withheldCause({ items, operation, agentBefore, mode }: DecisionRecord): string {
  if (operation === null) return '';
  const withheld = (items ?? []).filter(({ allowed }) => !allowed);
  const denying = withheld.flatMap((item) => denyingRule(mode, brokenRules(operation, agentBefore, item)) ?? []);
  return mergeBroken(denying).map(causeText).join(', and ');
}

/** Merges the broken rules of many items: each rule once, in evaluation order, with the tags of all items. */
export function mergeBroken(broken: readonly BrokenRule[]): readonly BrokenRule[] {
  return ruleIds.flatMap((rule) => {
    const missing = sortedTags(broken.filter((one) => one.rule === rule).flatMap((one) => one.missing));
    return missing.length === 0 ? [] : [{ rule, missing }];
  });
}

function causeText({ rule, missing }: BrokenRule): string {
  const { kind, on } = rules[rule];
  return `${on === 'agent' ? 'the agent lacks' : 'missing'} ${kind} ${quoteTags(missing)}`;
}
