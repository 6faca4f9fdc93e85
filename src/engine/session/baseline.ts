/** What the decisions of a run are compared with: another run of the same session. */
import { DecisionPrints } from '../../core/diff/decisionPrint.ts';
import type { ChangeKind } from '../../core/difc/record/changeKind.ts';
import type { CallRow } from '../../core/protocol/rows.ts';
import { RecordStore } from './recordStore.ts';

/** A run whose rows are gone; its records are in a file for the most part. */
export interface Baseline {
  /** What it is, for the view: `the run before`. */
  readonly label: string;
  readonly prints: DecisionPrints;
  /** Outcome and items of each decided call, such as `filtered 2/3`. */
  readonly outcomes: ReadonlyMap<number, string>;
  readonly records: RecordStore;
  /** The call of the baseline that a call of the run is compared with; null: the one with the same index. */
  readonly places: ReadonlyMap<number, number> | null;
  /** Hash of trace, guards, policies and rules: two runs with the same inputs decide the same. Null: not known. */
  readonly inputs: string | null;
}

/** Nothing to compare with. */
export function noBaseline(): Baseline {
  return {
    label: '',
    prints: new DecisionPrints(),
    outcomes: new Map(),
    records: new RecordStore(),
    places: null,
    inputs: null,
  };
}

/** The index of the call in the baseline; null when it has no decision there. */
export function placeIn({ prints, places }: Baseline, index: number): number | null {
  const place = places === null ? index : places.get(index);
  return place !== undefined && prints.has(place) ? place : null;
}

/** The row with its changes against the baseline. `prints` are those of the run that the row belongs to. */
export function comparedRow(row: CallRow, prints: DecisionPrints, baseline: Baseline): CallRow {
  const place = placeIn(baseline, row.index);
  if (place === null) return row;
  const changes: readonly ChangeKind[] = prints.changedKinds(row.index, baseline.prints, place);
  if (changes.length === 0) return row;
  const was = baseline.outcomes.get(place) ?? '';
  return { ...row, marks: [...row.marks, 'changed'], was, changes };
}

/** The row as it is without a baseline. */
export function uncomparedRow(row: CallRow): CallRow {
  if (row.changes === undefined) return row;
  const { was: _was, changes: _changes, ...rest } = row;
  return { ...rest, marks: row.marks.filter((mark) => mark !== 'changed') };
}

/** Outcome and items of a row. */
export function outcomeOfRow({ status, items }: CallRow): string {
  return items === null ? status : `${status} ${items.allowed}/${items.total}`;
}
