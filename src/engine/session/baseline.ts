/** What the decisions of a run are compared with: another run of the same session. */
import { DecisionPrints } from '../../core/diff/decisionPrint.ts';
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import { type ChangeKind, changeKinds } from '../../core/difc/record/changeKind.ts';
import type { CallRow } from '../../core/protocol/rows.ts';
import {
  changesFromRecorded,
  isOutcome,
  type RecordedOutcome,
  recordedEndText,
} from '../../core/replay/recordedOutcome.ts';
import { RecordStore } from './recordStore.ts';

/** A run whose rows are gone; its records are in a file for the most part. */
export interface Baseline {
  /** What it is, for the view: `the run before`. */
  readonly label: string;
  readonly prints: DecisionPrints;
  /** Outcome and items of each decided call, such as `filtered 2/3`. */
  readonly outcomes: ReadonlyMap<number, string>;
  /** Milliseconds in the guard, of each decided call. */
  readonly times: ReadonlyMap<number, number>;
  readonly records: RecordStore;
  /** The call of the baseline that a call of the run is compared with; null: the one with the same index. */
  readonly places: ReadonlyMap<number, number> | null;
  /** Hash of trace, guards, policies and rules: two runs with the same inputs decide the same. Null: not known. */
  readonly inputs: string | null;
  /** How a call ended when it was recorded, for calls without a decision here; absent when the baseline is not the recorded session. */
  readonly ends?: (index: number) => RecordedOutcome | null;
  /** The mode that the guard set; null when it set none. */
  readonly guardMode: EnforcementMode | null;
}

/** Nothing to compare with. */
export function noBaseline(): Baseline {
  return {
    label: '',
    prints: new DecisionPrints(),
    outcomes: new Map(),
    times: new Map(),
    records: new RecordStore(),
    places: null,
    inputs: null,
    guardMode: null,
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
  if (place === null) return comparedWithEnd(row, baseline);
  const changes: readonly ChangeKind[] = prints.changedKinds(row.index, baseline.prints, place);
  return changedRow(row, changes, baseline.outcomes.get(place) ?? '');
}

/** Whether the baseline says how a call was decided. */
export function isComparable(index: number, baseline: Baseline): boolean {
  return placeIn(baseline, index) !== null || (baseline.ends?.(index) ?? null) !== null;
}

function comparedWithEnd(row: CallRow, { ends }: Baseline): CallRow {
  const then = ends?.(row.index) ?? null;
  if (then === null || !isOutcome(row.status)) return row;
  const now = { outcome: row.status, withheld: row.items === null ? null : row.items.total - row.items.allowed };
  return changedRow(row, changesFromRecorded(then, now), recordedEndText(then));
}

function changedRow(row: CallRow, changes: readonly ChangeKind[], was: string): CallRow {
  return changes.length === 0 ? row : { ...row, marks: [...row.marks, 'changed'], was, changes };
}

/** The row of a call that takes the guard longer than in the baseline. */
export function slowerRow(row: CallRow, baseline: Baseline): CallRow {
  const { changes = [], marks } = row;
  const was = row.was ?? baseline.outcomes.get(placeIn(baseline, row.index) ?? -1) ?? '';
  return {
    ...row,
    was,
    marks: marks.includes('changed') ? marks : [...marks, 'changed'],
    changes: changeKinds.filter((kind) => kind === 'time' || changes.includes(kind)),
  };
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
