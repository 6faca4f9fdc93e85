/** The four rules of the reference monitor in plain words: which one an access breaks, which tags are missing, and what nearly matched. */
import { toLower, trimSpace } from '../../go/goText.ts';
import type { AgentLabels } from '../monitor/agent.ts';
import type { EnforcementMode, LabelPair, Operation } from '../record/decision.ts';
import { checkFlow, type LabelKind } from '../monitor/flowLabels.ts';
import { sortedTags, WILDCARD } from '../monitor/labels.ts';
import { splitTag } from '../monitor/violations.ts';

/** One of the inclusions that an access has to satisfy (gateway spec 3.2). */
export type RuleId = 'read-integrity' | 'read-secrecy' | 'write-integrity' | 'write-secrecy';

/** A rule that an access breaks, and the tags that are missing on its needy side; sorted. */
export interface BrokenRule {
  readonly rule: RuleId;
  readonly missing: readonly string[];
}

/** What a rule demands, and of whom. */
export interface Rule {
  readonly kind: LabelKind;
  readonly access: 'read' | 'write';
  /** Whose tags are demanded. */
  readonly from: 'agent' | 'resource';
  /** Who has to carry them. */
  readonly on: 'agent' | 'resource';
}

/** What each rule says. */
export const rules: Readonly<Record<RuleId, Rule>> = {
  'read-integrity': { kind: 'integrity', access: 'read', from: 'agent', on: 'resource' },
  'read-secrecy': { kind: 'secrecy', access: 'read', from: 'resource', on: 'agent' },
  'write-integrity': { kind: 'integrity', access: 'write', from: 'resource', on: 'agent' },
  'write-secrecy': { kind: 'secrecy', access: 'write', from: 'agent', on: 'resource' },
};

/** The rules in the order of the evaluation. */
export const ruleIds: readonly RuleId[] = ['read-integrity', 'read-secrecy', 'write-integrity', 'write-secrecy'];

/** Every rule that an access breaks, also those that the gateway does not come to, in the order of its checks. */
export function brokenRules(operation: Operation, agent: AgentLabels, resource: LabelPair): readonly BrokenRule[] {
  return rulesOf(operation).flatMap((rule) => {
    const { kind, access } = rules[rule];
    // Secrecy may flow where integrity may: from the resource into a reader, from a writer into the resource.
    const [source, target] = access === 'read' ? [resource, agent] : [agent, resource];
    const missing = sortedTags(checkFlow(kind, source[kind], target[kind]).violating);
    return missing.length === 0 ? [] : [{ rule, missing }];
  });
}

/** The broken rule that denies; undefined when none does, as a read in propagate mode goes on. */
export function denyingRule(mode: EnforcementMode, broken: readonly BrokenRule[]): BrokenRule | undefined {
  return broken.find(({ rule }) => mode !== 'propagate' || rules[rule].access === 'write');
}

/** `a read needs every integrity tag of the agent on the item; "approved:acme" is missing`. */
export function brokenRuleText({ rule, missing }: BrokenRule, noun = 'resource'): string {
  return `${ruleText(rule, noun)}; ${quoteTags(missing)} ${missing.length === 1 ? 'is' : 'are'} missing`;
}

/** Failures behind the denying one, which the gateway does not mention, as clauses. */
export function maskedRuleTexts(
  denying: BrokenRule,
  broken: readonly BrokenRule[],
  mode: EnforcementMode,
  noun = 'resource',
): readonly string[] {
  return broken
    .filter((one) => one !== denying && denyingRule(mode, [one]) !== undefined)
    .map((one) => `behind that, ${brokenRuleText(one, noun)}`);
}

/** Why each rule of an access holds, as clauses in the order of the checks; for an access that breaks none. */
export function heldRuleTexts(
  operation: Operation,
  agent: AgentLabels,
  resource: LabelPair,
  noun = 'resource',
): readonly string[] {
  return rulesOf(operation).map((rule) => heldRuleText(rule, agent, resource, noun));
}

/**
 * Tags that look like a missing one: the same level with another scope, or the same letters in other case or spacing. Tags match only
 * letter by letter, so such a pair is a frequent mistake of guards; null when nothing is near.
 */
export function nearMissText(
  broken: BrokenRule,
  agent: AgentLabels,
  resource: LabelPair,
  noun = 'resource',
): string | null {
  const { kind, on } = rules[broken.rule];
  const present = (on === 'agent' ? agent : resource)[kind];
  const holder = on === 'agent' ? 'agent' : noun;
  for (const missing of broken.missing) {
    const alike = present.find((tag) => normalized(tag) === normalized(missing));
    if (alike !== undefined) {
      return `the ${holder} has ${quoteTag(alike)}, which differs from ${quoteTag(missing)} in case or spaces and so is another tag`;
    }
  }
  for (const missing of broken.missing) {
    const { base, scope } = splitTag(missing);
    const sibling = present.find((tag) => tag !== missing && splitTag(tag).base === base);
    if (sibling !== undefined && (scope !== '' || splitTag(sibling).scope !== '')) {
      return `the ${holder} has ${quoteTag(sibling)}, but no tag stands for another one: ${quoteTag(missing)} itself has to be there`;
    }
  }
  return null;
}

/** Tags in double quotes, joined as in a sentence; long lists are cut after eight. */
export function quoteTags(tags: readonly string[]): string {
  const shown = tags.slice(0, MAX_TAGS).map((tag) => quoteTag(tag));
  const rest = tags.length - shown.length;
  const words = rest > 0 ? [...shown, `${rest} more`] : shown;
  const last = words.at(-1) ?? 'none';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

export function quoteTag(tag: string): string {
  return `"${tag}"`;
}

/** A clause as the start of a sentence. */
export function capitalize(clause: string): string {
  return clause.slice(0, 1).toUpperCase() + clause.slice(1);
}

/** How many tags a sentence names. */
const MAX_TAGS = 8;

function rulesOf(operation: Operation): readonly RuleId[] {
  return ruleIds.filter((rule) => operation === 'read-write' || rules[rule].access === operation);
}

function ruleText(rule: RuleId, noun: string): string {
  const { kind, access, from, on } = rules[rule];
  const name = (side: 'agent' | 'resource'): string => (side === 'agent' ? 'agent' : noun);
  return `a ${access} needs every ${kind} tag of the ${name(from)} on the ${name(on)}`;
}

function heldRuleText(rule: RuleId, agent: AgentLabels, resource: LabelPair, noun: string): string {
  const { kind, from, on } = rules[rule];
  const side = { agent, resource };
  const name = (who: 'agent' | 'resource'): string => (who === 'agent' ? 'agent' : noun);
  const demanded = side[from][kind];
  if (demanded.length === 0) return `the ${name(from)} has no ${kind} tags`;
  if (side[on][kind].includes(WILDCARD)) return `"*" on the ${name(on)} stands for every ${kind} tag`;
  return `the ${name(on)} has every ${kind} tag of the ${name(from)} (${quoteTags(sortedTags(demanded))})`;
}

function normalized(tag: string): string {
  return toLower(trimSpace(tag));
}
