/** Decision tables of the pipeline: bypass, labelling, blocking, accumulating, filtering (gateway `internal/difc/pipeline_decisions.go`). */
import type { AgentLabels } from './agent.ts';
import type { CoarseOutcome, EnforcementMode, Operation } from '../record/decision.ts';
import { type Evaluation, evaluate, isAllowed } from './evaluator.ts';
import type { LabeledCollection, LabeledItem, Resource } from './resource.ts';

/** Returns the outcome of phase 2: a denied read continues, so that phase 5 can check each item. */
export function coarseOutcome(operation: Operation, evaluation: Evaluation): CoarseOutcome {
  if (isAllowed(evaluation)) return 'allowed';
  return operation === 'read' ? 'bypass' : 'denied';
}

/** Whether phase 4 calls label_response: always for reads, never for writes, for read-write except in strict mode. */
export function shouldCallLabelResponse(operation: Operation, mode: EnforcementMode): boolean {
  return operation === 'read' || (operation === 'read-write' && mode !== 'strict');
}

/** Whether withheld items block the whole response. */
export function shouldBlockFilteredResponse(mode: EnforcementMode, filteredCount: number): boolean {
  return mode === 'strict' && filteredCount > 0;
}

/** Whether phase 6 changes the agent's labels. */
export function shouldAccumulateReadLabels(operation: Operation, mode: EnforcementMode): boolean {
  return operation !== 'write' && mode === 'propagate';
}

/** An item of a response with its labels and the evaluation of the reference monitor. */
export interface EvaluatedItem {
  readonly item: LabeledItem;
  readonly labels: Resource;
  readonly evaluation: Evaluation;
  readonly allowed: boolean;
}

/**
 * Evaluates every item with the operation of the call, in order; null when an item has no labels, where the gateway panics
 * (gateway `FilterCollection`, spec 2.6.2).
 */
export function filterCollection(
  mode: EnforcementMode,
  operation: Operation,
  agent: AgentLabels,
  collection: LabeledCollection,
): readonly EvaluatedItem[] | null {
  const evaluated: EvaluatedItem[] = [];
  for (const item of collection.items) {
    if (item.labels === null) return null;
    const evaluation = evaluate(mode, operation, agent, item.labels);
    evaluated.push({ item, labels: item.labels, evaluation, allowed: isAllowed(evaluation) });
  }
  return evaluated;
}
