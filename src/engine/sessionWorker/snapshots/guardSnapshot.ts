/** A snapshot of one guard between two calls: everything that its later calls depend on. */
import type { Poison } from '../../runtime/shared/guardCallRecord.ts';
import type { InstanceState } from '../../runtime/worker/instance.ts';
import type { MemoryImage } from './pageStore.ts';

/** The guard at one moment. */
export interface GuardSnapshot {
  /** Last known size of the linear memory in bytes; null without one. */
  readonly memoryBytes: number | null;
  /** Set when calls no longer enter the guest; then nothing else of it matters. */
  readonly poison: Poison | null;
  /** The state of the instance; null for a poisoned guard. */
  readonly instance: Omit<InstanceState, 'memory'> | null;
  readonly memory: MemoryImage | null;
}

/** Why the state of a guard cannot be kept. */
export interface NoSnapshot {
  /** Completes the sentence "the state of the guard cannot be kept, because …". */
  readonly reason: string;
}
