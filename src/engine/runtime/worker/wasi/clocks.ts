/** WASI functions that read clocks (wazero spec 7.2). */
import { errno } from './errno.ts';
import type { GuestSystem, WasiFunctions } from './system.ts';

const wall = 0;
const monotonic = 1;

/** Resolution of each clock in nanoseconds. */
const resolutions: ReadonlyMap<number, bigint> = new Map([
  [wall, 1000n],
  [monotonic, 1n],
]);

/** `clock_res_get`, `clock_time_get`. */
export function clockFunctions(system: GuestSystem): WasiFunctions {
  return {
    clock_res_get(id: number, result: number): number {
      const resolution = resolutions.get(id);
      if (resolution === undefined) return errno.inval;
      system.requireOpen();
      return system.memory.writeU64(result >>> 0, resolution) ? errno.success : errno.fault;
    },
    /** Advances the clock even when the result pointer is bad. */
    clock_time_get(id: number, _precision: bigint, result: number): number {
      if (id !== wall && id !== monotonic) return errno.inval;
      const { clocks } = system.state;
      const now = id === wall ? clocks.readWall() : clocks.readMonotonic();
      return system.memory.writeU64(result >>> 0, now) ? errno.success : errno.fault;
    },
  };
}
