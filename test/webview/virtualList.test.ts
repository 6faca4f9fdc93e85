/** Tests of the virtual list: drawn rows, scroll positions and keyboard navigation. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  drawnRange,
  isAtEnd,
  moveByKey,
  pageStep,
  scrollToCentre,
  scrollToEnd,
  scrollToShow,
  type Viewport,
} from '../../webview/models/virtualList.ts';

const view = (scrollTop: number, total = 100_000): Viewport => ({ rowHeight: 20, height: 400, scrollTop, total });

describe('drawnRange', () => {
  it.each([
    ['the top', view(0), 0, { first: 0, last: 20 }],
    ['between two rows', view(30), 0, { first: 1, last: 22 }],
    ['with rows beyond each edge', view(2000), 5, { first: 95, last: 125 }],
    ['the end', view(100_000 * 20 - 400), 5, { first: 99_975, last: 100_000 }],
    ['a scroll position beyond the end, as after a filter', view(1_000_000, 3), 8, { first: 0, last: 3 }],
    ['an empty list', view(0, 0), 8, { first: 0, last: 0 }],
    ['a bounce above the top', view(-50), 0, { first: 0, last: 20 }],
  ])('draws %s', (_name, at, extra, range) => {
    expect(drawnRange(at, extra)).toEqual(range);
  });

  it('covers every row in view and few others', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 2_000_000 }), (total, scroll) => {
        const at = view(Math.min(scroll, Math.max(0, total * 20 - 400)), total);
        const { first, last } = drawnRange(at, 8);
        expect(first).toBeLessThanOrEqual(Math.floor(at.scrollTop / 20));
        expect(last).toBeGreaterThanOrEqual(Math.min(total, Math.ceil((at.scrollTop + 400) / 20)));
        expect(last - first).toBeLessThanOrEqual(21 + 16);
      }),
    );
  });
});

describe('scrolling to a row', () => {
  it.each([
    ['does not move for a visible row', 105, 2000],
    ['moves up to a row above', 90, 1800],
    ['moves down to a row below by the least distance', 130, 131 * 20 - 400],
  ])('%s', (_name, position, to) => {
    expect(scrollToShow(view(2000), position)).toBe(to);
  });

  it('centres a distant row within the ends of the list', () => {
    expect(scrollToCentre(view(0), 1000)).toBe(1000 * 20 - 190);
    expect(scrollToCentre(view(0), 5)).toBe(0);
    expect(scrollToCentre(view(0), 99_999)).toBe(100_000 * 20 - 400);
  });
});

describe('moveByKey', () => {
  const step = pageStep(400, 20);
  it.each([
    ['ArrowDown', 4, 5],
    ['ArrowDown', -1, 0],
    ['ArrowDown', 99, 99],
    ['ArrowUp', 4, 3],
    ['ArrowUp', 0, 0],
    ['ArrowUp', -1, 99],
    ['PageDown', 4, 23],
    ['PageDown', 95, 99],
    ['PageUp', 30, 11],
    ['PageUp', 3, 0],
    ['Home', 50, 0],
    ['End', 50, 99],
  ])('%s from %i leads to %i', (key, from, to) => {
    expect(moveByKey(key, from, 100, step)).toBe(to);
  });

  it('does nothing for other keys and in an empty list', () => {
    expect(moveByKey('a', 0, 100, step)).toBeUndefined();
    expect(moveByKey('ArrowDown', -1, 0, step)).toBeUndefined();
  });

  it('moves at least one row in a tiny list', () => {
    expect(pageStep(10, 20)).toBe(1);
  });
});

describe('the end of the list', () => {
  it('is reached when the last row is in view', () => {
    expect(scrollToEnd(view(0))).toBe(100_000 * 20 - 400);
    expect(scrollToEnd(view(0, 3))).toBe(0);
    expect(isAtEnd(view(0, 3))).toBe(true);
    expect(isAtEnd(view(100_000 * 20 - 400))).toBe(true);
    expect(isAtEnd(view(100_000 * 20 - 405))).toBe(true);
    expect(isAtEnd(view(100_000 * 20 - 420))).toBe(false);
  });
});
