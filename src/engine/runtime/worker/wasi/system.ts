/** What a guest's system consists of: memory, clocks, random bytes, and the three standard streams (wazero spec 7). */
import { GuestClocks } from '../clock.ts';
import { HostPanic, nilDereference } from '../../shared/guestError.ts';
import type { GuestMemory } from '../memory.ts';
import { GuestRandom } from '../random.ts';
import type { HostFunction } from '../../shared/webAssembly.ts';

/** A table of WASI functions by name. */
export type WasiFunctions = Readonly<Record<string, HostFunction>>;

/** State that the functions share; dropped when `proc_exit` closes the module. */
export interface SystemState {
  readonly clocks: GuestClocks;
  readonly random: GuestRandom;
  /** Which of the descriptors 0, 1 and 2 are open; there are no others. */
  readonly open: Set<number>;
}

/** The system of one guard instance. */
export class GuestSystem {
  readonly memory: GuestMemory;
  /** Takes what the guest writes to standard output and error. */
  readonly write: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;
  #state: SystemState | null = { clocks: new GuestClocks(), random: new GuestRandom(), open: new Set([0, 1, 2]) };

  constructor(memory: GuestMemory, write: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void) {
    this.memory = memory;
    this.write = write;
  }

  /** The state; in a closed module there is none, and wazero stumbles over that (wazero spec 6.3). */
  get state(): SystemState {
    if (this.#state === null) throw new HostPanic(nilDereference);
    return this.#state;
  }

  /** Drops the state, as closing the module does. */
  close(): void {
    this.#state = null;
  }
}
