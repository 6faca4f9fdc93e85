/** The guard of a name in the gateway's configuration (gateway `internal/guard/registry.go`, gateway spec 3.9). */
import type { Guard } from './guard.ts';
import { createNoopGuard } from './noopGuard.ts';

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
