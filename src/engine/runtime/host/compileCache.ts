/** Compiled modules by the hash of their bytes: a guard that was loaded before starts without reading or compiling it again. */
import { createHash, webcrypto } from 'node:crypto';
import type { ModuleFacts } from '../shared/moduleFacts.ts';
import type { WasmModule } from '../shared/webAssembly.ts';

/** A module ready to be instantiated in any thread. */
export interface ReadyModule {
  readonly module: WasmModule;
  readonly facts: ModuleFacts;
  /** The line of a stack trace for each function, by index. */
  readonly frames: readonly string[];
}

/** A module, or why it does not load; the text is wazero's, without the gateway's prefix. */
export type Preparation =
  | { readonly ok: true; readonly ready: ReadyModule }
  | { readonly ok: false; readonly error: string; readonly panic: string | null };

/** While someone edits a guard, each build is a new content; so many of the latest are kept. */
const keptModules = 16;

/** One for a process; also shared by all tests of a suite. */
export class CompileCache {
  readonly #preparations = new Map<string, Promise<Preparation>>();

  /** The preparation of these bytes, made by `make` only when they are new. A `make` that fails leaves nothing behind. */
  async prepare(bytes: Uint8Array, make: () => Promise<Preparation>): Promise<Preparation> {
    const key = await contentKey(bytes);
    const known = this.#preparations.get(key);
    const preparation = known ?? make();
    this.#preparations.delete(key);
    this.#preparations.set(key, preparation);
    const oldest = this.#preparations.keys().next().value;
    if (this.#preparations.size > keptModules && oldest !== undefined) this.#preparations.delete(oldest);
    try {
      return await preparation;
    } catch (failure) {
      if (this.#preparations.get(key) === preparation) this.#preparations.delete(key);
      if (known === undefined) throw failure;
      // Somebody else's thread died over it; this one tries for itself.
      return this.prepare(bytes, make);
    }
  }

  /** How many modules are kept. */
  get size(): number {
    return this.#preparations.size;
  }
}

/** Up to so many bytes hashing here takes less than handing them to another thread, and no time that anybody notices. */
const hashedHereBytes = 1024 * 1024;

async function contentKey(bytes: Uint8Array): Promise<string> {
  if (bytes.length <= hashedHereBytes) return createHash('sha256').update(bytes).digest('hex');
  const digest = await webcrypto.subtle.digest('SHA-256', bytes);
  return Buffer.from(digest).toString('hex');
}
