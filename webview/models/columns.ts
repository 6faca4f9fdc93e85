/** The columns of the call list: their order, their widths, and the selection for a given width. */

export type ColumnId =
  | 'index'
  | 'time'
  | 'server'
  | 'agent'
  | 'tool'
  | 'operation'
  | 'outcome'
  | 'items'
  | 'labels'
  | 'duration'
  | 'memory'
  | 'problems';

/** One column; widths in CSS pixels. */
export interface Column {
  readonly id: ColumnId;
  readonly title: string;
  /** The description for tooltips and screen readers. */
  readonly hint: string;
  readonly width: number;
  /** Weight by which the column shares the remaining width; 0 for a fixed width. */
  readonly grow: number;
  /** Whether a growing column is never narrower than its width. */
  readonly keepsWidth?: true;
  readonly align: 'start' | 'end';
  /** Columns with a higher rank are hidden first in a narrow list; rank 0 is always shown. */
  readonly rank: number;
}

/** The columns in display order. Labels follow the tool, whose cell spans both columns in rows without labels. */
export const columns: readonly Column[] = [
  { id: 'index', title: '#', hint: 'Position in the trace', width: 52, grow: 0, align: 'end', rank: 0 },
  { id: 'time', title: 'Time', hint: 'Time of the request (UTC)', width: 100, grow: 0, align: 'start', rank: 8 },
  { id: 'outcome', title: 'Outcome', hint: 'Outcome of the call', width: 88, grow: 0, align: 'start', rank: 0 },
  {
    id: 'server',
    title: 'Server',
    hint: 'Server of the call',
    width: 96,
    grow: 0.2,
    keepsWidth: true,
    align: 'start',
    rank: 2,
  },
  {
    id: 'agent',
    title: 'Agent',
    hint: 'Agent that made the call',
    width: 104,
    grow: 0.3,
    keepsWidth: true,
    align: 'start',
    rank: 3,
  },
  { id: 'tool', title: 'Tool', hint: 'Tool and arguments', width: 170, grow: 3, align: 'start', rank: 0 },
  {
    id: 'labels',
    title: 'Labels gained',
    hint: 'Tags that the agent gained or lost',
    width: 150,
    grow: 0.3,
    align: 'start',
    rank: 4,
  },
  {
    id: 'operation',
    title: 'Operation',
    hint: 'Operation set by the guard',
    width: 86,
    grow: 0,
    align: 'start',
    rank: 7,
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
  { id: 'duration', title: 'Guard time', hint: 'Time in the guard', width: 80, grow: 0, align: 'end', rank: 5 },
  { id: 'memory', title: 'Memory', hint: 'Linear memory after the call', width: 76, grow: 0, align: 'end', rank: 6 },
  { id: 'problems', title: '', hint: 'Problems in the call', width: 38, grow: 0, align: 'start', rank: 1 },
];

/** Whether a trace has calls of several servers and of several agents; a column with one value tells nothing. */
export interface Several {
  readonly servers: boolean;
  readonly agents: boolean;
}

/** The columns that fit into a width, in order; columns of rank 0 may be narrower than their width. */
export function fittingColumns(width: number, several: Several): readonly Column[] {
  let shown = columns.filter(({ id }) => (id !== 'server' || several.servers) && (id !== 'agent' || several.agents));
  while (totalWidth(shown) > width) {
    const rank = Math.max(...shown.map((column) => column.rank));
    if (rank === 0) break;
    shown = shown.filter((column) => column.rank < rank);
  }
  return shown;
}

/** The value for `grid-template-columns`. */
export function gridTemplate(shown: readonly Column[]): string {
  return shown
    .map(({ width, grow, keepsWidth }) => {
      if (grow === 0) return `${width}px`;
      return `minmax(${keepsWidth === true ? `${width}px` : '0'}, ${grow * 100 + width}fr)`;
    })
    .join(' ');
}

function totalWidth(shown: readonly Column[]): number {
  return shown.reduce((sum, column) => sum + column.width, 0);
}
