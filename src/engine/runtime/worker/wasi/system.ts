/** What the WASI functions of one instance share: memory, clocks, random bytes and the standard streams (wazero spec 7). */
import { type ClockState, GuestClocks } from '../clock.ts';
import { HostPanic, nilDereference } from '../../shared/guestError.ts';
import type { GuestMemory } from '../memory.ts';
import { GuestRandom, type RandomState } from '../random.ts';
import type { HostFunction } from '../../shared/webAssembly.ts';

/** WASI functions by name. */
export type WasiFunctions = Readonly<Record<string, HostFunction>>;

/** State of the WASI functions; dropped when the module is closed. */
export interface SystemState {
  readonly clocks: GuestClocks;
  readonly random: GuestRandom;
  /** The open descriptors among 0, 1 and 2; there are no others. */
  readonly open: Set<number>;
}

/** A copy of the state; null when the module is closed. */
export type SavedSystem = {
  readonly clocks: ClockState;
  readonly random: RandomState;
  readonly open: readonly number[];
} | null;

/** The system of one guard instance. */
export class GuestSystem {
  readonly memory: GuestMemory;
  /** Receives what the guest writes to standard output and standard error. */
  readonly write: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;
  #state: SystemState | null = { clocks: new GuestClocks(), random: new GuestRandom(), open: new Set([0, 1, 2]) };

  constructor(memory: GuestMemory, write: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void) {
    this.memory = memory;
    this.write = write;
  }

  /** The state. In a closed module it is nil in wazero, and the function that uses it panics (wazero spec 6.3). */
  get state(): SystemState {
    if (this.#state === null) throw new HostPanic(nilDereference);
    return this.#state;
  }

  /** Panics as wazero does when the module is closed; for functions that need nothing of the state. */
  requireOpen(): void {
    if (this.#state === null) throw new HostPanic(nilDereference);
  }

  /** A copy of the state. */
  save(): SavedSystem {
    if (this.#state === null) return null;
    const { clocks, random, open } = this.#state;
    return { clocks: clocks.state, random: random.state, open: [...open] };
  }

  restore(saved: SavedSystem): void {
    if (saved === null) {
      this.#state = null;
      return;
    }
    this.#state = { clocks: new GuestClocks(), random: new GuestRandom(), open: new Set(saved.open) };
    this.#state.clocks.restore(saved.clocks);
    this.#state.random.restore(saved.random);
  }

  /** Drops the state because the module is closed. */
  close(): void {
    this.#state = null;
  }
}
