/** The snapshots of a session at its call boundaries, within a limit of memory: dense near the end, sparser before. */
import type { ReplayStart } from '../../../core/session/sessionState.ts';
import type { NoSnapshot } from '../snapshots/guardSnapshot.ts';
import { PageStore } from '../snapshots/pageStore.ts';
import type { GuardsSnapshot, SessionGuards } from './sessionGuards.ts';

/** The session before a call. */
export interface SessionSnapshot {
  /** Index of the call. */
  readonly call: number;
  readonly start: ReplayStart;
  readonly guards: GuardsSnapshot;
}

/** Most memory of the pages of all snapshots in bytes, and most snapshots. */
const mostBytes = 128 * 1024 * 1024;
const mostSnapshots = 4096;

/** Keeps the snapshots of one session, in order of their calls. */
export class SessionSnapshots {
  readonly #pages = new PageStore();
  readonly #limits: { readonly bytes: number; readonly snapshots: number };
  #kept: SessionSnapshot[] = [];

  constructor(limits: { readonly bytes?: number; readonly snapshots?: number } = {}) {
    this.#limits = { bytes: limits.bytes ?? mostBytes, snapshots: limits.snapshots ?? mostSnapshots };
  }

  /** The kept snapshots, in order. */
  get all(): readonly SessionSnapshot[] {
    return this.#kept;
  }

  /** Bytes of the kept pages. */
  get bytes(): number {
    return this.#pages.bytes;
  }

  /** Keeps the session before a call, which comes after those of the snapshots before. Null, or why the guards cannot be kept. */
  take(call: number, start: ReplayStart, guards: SessionGuards): NoSnapshot | null {
    const snapshot = guards.snapshot(this.#pages, this.#kept.at(-1)?.guards ?? null);
    if ('reason' in snapshot) return snapshot;
    this.#kept.push({ call, start, guards: snapshot });
    while (this.#kept.length > 2 && this.#isFull) this.#thin();
    return null;
  }

  /** The last snapshot that is not behind a call. */
  before(call: number): SessionSnapshot | undefined {
    return this.#kept.findLast((snapshot) => snapshot.call <= call);
  }

  get #isFull(): boolean {
    return this.#pages.bytes > this.#limits.bytes || this.#kept.length > this.#limits.snapshots;
  }

  /**
   * Drops the snapshot between whose neighbours the distance is smallest in proportion to its own distance from the end, never the first or
   * the last. So the distance between snapshots grows in proportion to that from the end: about as many are in the last 100 calls as in the
   * 100 before, in the 200 before those, and so on.
   */
  #thin(): void {
    const kept = this.#kept;
    const end = kept.at(-1)?.call ?? 0;
    let least = Infinity;
    let at = 1;
    for (let index = 1; index < kept.length - 1; index++) {
      const callAt = (of: number): number => kept[of]?.call ?? 0;
      const share = (callAt(index + 1) - callAt(index - 1)) / (end - callAt(index));
      if (share < least) [least, at] = [share, index];
    }
    const [dropped] = kept.splice(at, 1);
    for (const { guard } of dropped?.guards.values() ?? []) if (guard.memory !== null) this.#pages.drop(guard.memory);
  }
}
