/** Converts between wazero's raw 64-bit slots and the values that V8 takes for each type (wazero spec 5.4 and 8.1). */
import {
  type Signature,
  externref,
  f32,
  f64,
  funcref,
  i32,
  i64,
  kindOf,
  v128,
} from '../../../core/wasm/decode/valueTypes.ts';
import { GuestError } from '../shared/guestError.ts';
import type { WasmFunction, WasmValue } from '../shared/webAssembly.ts';

const scratch = new DataView(new ArrayBuffer(8));

/**
 * The arguments of a call from raw slots. As in wazero, only the number of slots is checked (a v128 takes two), and the bits are
 * reinterpreted for each type. Unlike wazero, V8 cannot call a function with v128 parameters or results from the host.
 */
export function toGuest({ params, results }: Signature, args: readonly number[]): WasmValue[] {
  if (params.length === args.length && results.every(isI32) && params.every(isI32)) return args.map(toI32);
  const slots = params.reduce((count, type) => count + (type === v128 ? 2 : 1), 0);
  if (slots !== args.length) throw new GuestError(`expected ${slots} params, but passed ${args.length}`);
  if (params.includes(v128) || results.includes(v128)) throw new GuestError('V8 cannot pass v128 values');
  return params.map((type, index) => fromBits(kindOf(type), args[index] ?? 0));
}

function isI32(type: number): boolean {
  return type === i32;
}

function toI32(value: number): number {
  return value | 0;
}

/** The low 32 bits of the first result as signed i32; null when the function has no result. */
export function fromGuest(results: Signature['results'], returned: ReturnType<WasmFunction>): number | null {
  const type = results[0];
  if (type === undefined) return null;
  if (type === i32 && typeof returned === 'number') return returned | 0;
  const value = (results.length === 1 ? returned : (returned as readonly WasmValue[])[0]) ?? 0;
  if (typeof value === 'bigint') return Number(BigInt.asIntN(32, value));
  if (typeof value !== 'number') return 0;
  if (type === f32) scratch.setFloat32(0, value, true);
  else if (type === f64) scratch.setFloat64(0, value, true);
  else return value | 0;
  return scratch.getInt32(0, true);
}

function fromBits(kind: number, bits: number): WasmValue {
  if (kind === i64) return BigInt(bits >>> 0);
  if (kind === i32) return bits | 0;
  if (kind === funcref) return null;
  // In wazero an externref is its bits: only 0 is null.
  if (kind === externref) return bits === 0 ? null : bits;
  scratch.setUint32(0, bits, true);
  scratch.setUint32(4, 0, true);
  if (kind === f32) return scratch.getFloat32(0, true);
  return kind === f64 ? scratch.getFloat64(0, true) : bits;
}
