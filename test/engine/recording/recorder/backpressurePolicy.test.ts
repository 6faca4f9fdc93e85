/** When a session waits for its recording: a flood does, for as long as the recording catches up; a disk that stands still is not waited for. */
import { describe, expect, it } from 'vitest';
import { type Backlog, BackpressurePolicy } from '../../../../src/engine/recording/recorder/backpressurePolicy.ts';
import { proves } from '../../../support/proves.ts';

const megabyte = 1024 * 1024;

/** A recording that works off so many bytes a millisecond. */
function recording(bytesPerMs: number, limit = 100 * megabyte) {
  let [waiting, at] = [0, performance.now()];
  const settle = (): number => {
    const now = performance.now();
    waiting = Math.max(0, waiting - bytesPerMs * (now - at));
    at = now;
    return waiting;
  };
  const backlog: Backlog = {
    limit,
    failed: false,
    get waiting() {
      return settle();
    },
  };
  return {
    crowding: new BackpressurePolicy(backlog),
    add: (bytes: number) => (waiting = settle() + bytes),
    left: settle,
  };
}

describe('a session', () => {
  it('does not wait below the limit', () => {
    const { crowding, add } = recording(0);
    add(99 * megabyte);
    expect(crowding.room()).toBeNull();
  });

  it('waits until some of a flood is recorded, both directions for the same', async () => {
    const { crowding, add, left } = recording(megabyte / 2);
    add(120 * megabyte);
    const room = crowding.room();
    expect(room).not.toBeNull();
    expect(crowding.room()).toBe(room);
    await room;
    expect(left()).toBeLessThanOrEqual(96 * megabyte);
    expect(left()).toBeGreaterThan(48 * megabyte);
    expect(crowding.room()).toBeNull();
  });

  it('that may wait for little waits until half of it is recorded', async () => {
    const { crowding, add, left } = recording(megabyte / 100, 2 * megabyte);
    add(3 * megabyte);
    const began = performance.now();
    await crowding.room();
    expect(performance.now() - began).toBeLessThan(240);
    expect(left()).toBeLessThanOrEqual(megabyte);
  });

  it('waits for a slow disk once, and again only when that has caught up', async () => {
    proves('own:flood-waits');
    const { crowding, add } = recording(1000);
    add(200 * megabyte);
    const began = performance.now();
    await crowding.room();
    expect(performance.now() - began).toBeLessThan(1000);
    expect(crowding.room()).toBeNull();
    add(-199 * megabyte);
    expect(crowding.room()).toBeNull();
    add(200 * megabyte);
    expect(crowding.room()).not.toBeNull();
    await crowding.room();
  });
});
