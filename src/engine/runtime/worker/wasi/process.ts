/** WASI functions for exit, signals, yielding and random bytes (wazero spec 7.6). */
import { ExitSignal } from '../../shared/guestError.ts';
import { errno } from './errno.ts';
import type { GuestSystem, WasiFunctions } from './system.ts';

/** `proc_exit`, `proc_raise`, `sched_yield`, `random_get`. `onExit` closes the module with the exit code. */
export function processFunctions(system: GuestSystem, onExit: (code: number) => void): WasiFunctions {
  return {
    /** Ends the call with this code, even when the module was closed with another code before (wazero spec 6.2). */
    proc_exit(code: number): never {
      onExit(code >>> 0);
      throw new ExitSignal(code >>> 0);
    },
    proc_raise: (): number => errno.nosys,
    sched_yield(): number {
      system.requireOpen();
      return errno.success;
    },
    /** A bad range consumes no bytes of the random stream. */
    random_get(buffer: number, length: number): number {
      const { random } = system.state;
      const target = system.memory.read(buffer >>> 0, length >>> 0);
      if (target === null) return errno.fault;
      random.fill(target);
      return errno.success;
    },
  };
}
