/** The random bytes of a guest: the fixed stream that wazero gives every instance (wazero spec 7.3). */
import { firstValues } from './randomSeed.ts';

const order = 607;
const lag = 273;
/** Go reads seven bytes of each value and drops the rest. */
const bytesPerValue = 7;

/** Additive lagged Fibonacci generator: x(n) = x(n-607) + x(n-273) mod 2^64, as Go's `math/rand` has it. */
export class GuestRandom {
  readonly #values: BigUint64Array;
  #next = 0;
  #current = 0n;
  #left = 0;

  constructor() {
    this.#values = decodeValues();
  }

  /** Fills the bytes; what is left of the last value is used up by the next read. */
  fill(target: Uint8Array): void {
    for (let at = 0; at < target.length; at++) {
      if (this.#left === 0) {
        this.#current = this.#nextValue();
        this.#left = bytesPerValue;
      }
      target[at] = Number(this.#current & 0xffn);
      this.#current >>= 8n;
      this.#left--;
    }
  }

  /** The ring holds the last 607 values: the slot to overwrite is x(n-607), and x(n-273) lies 334 slots on. */
  #nextValue(): bigint {
    const slot = this.#next % order;
    if (this.#next >= order) {
      const sum = (this.#values[slot] ?? 0n) + (this.#values[(slot + order - lag) % order] ?? 0n);
      this.#values[slot] = BigInt.asUintN(64, sum);
    }
    this.#next++;
    return this.#values[slot] ?? 0n;
  }
}

function decodeValues(): BigUint64Array {
  const bytes = Buffer.from(firstValues, 'base64');
  return BigUint64Array.from({ length: order }, (_, index) => bytes.readBigUInt64LE(index * 8));
}
