/** Exit, signals, yielding, random bytes. */
import { ExitSignal } from '../../shared/guestError.ts';
import { errno } from './errno.ts';
import type { GuestSystem, WasiFunctions } from './system.ts';

/** `onExit` closes the module with the code; afterwards nothing of the guest runs. */
export function processFunctions(system: GuestSystem, onExit: (code: number) => void): WasiFunctions {
  return {
    /** Ends the call with this code, even when the module was closed with another before (wazero spec 6.2). */
    proc_exit(code: number): never {
      onExit(code >>> 0);
      throw new ExitSignal(code >>> 0);
    },
    proc_raise: (): number => errno.nosys,
    sched_yield(): number {
      system.requireOpen();
      return errno.success;
    },
    /** Bytes outside the memory use up nothing of the stream. */
    random_get(buffer: number, length: number): number {
      const { random } = system.state;
      const target = system.memory.read(buffer >>> 0, length >>> 0);
      if (target === null) return errno.fault;
      random.fill(target);
      return errno.success;
    },
  };
}
