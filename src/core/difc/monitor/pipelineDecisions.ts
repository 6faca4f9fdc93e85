/** The small tables of the pipeline: bypass, labelling, blocking, accumulating, filtering (gateway `internal/difc/pipeline_decisions.go`). */
import type { AgentLabels } from './agent.ts';
import type { CoarseOutcome, EnforcementMode, Operation } from '../record/decision.ts';
import { type Evaluation, evaluate, isAllowed } from './evaluator.ts';
import type { LabeledCollection, LabeledItem, Resource } from './resource.ts';

/** What phase 2 leads to: a read goes on even when denied, so that phase 5 can look at each item. */
export function coarseOutcome(operation: Operation, evaluation: Evaluation): CoarseOutcome {
  if (isAllowed(evaluation)) return 'allowed';
  return operation === 'read' ? 'bypass' : 'denied';
}

/** Whether phase 4 asks the guard for labels of the response: reads always, writes never, read-write except in strict mode. */
export function shouldCallLabelResponse(operation: Operation, mode: EnforcementMode): boolean {
  return operation === 'read' || (operation === 'read-write' && mode !== 'strict');
}

/** Whether withheld items take the whole response with them. */
export function shouldBlockFilteredResponse(mode: EnforcementMode, filteredCount: number): boolean {
  return mode === 'strict' && filteredCount > 0;
}

/** Whether phase 6 changes the agent. */
export function shouldAccumulateReadLabels(operation: Operation, mode: EnforcementMode): boolean {
  return operation !== 'write' && mode === 'propagate';
}

/** An item of a response with its labels and what the reference monitor said about it. */
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
