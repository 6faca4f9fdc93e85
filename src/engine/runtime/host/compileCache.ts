/** Caches compiled modules by the hash of their bytes, so that a guard that was loaded before is not compiled again. */
import { createHash, webcrypto } from 'node:crypto';
import type { OffsetMap } from '../../../core/wasm/adapt/offsetMap.ts';
import type { ModuleFacts } from '../shared/moduleFacts.ts';
import type { WasmModule } from '../shared/webAssembly.ts';

/** A module that can be instantiated in any thread. */
export interface ReadyModule {
  readonly module: WasmModule;
  readonly facts: ModuleFacts;
  /** Stack trace line of each function, by function index. */
  readonly frames: readonly string[];
  /** Maps code offsets of the compiled bytes to the guard's file. */
  readonly offsets: OffsetMap;
}

/** A prepared module, or wazero's error without the gateway's prefix. */
export type Preparation =
  | { readonly ok: true; readonly ready: ReadyModule }
  | { readonly ok: false; readonly error: string; readonly panic: string | null };

/** How many modules are cached. Each build of a guard under development adds one; the least recently used is dropped. */
const maxModules = 16;

/** A cache of prepared modules; a process needs one. */
export class CompileCache {
  readonly #preparations = new Map<string, Promise<Preparation>>();

  /** The preparation of these bytes; calls `make` when they are not cached. A rejected preparation is not cached. */
  async prepare(bytes: Uint8Array, make: () => Promise<Preparation>): Promise<Preparation> {
    const key = await contentKey(bytes);
    const known = this.#preparations.get(key);
    const preparation = known ?? make();
    this.#preparations.delete(key);
    this.#preparations.set(key, preparation);
    const oldest = this.#preparations.keys().next().value;
    if (this.#preparations.size > maxModules && oldest !== undefined) this.#preparations.delete(oldest);
    try {
      return await preparation;
    } catch (failure) {
      if (this.#preparations.get(key) === preparation) this.#preparations.delete(key);
      if (known === undefined) throw failure;
      // The preparation of another caller was rejected because its thread ended; try again with this caller's thread.
      return this.prepare(bytes, make);
    }
  }

  /** Number of cached modules. */
  get size(): number {
    return this.#preparations.size;
  }
}

/** Up to this size, hashing on this thread is faster than handing the bytes to another thread, and takes about a millisecond. */
const hashedHereBytes = 1024 * 1024;

async function contentKey(bytes: Uint8Array): Promise<string> {
  if (bytes.length <= hashedHereBytes) return createHash('sha256').update(bytes).digest('hex');
  const digest = await webcrypto.subtle.digest('SHA-256', bytes);
  return Buffer.from(digest).toString('hex');
}
