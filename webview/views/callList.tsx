/** The call list: a virtual grid that draws only the rows in view, scrolls to the selection and supports the keyboard. */
import type { JSX, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type Column, fittingColumns, gridTemplate, type Several } from '../models/columns.ts';
import {
  drawnRange,
  isAtEnd,
  moveByKey,
  pageStep,
  scrollToCentre,
  scrollToEnd,
  scrollToShow,
  type Viewport,
} from '../models/virtualList.ts';
import type { Reveal } from '../state/selection.ts';
import { useSize } from '../widgets/size.ts';
import { CallCells, WaitingCells } from './callRow.tsx';
import { useStore } from './context.ts';

const rowHeight = 24;
const headerHeight = 24;
/** Width of the scroll bar and the row padding in pixels, which is not available to columns. */
const sidePadding = 20;

export interface CallListProps {
  readonly several: Several;
  readonly gridRef: RefObject<HTMLDivElement | null>;
  /** Called when the user opens the selected call, with Enter or a double click. */
  readonly onOpen: () => void;
}

export function CallList({ several, gridRef, onOpen }: CallListProps): JSX.Element {
  const store = useStore();
  const { rows, selection, follow } = store;
  const size = useSize(gridRef);
  const [scrollTop, setScrollTop] = useState(0);
  const total = rows.total.value;
  const view: Viewport = { rowHeight, height: Math.max(0, size.height - headerHeight), scrollTop, total };
  const { first, last } = drawnRange(view);
  const shown = fittingColumns(size.width - sidePadding, several);
  const selected = selection.index.value;
  const position = selection.position.value;
  const reveal = selection.reveal.value;
  // Rows are not signals; reading the version subscribes the list to their changes.
  const version = rows.version.value;

  // The last scroll position that the code set; any other position comes from the user.
  const scrolledTo = useRef(0);
  const scrollTo = (grid: HTMLDivElement, to: number): void => {
    if (to === grid.scrollTop) return;
    grid.scrollTop = to;
    scrolledTo.current = grid.scrollTop;
    setScrollTop(to);
  };

  const drawn = useRef({ total, height: view.height });
  useLayoutEffect(() => {
    const { total: totalBefore, height: heightBefore } = drawn.current;
    drawn.current = { total, height: view.height };
    // The browser moves the scroll position when the list becomes shorter or its height changes.
    if (total < totalBefore || view.height !== heightBefore) scrolledTo.current = gridRef.current?.scrollTop ?? 0;
  }, [total, view.height]);

  // Each reveal request scrolls once, as soon as its row exists, so that the user can scroll away afterwards.
  const revealed = useRef<Reveal | null>(null);

  useEffect(() => rows.show({ first, last }), [first, last, total, version]);
  useLayoutEffect(() => {
    const grid = gridRef.current;
    if (grid === null || reveal === null || reveal === revealed.current) return;
    if (size.height === 0 || total <= reveal.position) return;
    revealed.current = reveal;
    const now = { ...view, scrollTop: grid.scrollTop };
    scrollTo(grid, reveal.centre ? scrollToCentre(now, reveal.position) : scrollToShow(now, reveal.position));
  }, [reveal, size.height, total]);
  const following = follow.isOn.value;
  useLayoutEffect(() => {
    const grid = gridRef.current;
    if (following && grid !== null && size.height > 0) scrollTo(grid, scrollToEnd(view));
  }, [following, size.height, total]);

  // Opening the detail makes the list shorter. A selected row that was in view stays in view.
  const lastHeight = useRef(view.height);
  useLayoutEffect(() => {
    const before = { ...view, height: lastHeight.current };
    lastHeight.current = view.height;
    const grid = gridRef.current;
    if (grid === null || position < 0 || view.height === 0 || before.height <= view.height) return;
    if (scrollToShow(before, position) !== scrollTop) return;
    scrollTo(grid, scrollToShow(view, position));
  }, [view.height]);

  const onScroll = (grid: HTMLDivElement): void => {
    // After a change of its height, which is not drawn yet, the browser moves the list so that its end stays at the end.
    const isResized = grid.clientHeight !== size.height;
    const isOwn = isResized || Math.abs(grid.scrollTop - scrolledTo.current) < 1;
    scrolledTo.current = grid.scrollTop;
    setScrollTop(grid.scrollTop);
    if (!isOwn) follow.scrolled(isAtEnd({ ...view, scrollTop: grid.scrollTop }));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') {
      if (selected !== null) onOpen();
      return;
    }
    if (event.key === 'n' || event.key === 'p') {
      event.preventDefault();
      follow.chose(-1, null);
      void selection.moveToMarked('changed', event.key === 'n' ? 1 : -1);
      return;
    }
    const to = moveByKey(event.key, position, total, pageStep(view.height, rowHeight));
    if (to === undefined) return;
    event.preventDefault();
    follow.chose(to, event.key);
    void selection.moveTo(to);
  };
  const onClick = (event: MouseEvent): void => {
    const row = (event.target as Element).closest<HTMLElement>('[data-position]');
    if (row === null) return;
    follow.chose(Number(row.dataset['position']), null);
    void selection.moveTo(Number(row.dataset['position']));
  };

  const template = gridTemplate(shown);
  const lines = [];
  for (let at = first; at < last; at++) {
    const row = rows.rowAt(at);
    lines.push(
      <div
        key={at}
        id={`call-at-${at}`}
        role="row"
        class="call-row"
        aria-rowindex={at + 2}
        aria-selected={row === undefined ? at === position : row.index === selected}
        style={{ transform: `translateY(${at * rowHeight}px)` }}
        data-position={at}
        {...(row === undefined
          ? {}
          : { 'data-testid': 'call-row', 'data-index': row.index, 'data-status': row.status })}
      >
        {row === undefined ? <WaitingCells position={at} /> : <CallCells row={row} columns={shown} several={several} />}
      </div>,
    );
  }

  return (
    <div
      class="call-list"
      role="grid"
      ref={gridRef}
      tabIndex={0}
      aria-label="Calls"
      aria-rowcount={total + 1}
      aria-colcount={shown.length}
      aria-busy={rows.waiting.value}
      {...(position >= first && position < last ? { 'aria-activedescendant': `call-at-${position}` } : {})}
      style={{ '--columns': template }}
      onScroll={(event) => onScroll(event.currentTarget)}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onDblClick={onOpen}
      data-testid="call-list"
    >
      <Header columns={shown} />
      <div class="call-rows" role="rowgroup" style={{ height: `${total * rowHeight}px` }}>
        {lines}
      </div>
    </div>
  );
}

function Header({ columns }: { columns: readonly Column[] }): JSX.Element {
  return (
    <div class="call-header" role="row" aria-rowindex={1}>
      {columns.map(({ id, title, hint, align }) => (
        <span key={id} role="columnheader" class={`cell cell-${align}`} title={hint}>
          {title === '' ? <span class="visually-hidden">{hint}</span> : title}
        </span>
      ))}
    </div>
  );
}
