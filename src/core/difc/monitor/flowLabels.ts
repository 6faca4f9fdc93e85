/** Where information may flow: the two subset rules behind every decision (gateway `internal/difc/flow_labels.go`, spec 3.1). */
import { WILDCARD, withoutTags } from './labels.ts';

/** Secrecy may only grow along a flow, integrity may only shrink. */
export type LabelKind = 'secrecy' | 'integrity';

/** Whether a flow is allowed, and the tags that stand in its way. */
export interface FlowCheck {
  readonly ok: boolean;
  /** Secrecy: tags of the source that the target lacks. Integrity: tags of the target that the source lacks. */
  readonly violating: readonly string[];
}

/**
 * Checks one flow. Secrecy: the source's tags have to be among the target's. Integrity: the target's tags have to be among the
 * source's. `*` on the side that has to hold the others lets everything pass; on the other side it is an ordinary tag.
 */
export function checkFlow(kind: LabelKind, source: readonly string[], target: readonly string[]): FlowCheck {
  const [inner, outer] = kind === 'secrecy' ? [source, target] : [target, source];
  if (outer.includes(WILDCARD)) return { ok: true, violating: [] };
  const violating = withoutTags(inner, outer);
  return { ok: violating.length === 0, violating };
}
