/** One row of the call list: a cell for each visible column. */
import type { JSX } from 'preact';
import type { CallRow } from '../../src/core/protocol/rows.ts';
import type { Column, ColumnId } from '../models/columns.ts';
import { formatBytes, formatMs, formatPages, plural, splitEnd } from '../models/format.ts';
import { markLooks } from '../models/outcomes.ts';
import { Icon } from '../widgets/icon.tsx';
import { TagChip } from '../widgets/tags.tsx';
import { OutcomeMark } from './outcomeMark.tsx';

/** Number of tags that a row shows; further tags are shown as a count. */
const tagsShown = 1;

interface LabelChange {
  readonly tag: string;
  readonly kind: 'secrecy' | 'integrity';
  readonly change: 'added' | 'removed';
}

export interface CallRowProps {
  readonly row: CallRow;
  readonly columns: readonly Column[];
  readonly severalServers: boolean;
}

/** The cells of a loaded row. */
export function CallCells({ row, columns, severalServers }: CallRowProps): JSX.Element {
  // Most rows have no labels, and most arguments are too long, so the arguments use the labels' column.
  const isWide = labelsOf(row).length === 0 && columns.some(({ id }) => id === 'labels');
  const cells = isWide ? columns.filter(({ id }) => id !== 'labels') : columns;
  return (
    <>
      {cells.map(({ id, align }) => (
        <span
          key={id}
          role="gridcell"
          class={`cell cell-${id} cell-${align}`}
          {...(isWide && id === 'tool' ? { 'aria-colspan': 2 } : {})}
        >
          {cellContent(id, row, severalServers)}
        </span>
      ))}
    </>
  );
}

/** The cells of a row that is being loaded. */
export function WaitingCells({ position }: { position: number }): JSX.Element {
  return (
    <>
      <span role="gridcell" class="cell cell-index cell-end">
        {position + 1}
      </span>
      <span role="gridcell" class="cell cell-waiting" />
    </>
  );
}

function cellContent(id: ColumnId, row: CallRow, severalServers: boolean): JSX.Element | string | null {
  switch (id) {
    case 'index':
      return String(row.index + 1);
    case 'time':
      return row.time;
    case 'outcome':
      return <OutcomeMark status={row.status} />;
    case 'tool':
      return <Tool row={row} severalServers={severalServers} />;
    case 'operation':
      return row.operation ?? '';
    case 'items':
      return <Items row={row} />;
    case 'labels':
      return <Labels row={row} />;
    case 'duration':
      return row.durationMs === null ? '' : formatMs(row.durationMs);
    case 'memory':
      return row.memoryBytes === null ? (
        ''
      ) : (
        <span title={formatPages(row.memoryBytes)}>{formatBytes(row.memoryBytes)}</span>
      );
    case 'problems':
      return <Marks row={row} />;
  }
}

/** Arguments that do not fit are cut in the middle, because the end of a path is its most specific part. */
function Tool({ row, severalServers }: { row: CallRow; severalServers: boolean }): JSX.Element {
  const { server, tool, args, headline } = row;
  const { start, end } = splitEnd(args);
  return (
    <span class="tool-line" title={`${server} ${tool}\n${args}${headline === '' ? '' : `\n${headline}`}`}>
      {severalServers ? <span class="cell-server">{server}</span> : null}
      <span class="cell-tool-name">{tool}</span>
      <span class="cell-args">
        <span class="args-start">{start}</span>
        {end === '' ? null : <span class="args-end">{end}</span>}
      </span>
    </span>
  );
}

function Items({ row }: { row: CallRow }): JSX.Element | null {
  if (row.items === null) return null;
  const { allowed, total } = row.items;
  return (
    <span class={allowed < total ? 'items-some' : ''} title={`${allowed} of ${plural(total, 'item')} allowed`}>
      {allowed}
      <span class="items-total">/{total}</span>
    </span>
  );
}

/** Tags that the agent gained or lost through a call. */
function labelsOf({ gained, lost }: CallRow): readonly LabelChange[] {
  return [
    ...gained.secrecy.map((tag) => ({ tag, kind: 'secrecy', change: 'added' }) as const),
    ...gained.integrity.map((tag) => ({ tag, kind: 'integrity', change: 'added' }) as const),
    ...lost.secrecy.map((tag) => ({ tag, kind: 'secrecy', change: 'removed' }) as const),
    ...lost.integrity.map((tag) => ({ tag, kind: 'integrity', change: 'removed' }) as const),
  ];
}

function Labels({ row }: { row: CallRow }): JSX.Element | null {
  const tags = labelsOf(row);
  if (tags.length === 0) return null;
  const all = tags.map(({ tag, kind, change }) => `${change === 'added' ? '+' : '−'} ${kind} ${tag}`).join('\n');
  return (
    <span class="row-tags" title={all}>
      {tags.slice(0, tagsShown).map(({ tag, kind, change }) => (
        <TagChip key={`${kind}${change}${tag}`} tag={tag} kind={kind} change={change} />
      ))}
      {tags.length > tagsShown ? <span class="more-tags">+{tags.length - tagsShown}</span> : null}
    </span>
  );
}

function Marks({ row: { problems, differs, logLevel, marks } }: { row: CallRow }): JSX.Element | null {
  if (problems === 0 && (logLevel ?? 0) < 2 && marks.length === 0) return null;
  const notes = [
    differs ? 'differs from the capture' : '',
    problems > 0 ? plural(problems, 'problem') : '',
    ...markLooks.filter(({ id }) => marks.includes(id) && id !== 'lint').map(({ word }) => word),
    logLevel === 3 ? 'error in the guard log' : logLevel === 2 ? 'warning in the guard log' : '',
  ].filter((part) => part !== '');
  return (
    <span class={problems > 0 || logLevel === 3 ? 'marks marks-problem' : 'marks'} title={notes.join(', ')}>
      <Icon name={differs ? 'differs' : 'warning'} label={notes.join(', ')} />
      {problems > 1 ? <span>{problems}</span> : null}
    </span>
  );
}
