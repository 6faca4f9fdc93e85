/** Loads a WASM guard into a worker; a refused module gets the gateway's error text (gateway `internal/guard/wasm_lifecycle.go`). */
import { type LoadOptions, type LoadResult, WorkerGuard } from '../runtime/host/workerGuard.ts';
import { WasmGuard } from './wasmGuard.ts';

/** A guard that is ready, or why the gateway would refuse it. `record`: what the module's start function did. */
export type LoadedGuard =
  | { readonly ok: true; readonly guard: WasmGuard; readonly record: LoadResult['record'] }
  | Extract<LoadResult, { readonly ok: false }>;

/** Does not reject for an invalid module. */
export async function loadWasmGuard(bytes: Uint8Array, options: LoadOptions): Promise<LoadedGuard> {
  const loaded = await WorkerGuard.load(bytes, options);
  if (!loaded.ok) return loaded;
  return { ok: true, guard: new WasmGuard(loaded.guard.name, loaded.guard), record: loaded.record };
}
