/** When recording is put off: during a hurry, and not a moment longer. */
import { describe, expect, it } from 'vitest';
import { Burst } from '../../../../src/engine/recording/recorder/rateDetector.ts';

const megabyte = 1024 * 1024;

/** Plays so many bytes every 10 ms; gives when the burst began and when it was over. */
function play(bytesPerTick: (tick: number) => number, ticks: number): readonly [number | null, number | null] {
  const burst = new Burst();
  let [began, over]: [number | null, number | null] = [null, null];
  for (let tick = 0; tick < ticks; tick++) {
    burst.took(bytesPerTick(tick), 1000 + tick * 10);
    const isOn = burst.isOn(1000 + tick * 10);
    if (isOn) began ??= tick * 10;
    else if (began !== null) over ??= tick * 10;
  }
  return [began, over];
}

describe('a burst', () => {
  it('is no session of 60 MB/s, however long', () => {
    expect(play(() => 0.6 * megabyte, 1000)).toEqual([null, null]);
  });

  it('begins within 50 ms of a flood, and goes on as long as that', () => {
    expect(play(() => 5 * megabyte, 1000)).toEqual([0, null]);
    const [began, over] = play(() => 2 * megabyte, 1000);
    expect(began).toBeLessThanOrEqual(50);
    expect(over).toBeNull();
  });

  it('is over within 100 ms', () => {
    const [, over] = play((tick) => (tick < 50 ? 5 * megabyte : 0), 100);
    expect(over).toBeGreaterThanOrEqual(500);
    expect(over).toBeLessThanOrEqual(600);
  });

  it('is over when nobody has asked for a while', () => {
    const burst = new Burst();
    burst.took(50 * megabyte, 0);
    expect(burst.isOn(1)).toBe(true);
    expect(burst.isOn(10_000)).toBe(false);
  });
});
