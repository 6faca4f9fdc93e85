/** Data and scales of the memory chart. */
import type { MemoryPoint } from '../../src/core/protocol/rows.ts';
import { formatBytes, formatCount, pageBytes } from './format.ts';

/** Columns in uPlot's format: call numbers (from 1), bytes after the call, peak bytes. */
export type ChartColumns = [number[], number[], number[]];

/** The points as columns. */
export function chartColumns(points: readonly MemoryPoint[]): ChartColumns {
  return [points.map(({ index }) => index + 1), points.map(({ after }) => after), points.map(({ peak }) => peak)];
}

/** Range of the byte axis: from 0 to above the limit, or to above the highest point with `fit`. */
export function byteScale(points: readonly MemoryPoint[], limit: number, fit: boolean): readonly [number, number] {
  const highest = Math.max(pageBytes, ...points.map(({ peak, after }) => Math.max(peak, after)));
  return [0, fit ? highest * 1.25 : Math.max(limit, highest) * 1.08];
}

/** Tick values in bytes from 0 to `max`: at most `count` + 1, in steps of a power of two times the page size. */
export function byteTicks(max: number, count: number): readonly number[] {
  let step = pageBytes;
  while (max / step > count) step *= 2;
  const ticks: number[] = [];
  for (let at = 0; at <= max; at += step) ticks.push(at);
  return ticks;
}

/** The position in `points` of the point for a call: the first one at or after it, because a point has the last index of its bucket. */
export function pointOfCall(points: readonly MemoryPoint[], index: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.index ?? Infinity) < index) low = middle + 1;
    else high = middle;
  }
  return low < points.length ? low : points.length - 1;
}

/** The text alternative of the chart. */
export function chartSummary(points: readonly MemoryPoint[], limit: number): string {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return 'No memory data yet.';
  const peak = points.reduce((most, point) => (point.peak > most.peak ? point : most), first);
  const share = Math.round((peak.peak / limit) * 100);
  return `Linear memory changed from ${formatBytes(first.after)} to ${formatBytes(last.after)}; the peak was ${formatBytes(peak.peak)} at call ${formatCount(peak.index + 1)}, ${share} % of the limit of ${formatBytes(limit)}.`;
}
