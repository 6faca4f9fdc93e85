/** Phase 2 in plain words: which rule the call as a whole keeps or breaks, and why a denied read goes on all the same. */
import type { DecisionRecord } from '../record/decision.ts';
import type { PhaseText } from './phaseText.ts';
import {
  brokenRules,
  brokenRuleText,
  capitalize,
  denyingRule,
  heldRuleTexts,
  maskedRuleTexts,
  nearMissText,
  rules,
} from './explainRules.ts';

/** The coarse check of a call that came so far. */
export function describeCoarse({ operation, resource, coarse, agentBefore, mode }: DecisionRecord): PhaseText {
  if (operation === null || resource === null || coarse === null) return { sentences: [] };
  const broken = brokenRules(operation, agentBefore, resource);
  const tags = broken.map(({ rule, missing }) => ({ role: 'missing' as const, kind: rules[rule].kind, tags: missing }));
  const denying = denyingRule(mode, broken);
  if (denying === undefined && broken.length === 0) {
    const held = heldRuleTexts(operation, agentBefore, resource);
    return { sentences: [`The ${operation} is allowed: ${held.join('; ')}`] };
  }
  if (denying === undefined) {
    return {
      sentences: [
        ...broken.map((one) => capitalize(brokenRuleText(one))),
        'In propagate mode the read is allowed all the same, and the agent changes in phase 6',
      ],
      tags,
    };
  }
  const nearMiss = nearMissText(denying, agentBefore, resource);
  const consequence =
    coarse.outcome === 'bypass'
      ? 'The check says deny, but a read goes on in every mode: phase 5 decides about each item instead'
      : 'The call ends here, and nothing was sent to the backend';
  return {
    sentences: [
      capitalize(brokenRuleText(denying)),
      ...(nearMiss === null ? [] : [capitalize(nearMiss)]),
      ...maskedRuleTexts(denying, broken, mode).map(capitalize),
      consequence,
    ],
    tags,
    surprising: coarse.outcome === 'bypass',
  };
}
