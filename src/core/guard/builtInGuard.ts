/** Guards without a module by kind or name, and the registry of guards by server (gateway `internal/guard/registry.go`, spec 3.9). */
import type { WriteSinkPolicy } from '../policy/policy.ts';
import type { Guard } from './guard.ts';
import { createNoopGuard } from './noopGuard.ts';
import { createWriteSinkGuard } from './writeSinkGuard.ts';

/** A guard that is built in. */
export type BuiltInGuard =
  { readonly kind: 'noop' } | { readonly kind: 'write-sink'; readonly policy: WriteSinkPolicy };

/** Makes a built-in guard; `loadWasmGuard` makes the others. */
export function createBuiltInGuard(spec: BuiltInGuard): Guard {
  return spec.kind === 'noop' ? createNoopGuard() : createWriteSinkGuard(spec.policy);
}

/**
 * The guard of a name in the gateway's configuration: `noop` and the empty name are the noop guard. Every other name fails with the
 * gateway's text; the gateway then runs the server with the noop guard and logs a warning.
 */
export function createNamedGuard(
  name: string,
): { readonly ok: true; readonly guard: Guard } | { readonly ok: false; readonly error: string } {
  if (name === 'noop' || name === '') return { ok: true, guard: createNoopGuard() };
  return { ok: false, error: `unknown guard type: ${name}` };
}

/** Guards by server id. A server without an entry has the noop guard. */
export class GuardRegistry {
  readonly #guards = new Map<string, Guard>();

  /** Sets the guard of a server. A previous guard is not closed, because other servers may share it. */
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

  /** Whether any server has a guard with rules, in which case the gateway enables its DIFC tools. */
  get hasRules(): boolean {
    return [...this.#guards.values()].some(({ kind }) => kind !== 'noop');
  }

  /** Closes every guard once, also when another one fails. Throws an AggregateError of all failures. */
  async close(): Promise<void> {
    const guards = new Set(this.#guards.values());
    this.#guards.clear();
    const ends = await Promise.allSettled([...guards].map((guard) => guard.close()));
    const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} guards failed to close`);
  }
}
