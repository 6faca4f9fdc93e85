/**
 * Element segments in every form, good and bad, and wazero's answer to a guard with three functions that has this segment. The texts are
 * recorded from wazero v1.12.0 in the gateway's configuration, by the program of `test/oracle/gateway`.
 */
import { f32Const, globalGet, i32Const, i64Const, type TypeByte, types } from '../../oracle/wasm/code.ts';
import { u32, vector } from '../../oracle/wasm/encode.ts';

/** What surrounds the segment of a case. */
export interface Surroundings {
  /** Element types of the tables; one of funcref by default. */
  readonly tables?: readonly TypeByte[];
  /** Types of the imported globals, which come before the module's own global 0 of type i32. */
  readonly imported?: readonly TypeByte[];
  /** Bytes of a table type that the builder does not write, instead of `tables`. */
  readonly oddTable?: readonly number[];
  /** A segment before the one of the case. */
  readonly before?: readonly number[];
  /** The module has a type of a later proposal, which the oldest supported V8 cannot read. */
  readonly isNewer?: boolean;
}

const { i32, i64, funcref, externref } = types;
const end = 0x0b;
const at0 = [...i32Const(0), end];
const list = (...items: readonly (readonly number[])[]): number[] => vector(items);
const refFunc = (index: number): number[] => [0xd2, ...u32(index), end];
const nullOf = (type: TypeByte): number[] => [0xd0, type, end];
/** A reference type with the prefix of `(ref …)` or `(ref null …)` and a heap type. */
const [ref, refNull] = [0x64, 0x63];

const inSection = 'section element: read element: ';
const inOffset = "element[0] couldn't evaluate offset expression: ";

/** `refusal` is wazero's text; null when wazero accepts the module. */
export type ElementCase = readonly [
  title: string,
  segment: readonly number[],
  refusal: string | null,
  around?: Surroundings,
];

export const elementCases: readonly ElementCase[] = [
  // Flags 0 to 7: each form as it should be.
  ['active functions', [0, ...at0, ...list([0], [2])], null],
  ['passive functions', [1, 0, ...list([0])], null],
  ['active functions of a table', [2, 1, ...at0, 0, ...list([0])], null, { tables: [externref, funcref] }],
  ['declared functions', [3, 0, ...list([1])], null],
  ['active expressions', [4, ...at0, ...list(refFunc(1), nullOf(funcref))], null],
  ['passive expressions', [5, externref, ...list(nullOf(externref))], null],
  [
    'active expressions of a table',
    [6, 1, ...at0, externref, ...list(nullOf(externref))],
    null,
    { tables: [funcref, externref] },
  ],
  ['declared expressions', [7, funcref, ...list(refFunc(2))], null],
  ['no functions at all', [0, ...at0, 0], null],
  ['non-null functions in a passive segment', [5, ref, funcref, ...list(refFunc(0))], null, { isNewer: true }],

  // The form.
  ['an unknown form', [8, ...at0, 0], inSection + 'invalid element segment prefix: 0x8'],
  ['an unknown kind', [1, 1, ...list([0])], inSection + 'element kind must be zero but was 0x1'],
  [
    'a type that is a number',
    [5, i32, ...list([...i32Const(0), end])],
    inSection + 'invalid ref type for element: 0x7f',
  ],
  ['a type that is a number, of a table', [6, 0, ...at0, i64, 0], inSection + 'invalid ref type for element: 0x7e'],
  ['an exception reference', [5, 0x69, 0], inSection + 'invalid ref type for element: 0x69'],
  [
    'a function index over the limit',
    [1, 0, ...list(u32(2 ** 27))],
    inSection + 'too large function index in Element init: 134217728',
  ],

  // Function indexes.
  [
    'an active function that does not exist',
    [0, ...at0, ...list([0], [3])],
    'element[0].init[1] func index 3 out of range',
  ],
  ['a passive function that does not exist', [1, 0, ...list([3])], 'element[0].init[0] func index 3 out of range'],
  [
    'a declared function that does not exist',
    [3, 0, ...list([0], [1], [99])],
    'element[0].init[2] func index 99 out of range',
  ],
  [
    'an expression of a function that does not exist',
    [4, ...at0, ...list(refFunc(3))],
    'element[0].init[0] func index 3 out of range',
  ],
  [
    'a declared expression of a function that does not exist',
    [7, funcref, ...list(nullOf(funcref), refFunc(3))],
    'element[0].init[1] func index 3 out of range',
  ],

  // Tables.
  ['functions without a table', [0, ...at0, ...list([0])], 'unknown table 0 as active element target', { tables: [] }],
  ['no functions and no table', [0, ...at0, 0], 'unknown table 0 as active element target', { tables: [] }],
  ['passive functions without a table', [1, 0, ...list([0])], null, { tables: [] }],
  ['declared functions without a table', [3, 0, ...list([0])], null, { tables: [] }],
  ['a table that does not exist', [2, 7, ...at0, 0, ...list([0])], 'unknown table 7 as active element target'],
  [
    'functions in a table of externref',
    [0, ...at0, ...list([0])],
    'element type mismatch: table has externref but element has unknown(0x170)',
    { tables: [externref] },
  ],
  [
    'function expressions in a table of externref',
    [4, ...at0, ...list(refFunc(0))],
    'element type mismatch: table has externref but element has funcref',
    { tables: [externref] },
  ],
  [
    'externref in a table of functions',
    [6, 0, ...at0, externref, ...list(nullOf(externref))],
    'element type mismatch: table has funcref but element has externref',
  ],
  [
    'a bad function before a bad table',
    [2, 7, ...at0, 0, ...list([3])],
    'element[0].init[0] func index 3 out of range',
  ],

  [
    'functions of a type of the module in a table of funcref',
    [6, 0, ...at0, refNull, 0, ...list(refFunc(0))],
    null,
    { isNewer: true },
  ],
  [
    'functions in a table of a type of the module',
    [0, ...at0, ...list([0])],
    'element type mismatch: table has unknown(0x270) but element has unknown(0x170)',
    { oddTable: [refNull, 0] },
  ],
  [
    'a type of the module in a table of the same type',
    [6, 0, ...at0, refNull, 0, ...list(refFunc(0))],
    null,
    { oddTable: [refNull, 0], isNewer: true },
  ],
  [
    'the first bad one of two segments',
    [0, ...at0, ...list([4])],
    'unknown table 3 as active element target',
    { before: [2, 3, ...at0, 0, ...list([0])] },
  ],
  [
    'the second of two segments',
    [0, ...at0, ...list([4])],
    'element[1].init[0] func index 4 out of range',
    { before: [1, 0, ...list([0])] },
  ],

  // Values.
  [
    'a number as a value',
    [4, ...at0, ...list([...i32Const(5), end])],
    'element[0].init[0] must be funcref but was i32',
  ],
  [
    'a function as externref',
    [5, externref, ...list(refFunc(0))],
    'element[0].init[0] must be externref but was funcref',
  ],
  [
    'a null of another type',
    [5, funcref, ...list(nullOf(funcref), nullOf(externref))],
    'element[0].init[1] must be funcref but was externref',
  ],
  ['a null as a non-null function', [5, ref, funcref, ...list(nullOf(funcref))], null, { isNewer: true }],
  [
    'a null of a type of the module as funcref',
    [5, funcref, ...list([0xd0, 0, end])],
    'element[0].init[0] must be funcref but was (ref null 0)',
  ],
  ['a function as a type of the module', [5, refNull, 0, ...list(refFunc(0))], null, { isNewer: true }],
  ['a null of the type of the module', [5, refNull, 0, ...list([0xd0, 0, end])], null, { isNewer: true }],
  [
    'an externref null as a type of the module',
    [5, refNull, 0, ...list(nullOf(externref))],
    'element[0].init[0] must be (ref null 0) but was externref',
  ],
  ['a type that the module does not have', [5, refNull, 9, ...list([0xd0, 9, end])], 'unknown type 9 in element[0]'],
  [
    'two values in one expression',
    [5, funcref, ...list([0xd2, 0, ...refFunc(1)])],
    'stack has more than one value at end of constant expression',
  ],
  ['an empty expression', [5, funcref, ...list([end])], 'stack has more than one value at end of constant expression'],
  [
    'an imported global of the type',
    [5, externref, ...list([...globalGet(0), end])],
    'module[host] not instantiated',
    { imported: [externref] },
  ],
  [
    'an imported global of another type',
    [5, funcref, ...list([...globalGet(0), end])],
    'element[0].init[0] must be funcref but was i32',
    { imported: [i32] },
  ],
  [
    'a global of the module',
    [5, funcref, ...list([...globalGet(0), end])],
    'element[0] (global.get 0): out of range of imported globals',
  ],
  [
    'a global that does not exist',
    [5, funcref, ...list([...globalGet(6), end])],
    'element[0].init[0] global index 6 out of range',
  ],
  [
    'a call in an expression',
    [5, funcref, ...list([0x10, 0, end])],
    inSection + 'invalid byte for const expression op code: 0x10',
  ],

  // Offsets.
  [
    'an offset of type i64',
    [0, ...i64Const(0n), end, ...list([0])],
    'element[0] offset expression must return i32 but was i64',
  ],
  [
    'an offset of type f32',
    [0, ...f32Const(0), end, ...list([0])],
    'element[0] offset expression must return i32 but was f32',
  ],
  [
    'a null as offset',
    [0, ...nullOf(funcref), ...list([0])],
    'element[0] offset expression must return i32 but was funcref',
  ],
  [
    'a function as offset',
    [0, ...refFunc(0), ...list([0])],
    'element[0] offset expression must return i32 but was funcref',
  ],
  [
    'a function that does not exist as offset',
    [0, ...refFunc(9), ...list([0])],
    'element[0] offset expression must return i32 but was funcref',
  ],
  ['an empty offset', [0, end, ...list([0])], inOffset + 'stack has more than one value at end of constant expression'],
  [
    'an offset of two values',
    [0, ...i32Const(0), ...at0, ...list([0])],
    inOffset + 'stack has more than one value at end of constant expression',
  ],
  [
    'an offset that adds',
    [0, ...i32Const(0), ...i32Const(1), 0x6a, end, ...list([0])],
    inSection +
      'read expr for offset: i32.add is not supported in a constant expression as feature "extended-const" is disabled',
  ],
  [
    'an offset that loads',
    [0, ...i32Const(0), 0x28, 2, 0, end, ...list([0])],
    inSection + 'read expr for offset: invalid byte for const expression op code: 0x28',
  ],
  [
    'an imported i32 as offset',
    [0, ...globalGet(0), end, ...list([0])],
    'module[host] not instantiated',
    { imported: [i32] },
  ],
  [
    'an imported i64 as offset',
    [0, ...globalGet(0), end, ...list([0])],
    inOffset + 'element[0] (global.get 0): import[0].global.ValType != i32',
    { imported: [i64] },
  ],
  [
    'an imported i64 as offset of the second segment',
    [0, ...globalGet(1), end, ...list([0])],
    "element[1] couldn't evaluate offset expression: element[1] (global.get 1): import[1].global.ValType != i32",
    { imported: [i32, i64], before: [1, 0, 0] },
  ],
  [
    'a global of the module as offset',
    [0, ...globalGet(0), end, ...list([0])],
    inOffset + 'element[0] (global.get 0): out of range of imported globals',
  ],
  [
    'a global of the module after an imported one as offset',
    [0, ...globalGet(1), end, ...list([0])],
    inOffset + 'element[0] (global.get 1): out of range of imported globals',
    { imported: [i32] },
  ],
  [
    'a global that does not exist as offset',
    [0, ...globalGet(4), end, ...list([0])],
    inOffset + 'element[0] global index 4 out of range',
  ],
];
