/** The guest's linear memory as the host uses it: bounds as wazero checks them, views renewed after growth (wazero spec 1.3). */
import { pageSize } from '../../../core/wasm/decode/memoryCap.ts';
import { HostPanic, nilDereference } from '../shared/guestError.ts';
import type { WasmMemory } from '../shared/webAssembly.ts';

/** Memory 0 of one instance. Reads are views, valid until the guest runs again or the memory grows. */
export class GuestMemory {
  #memory: WasmMemory | null = null;
  #bytes = new Uint8Array(0);
  #data = new DataView(new ArrayBuffer(0));

  /** Binds the instance's memory; before, and for a module without one, every access is wazero's nil dereference. */
  attach(memory: WasmMemory): void {
    this.#memory = memory;
    this.#renew();
  }

  get exists(): boolean {
    return this.#memory !== null;
  }

  /** Size in bytes. */
  get size(): number {
    return this.#renew().length;
  }

  /** Whether these bytes all lie in memory; no bytes at the very end do. */
  holds(offset: number, length: number): boolean {
    return offset + length <= this.#renew().length;
  }

  /** A view of `length` bytes, or null when they do not all lie in memory; no bytes at the very end are fine. */
  read(offset: number, length: number): Uint8Array | null {
    const bytes = this.#renew();
    return offset + length <= bytes.length ? bytes.subarray(offset, offset + length) : null;
  }

  /** Copies bytes in; false, and nothing written, when they do not fit. */
  write(offset: number, source: Uint8Array): boolean {
    const bytes = this.#renew();
    if (offset + source.length > bytes.length) return false;
    bytes.set(source, offset);
    return true;
  }

  /** Reads a little-endian u32; null out of bounds. */
  readU32(offset: number): number | null {
    return offset + 4 <= this.#renew().length ? this.#data.getUint32(offset, true) : null;
  }

  /** Writes a little-endian u32; false out of bounds. */
  writeU32(offset: number, value: number): boolean {
    if (offset + 4 > this.#renew().length) return false;
    this.#data.setUint32(offset, value, true);
    return true;
  }

  /** Writes a little-endian u64; false out of bounds. */
  writeU64(offset: number, value: bigint): boolean {
    if (offset + 8 > this.#renew().length) return false;
    this.#data.setBigUint64(offset, value, true);
    return true;
  }

  /** Grows by whole pages; false, and nothing changed, beyond the maximum. */
  grow(pages: number): boolean {
    if (this.#memory === null) throw new HostPanic(nilDereference);
    try {
      this.#memory.grow(pages);
      return true;
    } catch {
      return false;
    }
  }

  /** A grown memory leaves old views empty, so each access takes the current buffer. */
  #renew(): Uint8Array {
    if (this.#memory === null) throw new HostPanic(nilDereference);
    const { buffer } = this.#memory;
    if (this.#bytes.buffer !== buffer) {
      this.#bytes = new Uint8Array(buffer);
      this.#data = new DataView(buffer);
    }
    return this.#bytes;
  }
}

/** Whole pages that hold `bytes`. */
export function pagesFor(bytes: number): number {
  return Math.ceil(bytes / pageSize);
}
