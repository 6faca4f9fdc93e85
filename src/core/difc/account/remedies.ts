/** Suggests changes that would allow an access, with concrete tags, also where the gateway's own advice is misleading (gateway spec 3.3). */
import type { DecisionRecord, EnforcementMode, LabelPair, Operation } from '../record/decision.ts';
import { type BrokenRule, brokenRules, denyingRule, quoteTags, type RuleId, rules } from './explainRules.ts';
import { mergeBroken } from './withheld.ts';

/** Returns remedies as sentences, the most direct first; empty when the call was allowed or no label change would help. */
export function remediesFor(record: DecisionRecord): readonly string[] {
  const { operation, resource, items } = record;
  if (operation === null || resource === null) return [];
  if (record.panic !== undefined && record.endedIn === 5)
    return ['Give every legacy item a "labels" object, or return labeled_paths'];
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

/** Remedy for a read that passed despite a denied coarse check because the guard labelled no items. */
function unlabeledRemedies(record: DecisionRecord): readonly string[] {
  if (record.outcome !== 'allowed' || record.coarse?.outcome !== 'bypass' || record.items !== null) return [];
  if (record.endedIn !== null) return [];
  return ['To have the result checked, return labels for it from label_response; default_labels alone are enough'];
}

/** The two ways to satisfy one rule: add the tags to the side that lacks them, or remove them from the side that requires them. */
function changeLabels({ rule, missing }: BrokenRule, resource: string, mode: EnforcementMode): readonly string[] {
  const tags = quoteTags(missing);
  const ways: Readonly<Record<RuleId, readonly string[]>> = {
    'read-integrity': [
      `Have the guard add integrity ${tags} to ${resource}, if the content is that trustworthy`,
      `Or have label_agent omit integrity ${tags} from the agent (a policy that requires less)`,
    ],
    'read-secrecy': [
      `Have label_agent give the agent secrecy ${tags} (a policy that clears it for this data); the agent may then write only to resources with these tags`,
      `Or have the guard omit secrecy ${tags} from ${resource}, if the content is not secret`,
    ],
    'write-integrity': [
      `Have label_agent give the agent integrity ${tags}${mode === 'propagate' ? ', and check which earlier read removed it' : ''}`,
      `Or have the guard require less: omit integrity ${tags} from ${resource}`,
    ],
    'write-secrecy': [
      `Have the guard add secrecy ${tags} to ${resource}, if it may receive this data`,
      `Or use an agent that never gained secrecy ${tags}: an agent's secrecy tags are never removed`,
    ],
  };
  return ways[rule];
}

/** Corrects the gateway's advice, which is to add secrecy or drop integrity for reads and writes alike. */
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

/** Describes what another mode would do. The mode that label_agent returns wins over the configured one (gateway spec 3.10). */
function modeRemedies({ mode, items, outcome }: DecisionRecord, operation: Operation): readonly string[] {
  const accessible = (items ?? []).filter(({ allowed }) => allowed).length;
  const filter =
    mode === 'strict' && outcome === 'blocked' && accessible > 0
      ? [`In filter mode the client would get the other ${accessible === 1 ? 'item' : `${accessible} items`}`]
      : [];
  const propagate =
    mode !== 'propagate' && operation === 'read'
      ? ['In propagate mode the read would be allowed, and the agent would take on the labels of what it read']
      : [];
  const where = 'The mode is the difc_mode that label_agent returns; the configured mode applies when it returns none';
  return filter.length + propagate.length === 0 ? [] : [...filter, ...propagate, where];
}
