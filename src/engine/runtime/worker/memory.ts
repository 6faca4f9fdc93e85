/** The host functions' access to the guest's linear memory, with wazero's bounds checks (wazero spec 1.3). */
import { pageSize } from '../../../core/wasm/decode/memoryCap.ts';
import { HostPanic, nilDereference } from '../shared/guestError.ts';
import type { WasmMemory } from '../shared/webAssembly.ts';

/** Up to this length, copying bytes one by one is not slower than making a view for it. */
const longestByteCopy = 512;

/** Memory 0 of one instance. Reads are views, valid until the guest runs again or the memory grows. */
export class GuestMemory {
  #memory: WasmMemory | null = null;
  #bytes = new Uint8Array(0);
  #data = new DataView(new ArrayBuffer(0));

  /** Sets the instance's memory. Without one, every access throws wazero's nil dereference. */
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

  /** Whether the range lies in memory; an empty range may start at the end. */
  holds(offset: number, length: number): boolean {
    return offset + length <= this.#renew().length;
  }

  /** A view of the range, or null when it does not lie in memory; an empty range may start at the end. */
  read(offset: number, length: number): Uint8Array | null {
    const bytes = this.#renew();
    return offset + length <= bytes.length ? bytes.subarray(offset, offset + length) : null;
  }

  /** Copies a range that lies in memory out, without allocating for short ranges, whose bytes are copied one by one. */
  copyOut(offset: number, length: number, target: Uint8Array, at: number): void {
    const bytes = this.#renew();
    if (length > longestByteCopy) target.set(bytes.subarray(offset, offset + length), at);
    else for (let index = 0; index < length; index++) target[at + index] = bytes[offset + index] ?? 0;
  }

  /** Copies bytes in; returns false, without writing, when they do not fit. */
  write(offset: number, source: Uint8Array): boolean {
    const bytes = this.#renew();
    if (offset + source.length > bytes.length) return false;
    bytes.set(source, offset);
    return true;
  }

  /** Reads a little-endian u32; null when out of bounds. */
  readU32(offset: number): number | null {
    return offset + 4 <= this.#renew().length ? this.#data.getUint32(offset, true) : null;
  }

  /** Writes a little-endian u32; false when out of bounds. */
  writeU32(offset: number, value: number): boolean {
    if (offset + 4 > this.#renew().length) return false;
    this.#data.setUint32(offset, value, true);
    return true;
  }

  /** Writes a little-endian u64; false when out of bounds. */
  writeU64(offset: number, value: bigint): boolean {
    if (offset + 8 > this.#renew().length) return false;
    this.#data.setBigUint64(offset, value, true);
    return true;
  }

  /** Grows by whole pages; returns false, without growing, beyond the maximum. */
  grow(pages: number): boolean {
    if (this.#memory === null) throw new HostPanic(nilDereference);
    try {
      this.#memory.grow(pages);
      return true;
    } catch {
      return false;
    }
  }

  /**
   * The current buffer. Growth detaches the old one, whose view then has the length 0, so every access calls this first. Reading the length
   * is much cheaper than asking V8 for the buffer.
   */
  #renew(): Uint8Array {
    if (this.#bytes.length > 0) return this.#bytes;
    if (this.#memory === null) throw new HostPanic(nilDereference);
    const { buffer } = this.#memory;
    this.#bytes = new Uint8Array(buffer);
    this.#data = new DataView(buffer);
    return this.#bytes;
  }
}

/** Number of pages that hold `bytes`. */
export function pagesFor(bytes: number): number {
  return Math.ceil(bytes / pageSize);
}
