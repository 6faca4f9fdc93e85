/** The random bytes of a guest: wazero gives every instance the same fixed stream (wazero spec 7.3). */
import { firstValues } from './randomSeed.ts';

const order = 607;
const lag = 273;
/** Go uses seven bytes of each value. */
const bytesPerValue = 7;

/** Where a guest is in its random stream. */
export interface RandomState {
  /** The last 607 values. */
  readonly values: BigUint64Array;
  readonly next: number;
  readonly current: bigint;
  readonly left: number;
}

/** The additive lagged Fibonacci generator of Go's `math/rand`: x(n) = x(n-607) + x(n-273) mod 2^64. */
export class GuestRandom {
  readonly #values: BigUint64Array;
  #next = 0;
  #current = 0n;
  #left = 0;
  /** The state that was given last. */
  #given: RandomState | null = null;

  constructor() {
    this.#values = decodeValues();
  }

  /** A copy of the state; the same object while nothing is read. */
  get state(): RandomState {
    const given = this.#given;
    if (given?.next === this.#next && given.left === this.#left) return given;
    const [next, current, left] = [this.#next, this.#current, this.#left];
    // The ring changes when a value behind the first 607 is made.
    const isSameRing = given !== null && (next <= order || given.next === next);
    this.#given = { values: isSameRing ? given.values : this.#values.slice(), next, current, left };
    return this.#given;
  }

  restore(state: RandomState): void {
    this.#values.set(state.values);
    this.#next = state.next;
    this.#current = state.current;
    this.#left = state.left;
    this.#given = state;
  }

  /** Fills the bytes. Unused bytes of the last value are used by the next call. */
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

  /** The ring holds the last 607 values: the slot to overwrite holds x(n-607), and x(n-273) lies 334 slots further. */
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
