/** The two clocks of a guest: fakes that advance a millisecond with each reading, each on its own (wazero spec 7.2). */
import { clockStep, wallClockStart } from '../shared/abi.ts';

/** Clocks of one guard instance; nothing resets them. Readings are nanoseconds. */
export class GuestClocks {
  #wall = wallClockStart;
  #monotonic = 0n;

  /** Reads clock 0: 2022-01-01T00:00:00Z, then a millisecond later each time. */
  readWall(): bigint {
    const now = this.#wall;
    this.#wall += clockStep;
    return now;
  }

  /** Reads clock 1: 0, then a millisecond later each time. */
  readMonotonic(): bigint {
    const now = this.#monotonic;
    this.#monotonic += clockStep;
    return now;
  }
}
