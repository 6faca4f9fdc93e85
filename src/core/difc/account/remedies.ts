/** What would let an access pass, in concrete tags: also where the gateway's own advice points the wrong way (gateway spec 3.3). */
import type { DecisionRecord, EnforcementMode, LabelPair, Operation } from '../record/decision.ts';
import { type BrokenRule, brokenRules, denyingRule, quoteTags, type RuleId, rules } from './explainRules.ts';
import { mergeBroken } from './withheld.ts';

/** Remedies as sentences, the most direct first; empty when the call passed, or when no label would have helped. */
export function remediesFor(record: DecisionRecord): readonly string[] {
  const { operation, resource, items } = record;
  if (operation === null || resource === null) return [];
  if (record.panic !== undefined && record.endedIn === 5)
    return ['Give every item of the legacy format a "labels" object, or answer with labeled_paths'];
  if (record.outcome === 'denied') return deniedRemedies(record, operation, resource);
  if (record.outcome !== 'filtered' && record.outcome !== 'blocked') return unlabeledRemedies(record);
  const withheld = (items ?? []).filter(({ allowed }) => !allowed);
  const noun = withheld.length === 1 ? 'the withheld item' : 'the withheld items';
  return [
    ...mergeBroken(withheld.flatMap((item) => brokenRules(operation, record.agentBefore, item))).flatMap((broken) =>
      changeLabels(broken, noun, record.mode),
    ),
    ...modeRemedies(record, operation),
  ];
}

function deniedRemedies(
  record: DecisionRecord,
  operation: Operation,
  resource: LabelPair & { description: string },
): string[] {
  const broken = brokenRules(operation, record.agentBefore, resource);
  const denying = denyingRule(record.mode, broken);
  const relevant = broken.filter(({ rule }) => record.mode !== 'propagate' || rules[rule].access === 'write');
  return [
    ...relevant.flatMap((rule) => changeLabels(rule, `"${resource.description}"`, record.mode)),
    ...(denying === undefined ? [] : misleadingAdvice(denying)),
  ];
}

/** A read that went through although the coarse check said deny, for want of item labels. */
function unlabeledRemedies(record: DecisionRecord): readonly string[] {
  if (record.outcome !== 'allowed' || record.coarse?.outcome !== 'bypass' || record.items !== null) return [];
  if (record.endedIn !== null) return [];
  return ['To have the result checked, let label_response answer labels for it; default_labels alone are enough'];
}

/** The two ways to satisfy one rule: give the side that lacks the tags, or take them from the side that demands them. */
function changeLabels({ rule, missing }: BrokenRule, resource: string, mode: EnforcementMode): readonly string[] {
  const tags = quoteTags(missing);
  const ways: Readonly<Record<RuleId, readonly string[]>> = {
    'read-integrity': [
      `Let the guard put integrity ${tags} on ${resource}, if the content deserves that trust`,
      `Or let label_agent leave integrity ${tags} off the agent (a policy that demands less)`,
    ],
    'read-secrecy': [
      `Let label_agent give the agent secrecy ${tags} (a policy that clears it for this data); it may then write only where these tags are allowed`,
      `Or let the guard leave secrecy ${tags} off ${resource}, if the content is not secret`,
    ],
    'write-integrity': [
      `Let label_agent give the agent integrity ${tags}${mode === 'propagate' ? ', and check which earlier read took it away' : ''}`,
      `Or let the guard demand less: leave integrity ${tags} off ${resource}`,
    ],
    'write-secrecy': [
      `Let the guard put secrecy ${tags} on ${resource}, if it may receive this data`,
      `Or use an agent that never took on secrecy ${tags}: an agent's secrecy tags are never removed`,
    ],
  };
  return ways[rule];
}

/** The gateway always says to add secrecy or to drop integrity, whichever way the access went. */
function misleadingAdvice({ rule, missing }: BrokenRule): readonly string[] {
  const tags = quoteTags(missing);
  if (rule === 'write-integrity') {
    return [
      `The gateway's advice to drop integrity ${tags} cannot help: the agent does not have ${missing.length === 1 ? 'it' : 'them'}`,
    ];
  }
  if (rule === 'write-secrecy') {
    return [
      `The gateway's advice to add secrecy ${tags} cannot help: the agent already has ${missing.length === 1 ? 'it' : 'them'}`,
    ];
  }
  return [];
}

/** What another mode would do. The guard's label_agent names the mode; what is configured counts for one that does not (gateway spec 3.10). */
function modeRemedies({ mode, items, outcome }: DecisionRecord, operation: Operation): readonly string[] {
  const kept = (items ?? []).filter(({ allowed }) => allowed).length;
  const filter =
    mode === 'strict' && outcome === 'blocked' && kept > 0
      ? [`In filter mode the other ${kept === 1 ? 'item' : `${kept} items`} would get through`]
      : [];
  const propagate =
    mode !== 'propagate' && operation === 'read'
      ? ['In propagate mode the read would pass, and the agent would take on what it read']
      : [];
  const where = 'The mode is what label_agent answers as difc_mode; the configured one counts where it answers none';
  return filter.length + propagate.length === 0 ? [] : [...filter, ...propagate, where];
}
