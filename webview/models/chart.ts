/** Data and scales of the memory chart. */
import type { MemoryPoint } from '../../src/core/protocol/rows.ts';
import { formatBytes, formatCount, pageBytes } from './format.ts';

/** Columns as uPlot takes them: call numbers (from 1), bytes after the call, peak bytes. */
export type ChartColumns = [number[], number[], number[]];

/** The points as columns. */
export function chartColumns(points: readonly MemoryPoint[]): ChartColumns {
  return [points.map(({ index }) => index + 1), points.map(({ after }) => after), points.map(({ peak }) => peak)];
}

/** Bottom and top of the axis: up to the limit, or close around the data; always with some air and from 0. */
export function byteScale(points: readonly MemoryPoint[], limit: number, fit: boolean): readonly [number, number] {
  const highest = Math.max(pageBytes, ...points.map(({ peak, after }) => Math.max(peak, after)));
  return [0, fit ? highest * 1.25 : Math.max(limit, highest) * 1.08];
}

/** Round values for the axis between two bounds, about `count` of them: powers of two times a page, as memory grows. */
export function byteTicks(max: number, count: number): readonly number[] {
  let step = pageBytes;
  while (max / step > count) step *= 2;
  const ticks: number[] = [];
  for (let at = 0; at <= max; at += step) ticks.push(at);
  return ticks;
}

/** The position in `points` that stands for a call: the first point at or after it, because a point closes its bucket. */
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

/** The chart in one sentence, for those who do not see it. */
export function chartSummary(points: readonly MemoryPoint[], limit: number): string {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return 'No memory data yet.';
  const peak = points.reduce((most, point) => (point.peak > most.peak ? point : most), first);
  const share = Math.round((peak.peak / limit) * 100);
  return `Linear memory changed from ${formatBytes(first.after)} to ${formatBytes(last.after)}; the peak was ${formatBytes(peak.peak)} at call ${formatCount(peak.index + 1)}, ${share} % of the limit of ${formatBytes(limit)}.`;
}
