/** The two clocks of a guest. As in wazero, each is a fake that advances by a millisecond per reading (wazero spec 7.2). */
import { clockStep, wallClockStart } from '../shared/abi.ts';

/** The next readings of both clocks. */
export interface ClockState {
  readonly wall: bigint;
  readonly monotonic: bigint;
}

/** Clocks of one guard instance; they are never reset. Readings are nanoseconds. */
export class GuestClocks {
  #wall = wallClockStart;
  #monotonic = 0n;

  get state(): ClockState {
    return { wall: this.#wall, monotonic: this.#monotonic };
  }

  restore({ wall, monotonic }: ClockState): void {
    this.#wall = wall;
    this.#monotonic = monotonic;
  }

  /** Reads clock 0, which starts at 2022-01-01T00:00:00Z. */
  readWall(): bigint {
    const now = this.#wall;
    this.#wall += clockStep;
    return now;
  }

  /** Reads clock 1, which starts at 0. */
  readMonotonic(): bigint {
    const now = this.#monotonic;
    this.#monotonic += clockStep;
    return now;
  }
}
