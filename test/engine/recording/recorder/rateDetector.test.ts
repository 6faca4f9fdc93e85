/** Detection of the start and the end of a flood. */
import { describe, expect, it } from 'vitest';
import { RateDetector } from '../../../../src/engine/recording/recorder/rateDetector.ts';

const megabyte = 1024 * 1024;

/** Passes this many bytes every 10 ms; returns the times at which the flood was reported to begin and to end. */
function play(bytesPerTick: (tick: number) => number, ticks: number): readonly [number | null, number | null] {
  const rate = new RateDetector();
  let [began, over]: [number | null, number | null] = [null, null];
  for (let tick = 0; tick < ticks; tick++) {
    rate.took(bytesPerTick(tick), 1000 + tick * 10);
    const isHigh = rate.isHigh(1000 + tick * 10);
    if (isHigh) began ??= tick * 10;
    else if (began !== null) over ??= tick * 10;
  }
  return [began, over];
}

describe('a rate detector', () => {
  it('reports no flood at 60 MB/s, however long it lasts', () => {
    expect(play(() => 0.6 * megabyte, 1000)).toEqual([null, null]);
  });

  it('reports a flood within 50 ms, until its end', () => {
    expect(play(() => 5 * megabyte, 1000)).toEqual([0, null]);
    const [began, over] = play(() => 2 * megabyte, 1000);
    expect(began).toBeLessThanOrEqual(50);
    expect(over).toBeNull();
  });

  it('reports the end of a flood within 100 ms', () => {
    const [, over] = play((tick) => (tick < 50 ? 5 * megabyte : 0), 100);
    expect(over).toBeGreaterThanOrEqual(500);
    expect(over).toBeLessThanOrEqual(600);
  });

  it('reports no flood after a pause', () => {
    const rate = new RateDetector();
    rate.took(50 * megabyte, 0);
    expect(rate.isHigh(1)).toBe(true);
    expect(rate.isHigh(10_000)).toBe(false);
  });
});
