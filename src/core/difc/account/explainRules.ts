/** Puts the four rules of the reference monitor into words: which rule an access breaks, which tags are missing, which tags nearly match. */
import { toLower, trimSpace } from '../../go/goText.ts';
import type { AgentLabels } from '../monitor/agent.ts';
import type { EnforcementMode, LabelPair, Operation } from '../record/decision.ts';
import { checkFlow, type LabelKind } from '../monitor/flowLabels.ts';
import { sortedTags, WILDCARD } from '../monitor/labels.ts';
import { splitTag } from '../monitor/violations.ts';

/** One of the four subset rules that an access must satisfy (gateway spec 3.2). */
export type RuleId = 'read-integrity' | 'read-secrecy' | 'write-integrity' | 'write-secrecy';

/** A rule that an access breaks, and the required tags that are missing; sorted. */
export interface BrokenRule {
  readonly rule: RuleId;
  readonly missing: readonly string[];
}

/** What a rule requires, and from which side. */
export interface Rule {
  readonly kind: LabelKind;
  readonly access: 'read' | 'write';
  /** The side whose tags are required. */
  readonly from: 'agent' | 'resource';
  /** The side that must have them. */
  readonly on: 'agent' | 'resource';
}

/** Definition of each rule. */
export const rules: Readonly<Record<RuleId, Rule>> = {
  'read-integrity': { kind: 'integrity', access: 'read', from: 'agent', on: 'resource' },
  'read-secrecy': { kind: 'secrecy', access: 'read', from: 'resource', on: 'agent' },
  'write-integrity': { kind: 'integrity', access: 'write', from: 'resource', on: 'agent' },
  'write-secrecy': { kind: 'secrecy', access: 'write', from: 'agent', on: 'resource' },
};

/** The rules in evaluation order. */
export const ruleIds: readonly RuleId[] = ['read-integrity', 'read-secrecy', 'write-integrity', 'write-secrecy'];

/** Returns every rule that an access breaks, in evaluation order. The gateway itself stops at the first one. */
export function brokenRules(operation: Operation, agent: AgentLabels, resource: LabelPair): readonly BrokenRule[] {
  const broken: BrokenRule[] = [];
  for (const rule of rulesOf(operation)) {
    const { kind, access } = rules[rule];
    // Secrecy may flow where integrity may: from the resource into a reader, from a writer into the resource.
    const source = access === 'read' ? resource : agent;
    const target = access === 'read' ? agent : resource;
    const missing = sortedTags(checkFlow(kind, source[kind], target[kind]).violating);
    if (missing.length > 0) broken.push({ rule, missing });
  }
  return broken;
}

/** Returns the broken rule that denies the access; undefined when none does (propagate mode allows every read). */
export function denyingRule(mode: EnforcementMode, broken: readonly BrokenRule[]): BrokenRule | undefined {
  return broken.find(({ rule }) => mode !== 'propagate' || rules[rule].access === 'write');
}

/** Words a broken rule: `a read requires the item to have every integrity tag of the agent; "approved:acme" is missing`. */
export function brokenRuleText({ rule, missing }: BrokenRule, noun = 'resource'): string {
  return `${ruleText(rule, noun)}; ${quoteTags(missing)} ${missing.length === 1 ? 'is' : 'are'} missing`;
}

/** Returns the other broken rules that would deny the access, which the gateway does not report, as clauses. */
export function maskedRuleTexts(
  denying: BrokenRule,
  broken: readonly BrokenRule[],
  mode: EnforcementMode,
  noun = 'resource',
): readonly string[] {
  return broken
    .filter((one) => one !== denying && denyingRule(mode, [one]) !== undefined)
    .map((one) => `in addition, ${brokenRuleText(one, noun)}`);
}

/** Explains why each rule of an access holds, as clauses in evaluation order; only for an access that breaks no rule. */
export function heldRuleTexts(
  operation: Operation,
  agent: AgentLabels,
  resource: LabelPair,
  noun = 'resource',
): readonly string[] {
  return rulesOf(operation).map((rule) => heldRuleText(rule, agent, resource, noun));
}

/**
 * Points out a present tag that resembles a missing one: the same level with another scope, or the same letters in other case or
 * spacing. Tags match only exactly, so such a pair is a frequent mistake in guards. Null when no tag resembles a missing one.
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
      return `the ${holder} has ${quoteTag(alike)}, which differs from ${quoteTag(missing)} in case or whitespace; tags match only exactly`;
    }
  }
  for (const missing of broken.missing) {
    const { base, scope } = splitTag(missing);
    const sibling = present.find((tag) => tag !== missing && splitTag(tag).base === base);
    if (sibling !== undefined && (scope !== '' || splitTag(sibling).scope !== '')) {
      return `the ${holder} has ${quoteTag(sibling)}, but tags match only exactly: ${quoteTag(missing)} is required`;
    }
  }
  return null;
}

/** Lists tags in double quotes, joined as in a sentence; names at most eight, then `n more`. */
export function quoteTags(tags: readonly string[]): string {
  const shown = tags.slice(0, MAX_TAGS).map((tag) => quoteTag(tag));
  const rest = tags.length - shown.length;
  const words = rest > 0 ? [...shown, `${rest} more`] : shown;
  const last = words.at(-1) ?? 'none';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** Puts a tag, or another name, into double quotes. */
export function quoteTag(tag: string): string {
  return `"${tag}"`;
}

/** Turns a clause into the start of a sentence. */
export function capitalize(clause: string): string {
  return clause.slice(0, 1).toUpperCase() + clause.slice(1);
}

/** Most tags that one sentence names. */
const MAX_TAGS = 8;

function rulesOf(operation: Operation): readonly RuleId[] {
  return operation === 'read-write' ? ruleIds : rulesOfAccess[operation];
}

const rulesOfAccess: Readonly<Record<Rule['access'], readonly RuleId[]>> = {
  read: ruleIds.filter((rule) => rules[rule].access === 'read'),
  write: ruleIds.filter((rule) => rules[rule].access === 'write'),
};

function ruleText(rule: RuleId, noun: string): string {
  const { kind, access, from, on } = rules[rule];
  const name = (side: 'agent' | 'resource'): string => (side === 'agent' ? 'agent' : noun);
  return `a ${access} requires the ${name(on)} to have every ${kind} tag of the ${name(from)}`;
}

function heldRuleText(rule: RuleId, agent: AgentLabels, resource: LabelPair, noun: string): string {
  const { kind, from, on } = rules[rule];
  const side = { agent, resource };
  const name = (who: 'agent' | 'resource'): string => (who === 'agent' ? 'agent' : noun);
  const required = side[from][kind];
  if (required.length === 0) return `the ${name(from)} has no ${kind} tags`;
  if (side[on][kind].includes(WILDCARD)) return `"*" on the ${name(on)} matches every ${kind} tag`;
  return `the ${name(on)} has every ${kind} tag of the ${name(from)} (${quoteTags(sortedTags(required))})`;
}

function normalized(tag: string): string {
  return toLower(trimSpace(tag));
}
