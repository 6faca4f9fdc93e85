/** The clauses of the policy behind the decision of a call, for the panel. */
import { basename } from 'node:path';
import { clauseTitle, waitText, withoutText } from '../../../core/clauses/clauseText.ts';
import { namedClauses } from '../../../core/clauses/namedClauses.ts';
import type { CallClauses, ClauseRow } from '../../../core/protocol/clauses.ts';
import type { TraceView } from '../traceView.ts';
import type { DecidingClauses } from './decidingClauses.ts';
import type { FileClause } from './policyFiles.ts';

/** The clauses that decide a call first, then those that change only its reason or labels, then those that its reason names. */
export function callClauses(view: TraceView, search: DecidingClauses, index: number): CallClauses {
  const record = view.record(index);
  if (record === undefined) return { state: 'none', message: '', rows: [] };
  search.find();
  const { search: state, clauses } = search;
  const effects = clauses.flatMap((clause): readonly ClauseRow[] => {
    const effect = search.effect(clause.id);
    if (effect?.kind !== 'found') return [];
    const would = effect.decides.get(index);
    const how = would === undefined ? effect.touches.get(index) : 'decides';
    return how === undefined ? [] : [rowOf(clause, how, would)];
  });
  const shown = new Set(effects.map(({ id }) => id));
  const named = namedClauses(record, clauses).filter(({ id }) => !shown.has(id));
  const order = ['decides', 'reason', 'labels', 'named'] as const;
  const rows = [...effects, ...named.map((clause) => rowOf(clause, 'named'))];
  return {
    state: state.kind === 'idle' || (state.kind === 'found' && clauses.length === 0) ? 'none' : state.kind,
    message:
      state.kind === 'impossible' ? state.reason : state.kind === 'long' ? `about ${waitText(state.estimateMs)}` : '',
    rows: order.flatMap((how) => rows.filter((row) => row.how === how)),
  };
}

function rowOf(clause: FileClause, how: ClauseRow['how'], would = ''): ClauseRow {
  const { id, file } = clause;
  return { id, title: clauseTitle(clause), file: basename(file.path), how, would, without: withoutText(clause) };
}
