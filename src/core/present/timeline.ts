/** Linear memory over the calls of a run, merged into as many points as a chart can show. */
import type { MemoryPoint } from '../protocol/rows.ts';

/** Memory of one call: bytes after it and the peak in it. */
interface MemorySample {
  readonly after: number;
  readonly peak: number;
}

/** Grows with the run; asked for in buckets. */
export class MemoryTimeline {
  readonly #samples = new Map<number, MemorySample>();

  add(index: number, sample: MemorySample): void {
    this.#samples.set(index, sample);
  }

  delete(index: number): void {
    this.#samples.delete(index);
  }

  clear(): void {
    this.#samples.clear();
  }

  /** At most `buckets` points in order; a merged point stands at its last call and keeps the highest peak. */
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
