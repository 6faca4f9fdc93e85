/** The two subset rules for information flow behind every decision (gateway `internal/difc/flow_labels.go`, spec 3.1). */
import { WILDCARD, withoutTags } from './labels.ts';

/** Along a flow, secrecy may only grow and integrity may only shrink. */
export type LabelKind = 'secrecy' | 'integrity';

/** Whether a flow is allowed, and the tags that prevent it. */
export interface FlowCheck {
  readonly ok: boolean;
  /** Secrecy: tags of the source that the target lacks. Integrity: tags of the target that the source lacks. */
  readonly violating: readonly string[];
}

const allowed: FlowCheck = { ok: true, violating: [] };

/**
 * Checks one flow. Secrecy: the source's tags must be a subset of the target's. Integrity: the target's tags must be a subset of the
 * source's. `*` in the superset allows everything; in the subset it is an ordinary tag.
 */
export function checkFlow(kind: LabelKind, source: readonly string[], target: readonly string[]): FlowCheck {
  const inner = kind === 'secrecy' ? source : target;
  const outer = kind === 'secrecy' ? target : source;
  if (inner.length === 0 || outer.includes(WILDCARD)) return allowed;
  const violating = withoutTags(inner, outer);
  return { ok: violating.length === 0, violating };
}
