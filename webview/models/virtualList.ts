/** Computes the visible rows and scroll positions of a list whose rows have a fixed height. */

/** The state of the scroll container; lengths in CSS pixels. */
export interface Viewport {
  readonly rowHeight: number;
  /** Height of the part of the box that shows rows. */
  readonly height: number;
  readonly scrollTop: number;
  /** Total number of rows. */
  readonly total: number;
}

/** Positions `first` (inclusive) to `last` (exclusive). */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** Extra rows drawn above and below, so that a slow frame shows no gap. */
const overscan = 8;

/** The rows to draw, with `extra` rows above and below. */
export function drawnRange(view: Viewport, extra = overscan): Range {
  const { rowHeight, height, scrollTop, total } = view;
  const top = Math.min(Math.max(0, scrollTop), maxScroll(view));
  const first = Math.max(0, Math.floor(top / rowHeight) - extra);
  const last = Math.min(total, Math.ceil((top + height) / rowHeight) + extra);
  return { first: Math.min(first, last), last };
}

/** The nearest scroll position that fully shows a row; unchanged if the row is already in view. */
export function scrollToShow(view: Viewport, position: number): number {
  const { rowHeight, height, scrollTop } = view;
  const top = position * rowHeight;
  if (top < scrollTop) return Math.max(0, top);
  if (top + rowHeight > scrollTop + height) return Math.max(0, top + rowHeight - height);
  return scrollTop;
}

/** The scroll position that centres a row; unchanged if the row is already in view. */
export function scrollToCentre(view: Viewport, position: number): number {
  const { rowHeight, height, scrollTop } = view;
  const top = position * rowHeight;
  if (top >= scrollTop && top + rowHeight <= scrollTop + height) return scrollTop;
  return Math.min(Math.max(0, top - (height - rowHeight) / 2), maxScroll(view));
}

/** The scroll position that shows the last row. */
export function scrollToEnd(view: Viewport): number {
  return maxScroll(view);
}

/** Whether the list is scrolled to the end, within half a row. */
export function isAtEnd(view: Viewport): boolean {
  return view.scrollTop >= maxScroll(view) - view.rowHeight / 2;
}

/** Rows that PageUp and PageDown move: one less than fit, so that one row stays visible for context. */
export function pageStep(height: number, rowHeight: number): number {
  return Math.max(1, Math.floor(height / rowHeight) - 1);
}

/** The position that a key moves the selection to; undefined for other keys. `position` is -1 without a selection. */
export function moveByKey(key: string, position: number, total: number, step: number): number | undefined {
  if (total === 0) return undefined;
  const clamp = (to: number): number => Math.min(Math.max(0, to), total - 1);
  switch (key) {
    case 'ArrowDown':
      return clamp(position + 1);
    case 'ArrowUp':
      return position < 0 ? total - 1 : clamp(position - 1);
    case 'PageDown':
      return clamp(Math.max(0, position) + step);
    case 'PageUp':
      return clamp(position - step);
    case 'Home':
      return 0;
    case 'End':
      return total - 1;
    default:
      return undefined;
  }
}

function maxScroll({ rowHeight, height, total }: Viewport): number {
  return Math.max(0, total * rowHeight - height);
}
