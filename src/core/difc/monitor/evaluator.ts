/** The reference monitor: decides whether an agent may access a resource, and names the tags that deny it (gateway `internal/difc/evaluator.go`). */
import { toLower } from '../../go/goText.ts';
import type { AgentLabels } from './agent.ts';
import type { EnforcementMode, EvaluationRecord, Operation } from '../record/decision.ts';
import { checkFlow } from './flowLabels.ts';
import { formatTags, sortedTags } from './labels.ts';
import type { Resource } from './resource.ts';
import { integrityLevel, secrecyScope } from './violations.ts';

/** A decision with its reason; the tag lists are sorted. Same shape as its record. */
export type Evaluation = EvaluationRecord;

/**
 * Decides one access. A read requires the resource to have every integrity tag of the agent, and no secrecy tag that the agent lacks;
 * when integrity fails, secrecy is not checked. Propagate mode allows every read and reports what the agent would gain and lose.
 * A write, in every mode, requires the agent to have every integrity tag of the resource, and no secrecy tag that the resource lacks.
 * Read-write checks the read, then the write; when both pass, the result is a plain allow, even if the read propagates (gateway spec 3.2).
 */
export function evaluate(
  mode: EnforcementMode,
  operation: Operation,
  agent: AgentLabels,
  resource: Resource,
): Evaluation {
  if (operation === 'read') return evaluateRead(mode, agent, resource);
  if (operation === 'write') return evaluateWrite(agent, resource);
  const read = evaluateRead(mode, agent, resource);
  if (!isAllowed(read)) return read;
  const write = evaluateWrite(agent, resource);
  return isAllowed(write) ? allow : write;
}

/** Whether a decision allows the access, with or without propagation. */
export function isAllowed(evaluation: Pick<Evaluation, 'decision'>): boolean {
  return evaluation.decision !== 'deny';
}

/** Parses a configured mode: case-insensitive, empty means strict; the error is the gateway's text. */
export function parseEnforcementMode(
  text: string,
): { readonly ok: true; readonly mode: EnforcementMode } | { readonly ok: false; readonly error: string } {
  const lower = toLower(text);
  if (lower === '') return { ok: true, mode: 'strict' };
  if (lower === 'strict' || lower === 'filter' || lower === 'propagate') return { ok: true, mode: lower };
  return { ok: false, error: `unknown enforcement mode: ${text} (valid modes: strict, filter, propagate)` };
}

const allow: Evaluation = { decision: 'allow', reason: '', secrecyToAdd: [], integrityToDrop: [] };

function evaluateRead(mode: EnforcementMode, agent: AgentLabels, resource: Resource): Evaluation {
  const missing = sortedTags(checkFlow('integrity', resource.integrity, agent.integrity).violating);
  const extra = sortedTags(checkFlow('secrecy', resource.secrecy, agent.secrecy).violating);
  if (missing.length === 0 && extra.length === 0) return allow;
  if (mode === 'propagate') return allowWithPropagation(extra, missing);
  if (missing.length > 0) {
    return deny(
      `Resource '${resource.description}' has lower integrity than agent requires. ` +
        `The agent cannot read data with integrity below ${integrityLevel(missing)}.`,
      { integrityToDrop: missing },
    );
  }
  return deny(
    `Resource '${resource.description}' has secrecy requirements that agent doesn't meet. ` +
      `The agent is not authorized to access ${secrecyScope(extra)}-scoped data.`,
    { secrecyToAdd: extra },
  );
}

function evaluateWrite(agent: AgentLabels, resource: Resource): Evaluation {
  const missing = sortedTags(checkFlow('integrity', agent.integrity, resource.integrity).violating);
  if (missing.length > 0) {
    return deny(
      `Agent lacks required integrity to write to '${resource.description}'. ` +
        `The agent's integrity level is insufficient; it needs ${integrityLevel(missing)} integrity.`,
      { integrityToDrop: missing },
    );
  }
  const extra = sortedTags(checkFlow('secrecy', agent.secrecy, resource.secrecy).violating);
  if (extra.length === 0) return allow;
  return deny(
    `Agent carries ${secrecyScope(extra)}-scoped data that cannot be written to '${resource.description}' due to ` +
      'secrecy constraints. The target resource is not authorized to receive this sensitive data.',
    { secrecyToAdd: extra },
  );
}

function allowWithPropagation(secrecyToAdd: readonly string[], integrityToDrop: readonly string[]): Evaluation {
  const parts = [
    ...(secrecyToAdd.length === 0 ? [] : [`adding secrecy tags ${formatTags(secrecyToAdd)}`]),
    ...(integrityToDrop.length === 0 ? [] : [`dropping integrity tags ${formatTags(integrityToDrop)}`]),
  ];
  const reason = `Read allowed with label propagation: ${parts.join(' and ')}`;
  return { decision: 'allow-with-propagate', reason, secrecyToAdd, integrityToDrop };
}

function deny(reason: string, tags: Partial<Pick<Evaluation, 'secrecyToAdd' | 'integrityToDrop'>>): Evaluation {
  return { ...allow, decision: 'deny', reason, ...tags };
}
