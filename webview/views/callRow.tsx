/** One row of the call list: a cell for each visible column. */
import type { JSX } from 'preact';
import type { CallRow, LabelLists } from '../../src/core/protocol/rows.ts';
import type { Column, ColumnId, Several } from '../models/columns.ts';
import { formatBytes, formatMs, formatPages, plural, splitEnd } from '../models/format.ts';
import { markLooks } from '../models/outcomes.ts';
import { Icon } from '../widgets/icon.tsx';
import { TagChip } from '../widgets/tags.tsx';
import { RowChange } from '../compare/rowChange.tsx';
import { EditedMark } from '../whatIf/editedMark.tsx';
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
  readonly several: Several;
}

/** The cells of a loaded row. */
export function CallCells({ row, columns, several }: CallRowProps): JSX.Element {
  const shown = new Set(columns.map(({ id }) => id));
  // Names without a column of their own stand before the tool.
  const names = [
    ...(several.servers && !shown.has('server') ? [row.server] : []),
    ...(several.agents && !shown.has('agent') ? [row.agent] : []),
  ];
  if (row.status === 'skipped' && row.headline !== '') {
    return <UndecidedCells row={row} columns={columns} names={names} />;
  }
  // Most rows have no labels, and most arguments are too long, so the arguments use the labels' column.
  const hasLabels = row.began !== undefined || labelsOf(row).length > 0;
  const isWide = !hasLabels && columns.some(({ id }) => id === 'labels');
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
          {cellContent(id, row, names)}
        </span>
      ))}
    </>
  );
}

/** Width in pixels of the columns behind the tool from which a reason is legible there. */
const leastReasonWidth = 240;

interface UndecidedProps {
  readonly row: CallRow;
  readonly columns: readonly Column[];
  readonly names: readonly string[];
}

/** The cells of a call that is not decided: the reason stands in place of what a decision would fill. */
function UndecidedCells({ row, columns, names }: UndecidedProps): JSX.Element {
  const tool = columns.findIndex(({ id }) => id === 'tool');
  const isNarrow = columns.slice(tool + 1).reduce((sum, { width }) => sum + width, 0) < leastReasonWidth;
  // In a narrow list the reason stands in place of the arguments.
  const at = isNarrow ? tool : tool + 1;
  const rest = columns.length - at;
  return (
    <>
      {columns.slice(0, at).map(({ id, align }) => (
        <span key={id} role="gridcell" class={`cell cell-${id} cell-${align}`}>
          {cellContent(id, row, names)}
        </span>
      ))}
      <span
        role="gridcell"
        class={isNarrow ? 'cell cell-tool' : 'cell cell-reason'}
        aria-colspan={rest}
        style={{ gridColumn: `span ${rest}` }}
        title={row.headline}
        data-testid="row-reason"
      >
        {isNarrow ? (
          <span class="tool-line">
            <Names names={names} />
            <span class="cell-tool-name">{row.tool}</span>
            <span class="cell-reason">{row.headline}</span>
          </span>
        ) : (
          row.headline
        )}
      </span>
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

function cellContent(id: ColumnId, row: CallRow, names: readonly string[]): JSX.Element | string | null {
  switch (id) {
    case 'index':
      return String(row.index + 1);
    case 'time':
      return row.time;
    case 'outcome':
      return <OutcomeMark row={row} />;
    case 'tool':
      return <Tool row={row} names={names} />;
    case 'server':
      return <span title={row.server}>{row.server}</span>;
    case 'agent':
      return <span title={row.agent}>{row.agent}</span>;
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

interface ToolProps {
  readonly row: CallRow;
  /** The server and the agent, when they have no columns. */
  readonly names: readonly string[];
}

/** Arguments that do not fit are cut in the middle, because the end of a path is its most specific part. */
function Tool({ row, names }: ToolProps): JSX.Element {
  const { server, tool, args, headline } = row;
  const { start, end } = splitEnd(args);
  return (
    <span class="tool-line" title={`${server} ${tool}\n${args}${headline === '' ? '' : `\n${headline}`}`}>
      <Names names={names} />
      <span class="cell-tool-name">{tool}</span>
      <EditedMark row={row} />
      <RowChange row={row} />
      <span class="cell-args">
        <span class="args-start">{start}</span>
        {end === '' ? null : <span class="args-end">{end}</span>}
      </span>
    </span>
  );
}

/** The server and the agent before the tool. */
function Names({ names }: { names: readonly string[] }): JSX.Element {
  return (
    <>
      {names.map((name, at) => (
        <span key={at} class="cell-name">
          {name}
        </span>
      ))}
    </>
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
  const { began } = row;
  const tags = labelsOf(row);
  if (tags.length === 0 && began === undefined) return null;
  const all = tags.map(({ tag, kind, change }) => `${change === 'added' ? '+' : '−'} ${kind} ${tag}`).join('\n');
  return (
    <span class="row-tags" title={all}>
      {began === undefined ? null : <Began began={began} />}
      {tags.slice(0, tagsShown).map(({ tag, kind, change }) => (
        <TagChip key={`${kind}${change}${tag}`} tag={tag} kind={kind} change={change} />
      ))}
      {tags.length > tagsShown ? <span class="more-tags">+{tags.length - tagsShown}</span> : null}
    </span>
  );
}

/** That the gateway called label_agent before the call, and how many tags it gave the agent from the policy. */
function Began({ began: { secrecy, integrity } }: { began: LabelLists }): JSX.Element {
  const tags = [...secrecy.map((tag) => `+ secrecy ${tag}`), ...integrity.map((tag) => `+ integrity ${tag}`)];
  const what = `label_agent gave the agent ${tags.length === 0 ? 'no tags' : plural(tags.length, 'tag')} from the policy, before this call`;
  return (
    <span class="row-began" title={[what, ...tags].join('\n')} data-testid="row-began">
      <span class="row-began-name">label_agent</span>
      {tags.length === 0 ? null : <span class="more-tags">+{tags.length}</span>}
    </span>
  );
}

function Marks({ row: { problems, differs, logLevel, marks, was } }: { row: CallRow }): JSX.Element | null {
  if (problems === 0 && (logLevel ?? 0) < 2 && marks.every((mark) => mark === 'edited')) return null;
  const notes = [
    was === undefined ? '' : `was ${was}`,
    differs ? 'differs from the capture' : '',
    problems > 0 ? plural(problems, 'problem') : '',
    ...markLooks
      .filter(({ id }) => marks.includes(id) && id !== 'lint' && id !== 'changed' && id !== 'edited')
      .map(({ word }) => word),
    logLevel === 3 ? 'error in the guard log' : logLevel === 2 ? 'warning in the guard log' : '',
  ].filter((part) => part !== '');
  return (
    <span class={problems > 0 || logLevel === 3 ? 'marks marks-problem' : 'marks'} title={notes.join(', ')}>
      <Icon name={differs || was !== undefined ? 'differs' : 'warning'} label={notes.join(', ')} />
      {problems > 1 ? <span>{problems}</span> : null}
    </span>
  );
}
