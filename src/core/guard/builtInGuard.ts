/** Which guard serves which server, and how a guard is made by its kind (gateway `internal/guard/registry.go`, spec 3.9). */
import type { WriteSinkPolicy } from '../policy/policy.ts';
import type { Guard } from './guard.ts';
import { createNoopGuard } from './noopGuard.ts';
import { createWriteSinkGuard } from './writeSinkGuard.ts';

/** A guard that needs no module. */
export type BuiltInGuard =
  { readonly kind: 'noop' } | { readonly kind: 'write-sink'; readonly policy: WriteSinkPolicy };

/** Makes a guard that needs no module; those that have one come from `loadWasmGuard`. */
export function createBuiltInGuard(spec: BuiltInGuard): Guard {
  return spec.kind === 'noop' ? createNoopGuard() : createWriteSinkGuard(spec.policy);
}

/**
 * The guard of a name in the gateway's configuration: `noop` and no name are the noop guard. Every other name fails with the
 * gateway's text, upon which it runs the server with the noop guard and a warning.
 */
export function createNamedGuard(
  name: string,
): { readonly ok: true; readonly guard: Guard } | { readonly ok: false; readonly error: string } {
  if (name === 'noop' || name === '') return { ok: true, guard: createNoopGuard() };
  return { ok: false, error: `unknown guard type: ${name}` };
}

/** The guards by server id. A server without an entry has the noop guard. */
export class GuardRegistry {
  readonly #guards = new Map<string, Guard>();

  /** Sets the guard of a server. One that was there before is not closed: others may share it. */
  register(serverId: string, guard: Guard): void {
    this.#guards.set(serverId, guard);
  }

  get(serverId: string): Guard {
    return this.#guards.get(serverId) ?? createNoopGuard();
  }

  has(serverId: string): boolean {
    return this.#guards.has(serverId);
  }

  remove(serverId: string): void {
    this.#guards.delete(serverId);
  }

  /** Whether any server has a guard with rules: what switches the gateway's DIFC tools on. */
  get hasRules(): boolean {
    return [...this.#guards.values()].some(({ kind }) => kind !== 'noop');
  }

  /** Closes every guard once, each even when another one fails; failures are thrown together. */
  async close(): Promise<void> {
    const guards = new Set(this.#guards.values());
    this.#guards.clear();
    const ends = await Promise.allSettled([...guards].map((guard) => guard.close()));
    const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} guards failed to close`);
  }
}
