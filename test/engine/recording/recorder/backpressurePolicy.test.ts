/** A session waits for its recording during a flood, while the recording catches up, but not for a slow disk. */
import { describe, expect, it } from 'vitest';
import { type Backlog, BackpressurePolicy } from '../../../../src/engine/recording/recorder/backpressurePolicy.ts';
import { proves } from '../../../support/proves.ts';

const megabyte = 1024 * 1024;

/**
 * A recording that processes this many bytes each time its backlog is read, so that the result does not depend on the machine.
 * `disk`: the disk takes all of the time.
 */
function recording(bytesPerLook: number, limit = 100 * megabyte, disk = false) {
  let waiting = 0;
  const backlog: Backlog = {
    limit,
    failed: false,
    get diskMs() {
      return disk ? performance.now() : 0;
    },
    get waiting() {
      waiting = Math.max(0, waiting - bytesPerLook);
      return waiting;
    },
  };
  return {
    policy: new BackpressurePolicy(backlog),
    add: (bytes: number) => (waiting += bytes),
    left: () => waiting,
  };
}

describe('a session', () => {
  it('does not wait below the limit', () => {
    const { policy, add } = recording(0);
    add(99 * megabyte);
    expect(policy.room()).toBeNull();
  });

  it('waits until some of a flood is recorded, with one wait for both directions', async () => {
    const { policy, add, left } = recording(4 * megabyte);
    add(120 * megabyte);
    const room = policy.room();
    expect(room).not.toBeNull();
    expect(policy.room()).toBe(room);
    await room;
    expect(left()).toBeLessThanOrEqual(96 * megabyte);
    expect(left()).toBeGreaterThan(48 * megabyte);
    expect(policy.room()).toBeNull();
  });

  it('waits until half of a small queue is recorded', async () => {
    const { policy, add, left } = recording(megabyte / 5, 2 * megabyte);
    add(3 * megabyte);
    await policy.room();
    expect(left()).toBeLessThanOrEqual(megabyte);
    expect(left()).toBeGreaterThan(megabyte / 2);
    // The policy still waits for the next flood.
    add(3 * megabyte);
    expect(policy.room()).not.toBeNull();
  });

  it('continues after two seconds when the recording gets too little processor time, and waits again', async () => {
    const { policy, add } = recording(100);
    add(200 * megabyte);
    await policy.room();
    expect(policy.room()).not.toBeNull();
    await policy.room();
  });

  it('waits for a small queue, although its progress per window is below the threshold of a large one', async () => {
    // A quarter of a megabyte in each window, which all waits for the disk.
    const began = performance.now();
    const left = (): number => 1.5 * megabyte - (megabyte / 1000) * (performance.now() - began);
    const policy = new BackpressurePolicy({
      limit: megabyte,
      failed: false,
      get diskMs() {
        return performance.now();
      },
      get waiting() {
        return left();
      },
    });
    await policy.room();
    expect(left()).toBeLessThanOrEqual(megabyte / 2);
  });

  it('waits for a slow disk once, and again only after the disk has caught up', async () => {
    proves('own:flood-waits');
    const { policy, add } = recording(1000, 100 * megabyte, true);
    add(200 * megabyte);
    await policy.room();
    expect(policy.room()).toBeNull();
    add(-199 * megabyte);
    expect(policy.room()).toBeNull();
    add(200 * megabyte);
    expect(policy.room()).not.toBeNull();
    await policy.room();
  });
});
