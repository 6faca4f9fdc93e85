/** The memory chart's points: order, merging, peaks. */
import { describe, expect, it } from 'vitest';
import { MemoryTimeline } from '../../../src/core/present/timeline.ts';

function timeline(count: number): MemoryTimeline {
  const memory = new MemoryTimeline();
  for (let index = 0; index < count; index++)
    memory.add(index, { after: index, peak: index === 7 ? 1_000_000 : index });
  return memory;
}

describe('MemoryTimeline', () => {
  it('gives every call its point while there is room', () => {
    expect(timeline(3).points(10)).toEqual([
      { index: 0, after: 0, peak: 0 },
      { index: 1, after: 1, peak: 1 },
      { index: 2, after: 2, peak: 2 },
    ]);
  });

  it('merges calls and loses no peak', () => {
    const points = timeline(1000).points(100);
    expect(points).toHaveLength(100);
    expect(points[0]).toEqual({ index: 9, after: 9, peak: 1_000_000 });
    expect(points.at(-1)).toEqual({ index: 999, after: 999, peak: 999 });
  });

  it('is empty without samples and after clear', () => {
    const memory = timeline(5);
    memory.clear();
    expect(memory.points(10)).toEqual([]);
  });
});
