/** Caches compiled modules by the hash of their bytes, so that a guard that was loaded before is not compiled again. */
import { createHash, webcrypto } from 'node:crypto';
import type { DerivedModule, ReadyModule, ModuleCopy } from '../shared/moduleFacts.ts';
import { webAssembly } from '../shared/webAssembly.ts';

/** A prepared module, or wazero's error without the gateway's prefix. */
export type Preparation =
  | { readonly ok: true; readonly ready: ReadyModule }
  | { readonly ok: false; readonly error: string; readonly panic: string | null };

/** How many modules are cached. Each build of a guard under development adds one; the least recently used is dropped. */
const maxModules = 16;

/** A preparation that was made, with what a store keeps of it; `derived` is null when there is nothing new to keep. */
export interface MadePreparation {
  readonly preparation: Preparation;
  readonly derived: DerivedModule | null;
}

/** Keeps what is derived from modules for other processes, by keys that are file names. Neither method rejects. */
export interface DerivedStore {
  read(key: string): Promise<DerivedModule | null>;
  write(key: string, derived: DerivedModule): Promise<void>;
}

/** A cache of prepared modules; a process needs one. */
export class CompileCache {
  readonly #preparations = new Map<string, Promise<Preparation>>();
  readonly #store: DerivedStore | null;

  /** `store`: keeps what is derived from modules for other processes; null or absent: nothing is kept. */
  constructor(store: DerivedStore | null = null) {
    this.#store = store;
  }

  /** Whether what is derived from a module is kept for other processes. */
  get keepsDerived(): boolean {
    return this.#store !== null;
  }

  /**
   * The preparation of these bytes with these options; calls `make` when it is neither cached nor kept by another process. A rejected
   * preparation is not cached.
   */
  async prepare(
    bytes: Uint8Array,
    make: () => Promise<MadePreparation>,
    options: ModuleCopy = {},
  ): Promise<Preparation> {
    const key = [await contentKey(bytes), ...namesOf(options)].join('-');
    const known = this.#preparations.get(key);
    const preparation = known ?? this.#make(key, make);
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
      return this.prepare(bytes, make, options);
    }
  }

  async #make(key: string, make: () => Promise<MadePreparation>): Promise<Preparation> {
    const kept = await this.#store?.read(key);
    const ready = kept === undefined || kept === null ? null : await compiled(kept);
    if (ready !== null) return { ok: true, ready };
    const { preparation, derived } = await make();
    if (derived !== null) void this.#store?.write(key, derived);
    return preparation;
  }

  /** Number of cached modules. */
  get size(): number {
    return this.#preparations.size;
  }
}

/** Compiles a module that was derived before; null when V8 refuses it, so that it has to be derived again. */
async function compiled({ bytes, facts, frames, offsets }: DerivedModule): Promise<ReadyModule | null> {
  try {
    return { module: await webAssembly.compile(bytes), facts, frames, offsets };
  } catch {
    return null;
  }
}

/** The options that are set. */
function namesOf(options: ModuleCopy): readonly string[] {
  return Object.entries(options).flatMap(([name, isSet]) => (isSet === true ? [name] : []));
}

/** Up to this size, hashing on this thread is faster than handing the bytes to another thread, and takes about a millisecond. */
const hashedHereBytes = 1024 * 1024;

async function contentKey(bytes: Uint8Array): Promise<string> {
  if (bytes.length <= hashedHereBytes) return createHash('sha256').update(bytes).digest('hex');
  const digest = await webcrypto.subtle.digest('SHA-256', bytes);
  return Buffer.from(digest).toString('hex');
}
