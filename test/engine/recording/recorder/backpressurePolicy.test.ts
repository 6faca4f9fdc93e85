/** When a session waits for its recording: a flood does, for as long as the recording catches up; a disk that stands still is not waited for. */
import { describe, expect, it } from 'vitest';
import { type Backlog, Crowding } from '../../../../src/engine/recording/recorder/backpressurePolicy.ts';
import { proves } from '../../../support/proves.ts';

const megabyte = 1024 * 1024;

/** A recording that works off so many bytes each time it is looked at, so that a busy machine does not change what happens. */
function recording(bytesPerLook: number, limit = 100 * megabyte) {
  let waiting = 0;
  const backlog: Backlog = {
    limit,
    failed: false,
    get waiting() {
      waiting = Math.max(0, waiting - bytesPerLook);
      return waiting;
    },
  };
  return { crowding: new Crowding(backlog), add: (bytes: number) => (waiting += bytes), left: () => waiting };
}

describe('a session', () => {
  it('does not wait below the limit', () => {
    const { crowding, add } = recording(0);
    add(99 * megabyte);
    expect(crowding.room()).toBeNull();
  });

  it('waits until some of a flood is recorded, both directions for the same', async () => {
    const { crowding, add, left } = recording(4 * megabyte);
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
    const { crowding, add, left } = recording(megabyte / 5, 2 * megabyte);
    add(3 * megabyte);
    await crowding.room();
    expect(left()).toBeLessThanOrEqual(megabyte);
    expect(left()).toBeGreaterThan(megabyte / 2);
    // It did not give the recording up: the next flood is waited for, too.
    add(3 * megabyte);
    expect(crowding.room()).not.toBeNull();
  });

  it('waits for a slow disk once, and again only when that has caught up', async () => {
    proves('own:flood-waits');
    const { crowding, add, left } = recording(1000);
    add(200 * megabyte);
    await crowding.room();
    expect(left()).toBeGreaterThan(190 * megabyte);
    expect(crowding.room()).toBeNull();
    add(-199 * megabyte);
    expect(crowding.room()).toBeNull();
    add(200 * megabyte);
    expect(crowding.room()).not.toBeNull();
    await crowding.room();
  });
});
