/** Value types, encoded as numbers with kind, nullability and type index, and wazero's names for them. */

/**
 * A value type. Bits 0-7: the type byte of the binary format; bit 8: the reference is not nullable; bit 9: a reference to a type of
 * the module, whose index starts at bit 10. The index may exceed 32 bits, so it needs arithmetic instead of bit operations.
 */
export type ValueType = number;

/** Parameters and results of a function, in order. */
export interface Signature {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** Position in a rec group, which is part of the type's identity. */
  readonly group?: { readonly position: number; readonly size: number };
}

/** The value types of the binary format, by their type byte. */
export const i32: ValueType = 0x7f;
export const i64: ValueType = 0x7e;
export const f32: ValueType = 0x7d;
export const f64: ValueType = 0x7c;
export const v128: ValueType = 0x7b;
export const funcref: ValueType = 0x70;
export const externref: ValueType = 0x6f;
export const exnref: ValueType = 0x69;

/** The bytes of `(ref null …)` and `(ref …)`, which a heap type follows. */
export const refNullPrefix = 0x63;
export const refPrefix = 0x64;

const nonNullableBit = 0x100;
const concreteBit = 0x200;
const typeIndexUnit = 0x400;

const heapTypes: ReadonlyMap<number, ValueType> = new Map([
  [-16, funcref],
  [-17, externref],
  [-23, exnref],
]);

/** The reference to an abstract heap type (func, extern, exn); undefined for other numbers. */
export function abstractRef(heapType: number, nullable: boolean): ValueType | undefined {
  const type = heapTypes.get(heapType);
  return type === undefined || nullable ? type : asNonNullable(type);
}

/** The type byte; for a reference to a type of the module it is the byte of funcref. */
export function kindOf(type: ValueType): number {
  return type & 0xff;
}

/** A reference to type `index` of the module. */
export function concreteRef(index: number, nullable: boolean): ValueType {
  return index * typeIndexUnit + concreteBit + (nullable ? 0 : nonNullableBit) + funcref;
}

/** Whether the type is one of WebAssembly 2.0: no exnref, no `(ref …)`. */
export function isPlain(type: ValueType): boolean {
  return type <= 0xff && type !== exnref;
}

/** Whether the type is a reference to a type of the module. */
export function isConcrete(type: ValueType): boolean {
  return (type & concreteBit) !== 0;
}

/** The type index of a concrete reference. */
export function typeIndexOf(type: ValueType): number {
  return Math.floor(type / typeIndexUnit);
}

/** Whether the type is a reference. */
export function isRef(type: ValueType): boolean {
  const kind = kindOf(type);
  return kind === funcref || kind === externref || kind === exnref || isConcrete(type);
}

/** Whether the type is a reference that may be null. */
export function isNullable(type: ValueType): boolean {
  return isRef(type) && (type & nonNullableBit) === 0;
}

/** The non-nullable form of a reference type. */
export function asNonNullable(type: ValueType): ValueType {
  return (type & nonNullableBit) === 0 ? type + nonNullableBit : type;
}

/** The nullable form of a reference type. */
function asNullable(type: ValueType): ValueType {
  return (type & nonNullableBit) === 0 ? type : type - nonNullableBit;
}

/** Whether a value of type `actual` is accepted where `expected` is required, by wazero's rules. */
export function isSubtype(actual: ValueType, expected: ValueType): boolean {
  if (actual === expected) return true;
  if (asNullable(actual) === asNullable(expected) && isNullable(expected)) return true;
  return isConcrete(actual) && kindOf(expected) === funcref && (!isNullable(actual) || isNullable(expected));
}

const names: ReadonlyMap<ValueType, readonly [nullable: string, nonNullable: string]> = new Map([
  [i32, ['i32', 'i32']],
  [i64, ['i64', 'i64']],
  [f32, ['f32', 'f32']],
  [f64, ['f64', 'f64']],
  [v128, ['v128', 'v128']],
  [funcref, ['funcref', '(ref func)']],
  [externref, ['externref', '(ref extern)']],
  [exnref, ['exnref', '(ref exn)']],
]);

/** The name of the type in wazero's errors, for example `i32`, `funcref`, `(ref null 3)`, `unknown`. */
export function typeName(type: ValueType): string {
  if (isConcrete(type)) return `(ref ${isNullable(type) ? 'null ' : ''}${typeIndexOf(type)})`;
  const name = names.get(asNullable(type));
  return name === undefined ? 'unknown' : name[(type & nonNullableBit) === 0 ? 0 : 1];
}

/** A signature for people, for example `(i32, i32) -> i32`. */
export function signatureForPeople({ params, results }: Signature): string {
  const list = (types: readonly ValueType[]): string => `(${types.map(typeName).join(', ')})`;
  if (results.length === 0) return list(params);
  return `${list(params)} -> ${results.length === 1 ? results.map(typeName).join('') : list(results)}`;
}

/** A signature in wazero's notation, for example `i32i64_i32`, with `v` for an empty list; equal texts mean equal types (wazero spec 3.2). */
export function signatureText({ params, results, group }: Signature): string {
  const side = (types: readonly ValueType[]): string => (types.length === 0 ? 'v' : types.map(typeName).join(''));
  const suffix = group === undefined || group.size < 2 ? '' : `|rec${group.position}/${group.size}`;
  return `${side(params)}_${side(results)}${suffix}`;
}

/** The number that wazero prints for a type without formatting: the type byte, with flags and index in the higher bits of 64. */
export function goNumber(type: ValueType): bigint {
  return (BigInt(isConcrete(type) ? typeIndexOf(type) : 0) << 32n) | BigInt(type & (typeIndexUnit - 1));
}
