/** Loads a WASM guard: a worker, the module in it, and the gateway's texts when it is refused (gateway `internal/guard/wasm_lifecycle.go`). */
import { type LoadOptions, type LoadResult, WorkerGuard } from '../runtime/host/workerGuard.ts';
import { WasmGuard } from './wasmGuard.ts';

/** A guard that is ready, or why the gateway would not take it; `record` tells what the start section did. */
export type LoadedGuard =
  | { readonly ok: true; readonly guard: WasmGuard; readonly record: LoadResult['record'] }
  | Extract<LoadResult, { readonly ok: false }>;

/** Never rejects for a bad module. */
export async function loadWasmGuard(bytes: Uint8Array, options: LoadOptions): Promise<LoadedGuard> {
  const loaded = await WorkerGuard.load(bytes, options);
  if (!loaded.ok) return loaded;
  return { ok: true, guard: new WasmGuard(loaded.guard.name, loaded.guard), record: loaded.record };
}
