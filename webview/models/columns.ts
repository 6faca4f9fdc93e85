/** The columns of the call list: their order, their widths, and which of them fit into a width. */

export type ColumnId =
  'index' | 'time' | 'tool' | 'operation' | 'outcome' | 'items' | 'labels' | 'duration' | 'memory' | 'problems';

/** One column; widths in CSS pixels. */
export interface Column {
  readonly id: ColumnId;
  readonly title: string;
  /** A longer name for tooltips and screen readers. */
  readonly hint: string;
  readonly width: number;
  /** Grows with the list: shares what the others leave, by this weight. */
  readonly grow: number;
  readonly align: 'start' | 'end';
  /** Columns with a higher number go first when the list is narrow; 0 always stays. */
  readonly rank: number;
}

/** In the order in which they are shown; labels stand beside the tool, which takes their place in rows without any. */
export const columns: readonly Column[] = [
  { id: 'index', title: '#', hint: 'Position in the trace', width: 52, grow: 0, align: 'end', rank: 0 },
  { id: 'time', title: 'Time', hint: 'Time of the request (UTC)', width: 100, grow: 0, align: 'start', rank: 6 },
  { id: 'outcome', title: 'Outcome', hint: 'Outcome of the call', width: 88, grow: 0, align: 'start', rank: 0 },
  { id: 'tool', title: 'Tool', hint: 'Tool and arguments', width: 170, grow: 3, align: 'start', rank: 0 },
  {
    id: 'labels',
    title: 'Labels gained',
    hint: 'Tags that the agent gained or lost',
    width: 150,
    grow: 1,
    align: 'start',
    rank: 2,
  },
  {
    id: 'operation',
    title: 'Operation',
    hint: 'Operation set by the guard',
    width: 86,
    grow: 0,
    align: 'start',
    rank: 5,
  },
  {
    id: 'items',
    title: 'Items',
    hint: 'Allowed items and all items of the response',
    width: 66,
    grow: 0,
    align: 'end',
    rank: 1,
  },
  { id: 'duration', title: 'Guard time', hint: 'Time in the guard', width: 80, grow: 0, align: 'end', rank: 3 },
  { id: 'memory', title: 'Memory', hint: 'Linear memory after the call', width: 76, grow: 0, align: 'end', rank: 4 },
  { id: 'problems', title: '', hint: 'Problems in the call', width: 38, grow: 0, align: 'start', rank: 1 },
];

/** The columns that fit into a width, in order; those that always stay may be squeezed. */
export function fittingColumns(width: number): readonly Column[] {
  let shown = columns;
  while (totalWidth(shown) > width) {
    const rank = Math.max(...shown.map((column) => column.rank));
    if (rank === 0) break;
    shown = shown.filter((column) => column.rank < rank);
  }
  return shown;
}

/** The value for `grid-template-columns`. */
export function gridTemplate(shown: readonly Column[]): string {
  return shown.map(({ width, grow }) => (grow === 0 ? `${width}px` : `minmax(0, ${grow * 100 + width}fr)`)).join(' ');
}

function totalWidth(shown: readonly Column[]): number {
  return shown.reduce((sum, column) => sum + column.width, 0);
}
