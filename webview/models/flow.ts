/** The inclusions of the coarse check for display: required tags and missing tags. */
import type { Operation } from '../../src/core/difc/record/decision.ts';
import { checkFlow, type LabelKind } from '../../src/core/difc/monitor/flowLabels.ts';
import type { LabelLists } from '../../src/core/protocol/rows.ts';

/** One inclusion that an access has to satisfy (gateway spec 3.2). */
export interface Inclusion {
  readonly access: 'read' | 'write';
  readonly kind: LabelKind;
  /** The rule as a sentence. */
  readonly rule: string;
  /** The required tags. */
  readonly demanded: readonly string[];
  /** The required tags that are missing; empty when the inclusion holds. */
  readonly missing: readonly string[];
}

/** The inclusions of an operation in the order of the gateway's checks. */
export function inclusions(operation: Operation, agent: LabelLists, resource: LabelLists): readonly Inclusion[] {
  const read: readonly Inclusion[] = [
    inclusion('read', 'integrity', 'The resource carries every integrity tag of the agent', resource, agent),
    inclusion('read', 'secrecy', 'The agent carries every secrecy tag of the resource', resource, agent),
  ];
  const write: readonly Inclusion[] = [
    inclusion('write', 'integrity', 'The agent carries every integrity tag of the resource', agent, resource),
    inclusion('write', 'secrecy', 'The resource carries every secrecy tag of the agent', agent, resource),
  ];
  return [...(operation === 'write' ? [] : read), ...(operation === 'read' ? [] : write)];
}

function inclusion(
  access: 'read' | 'write',
  kind: LabelKind,
  rule: string,
  source: LabelLists,
  target: LabelLists,
): Inclusion {
  const demanded = kind === 'secrecy' ? source.secrecy : target.integrity;
  return { access, kind, rule, demanded, missing: checkFlow(kind, source[kind], target[kind]).violating };
}
