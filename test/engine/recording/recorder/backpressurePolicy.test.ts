/** A session waits for its recording during a flood, while the recording catches up, but not for a slow disk. */
import { describe, expect, it } from 'vitest';
import { type Backlog, BackpressurePolicy } from '../../../../src/engine/recording/recorder/backpressurePolicy.ts';
import { proves } from '../../../support/proves.ts';

const megabyte = 1024 * 1024;

/** A recording that works off so many bytes a millisecond; `disk`: the disk is what takes the time. */
function recording(bytesPerMs: number, limit = 100 * megabyte, disk = false) {
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
    get diskMs() {
      return disk ? performance.now() : 0;
    },
    get waiting() {
      return settle();
    },
  };
  return {
    policy: new BackpressurePolicy(backlog),
    add: (bytes: number) => (waiting = settle() + bytes),
    left: settle,
  };
}

describe('a session', () => {
  it('does not wait below the limit', () => {
    const { policy, add } = recording(0);
    add(99 * megabyte);
    expect(policy.room()).toBeNull();
  });

  it('waits until some of a flood is recorded, with one wait for both directions', async () => {
    const { policy, add, left } = recording(megabyte / 2);
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
    const { policy, add, left } = recording(megabyte / 100, 2 * megabyte);
    add(3 * megabyte);
    const began = performance.now();
    await policy.room();
    expect(performance.now() - began).toBeLessThan(240);
    expect(left()).toBeLessThanOrEqual(megabyte);
  });

  it('is read on after a second when the recording gets too little processor time, and waits again', async () => {
    const { policy, add } = recording(100);
    add(200 * megabyte);
    await policy.room();
    expect(policy.room()).not.toBeNull();
    await policy.room();
  });

  it('waits for a slow disk once, and again only when that has caught up', async () => {
    proves('own:flood-waits');
    const { policy, add } = recording(1000, 100 * megabyte, true);
    add(200 * megabyte);
    const began = performance.now();
    await policy.room();
    expect(performance.now() - began).toBeLessThan(1000);
    expect(policy.room()).toBeNull();
    add(-199 * megabyte);
    expect(policy.room()).toBeNull();
    add(200 * megabyte);
    expect(policy.room()).not.toBeNull();
    await policy.room();
  });
});
