/** Linear memory over the calls of a run, merged into the number of points that a chart can show. */
import type { MemoryPoint } from '../protocol/rows.ts';

/** Memory of one call, in bytes: after the call, and its peak. */
interface MemorySample {
  readonly after: number;
  readonly peak: number;
}

/** Collects the memory of each call of a run, and merges it into points. */
export class MemoryTimeline {
  readonly #samples = new Map<number, MemorySample>();

  /** Sets the memory of a call. */
  add(index: number, sample: MemorySample): void {
    this.#samples.set(index, sample);
  }

  /** Removes the memory of a call. */
  delete(index: number): void {
    this.#samples.delete(index);
  }

  /** Removes all calls. */
  clear(): void {
    this.#samples.clear();
  }

  /** Returns at most `buckets` points in order; a merged point has the index of its last call and the highest peak. */
  points(buckets: number): readonly MemoryPoint[] {
    const entries = [...this.#samples].sort(([a], [b]) => a - b);
    const width = Math.max(1, Math.ceil(entries.length / Math.max(1, buckets)));
    const points: MemoryPoint[] = [];
    for (let from = 0; from < entries.length; from += width) {
      const part = entries.slice(from, from + width);
      const last = part.at(-1);
      if (last === undefined) continue;
      points.push({ index: last[0], after: last[1].after, peak: Math.max(...part.map(([, sample]) => sample.peak)) });
    }
    return points;
  }
}
