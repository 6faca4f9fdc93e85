/** Values between the gateway's raw 64-bit slots and what V8 wants for each type (wazero spec 5.4 and 8.1). */
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
 * Arguments for parameters of any type: only their number is checked, a v128 counting two; the bits are taken as they are. V8
 * cannot call a function that has a v128 itself, which wazero can.
 */
export function toGuest({ params, results }: Signature, args: readonly number[]): WasmValue[] {
  const slots = params.reduce((count, type) => count + (type === v128 ? 2 : 1), 0);
  if (slots !== args.length) throw new GuestError(`expected ${slots} params, but passed ${args.length}`);
  if (params.includes(v128) || results.includes(v128)) throw new GuestError('V8 cannot pass v128 values');
  return params.map((type, index) => fromBits(kindOf(type), args[index] ?? 0));
}

/** The first result's low 32 bits as signed i32; null when the function has no result. */
export function fromGuest(results: Signature['results'], returned: ReturnType<WasmFunction>): number | null {
  const type = results[0];
  if (type === undefined) return null;
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
  // In wazero a reference of the host is its bits: anything but 0 is no null.
  if (kind === externref) return bits === 0 ? null : bits;
  scratch.setUint32(0, bits, true);
  scratch.setUint32(4, 0, true);
  if (kind === f32) return scratch.getFloat32(0, true);
  return kind === f64 ? scratch.getFloat64(0, true) : bits;
}
