/** Describes phase 2, the coarse check: which rules the call satisfies or breaks, and why a denied read continues. */
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

/** Describes the coarse check of a call that reached it; no sentences when it did not. */
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
        "Propagate mode allows the read anyway and changes the agent's labels in phase 6",
      ],
      tags,
    };
  }
  const nearMiss = nearMissText(denying, agentBefore, resource);
  const consequence =
    coarse.outcome === 'bypass'
      ? 'The coarse check denies the read, but a read continues in every mode: phase 5 checks each item instead'
      : 'The call ends here; nothing was sent to the backend';
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
