/** All instructions from numbers to a number with their types, written from the WebAssembly specification. */
import { type TypeByte, types, vectorOp } from '../wasm/code.ts';

const { i32, i64, f32, f64, v128 } = types;

export interface Operator {
  readonly code: readonly number[];
  readonly takes: readonly TypeByte[];
  readonly gives: TypeByte;
  /** Whether V8 may choose the payload of a resulting NaN (wazero spec 11). */
  readonly freeNan: boolean;
}

function run(first: number, last: number, takes: readonly TypeByte[], gives: TypeByte, freeNan = false): Operator[] {
  return Array.from({ length: last - first + 1 }, (_, index) => ({ code: [first + index], takes, gives, freeNan }));
}

export const numericOperators: readonly Operator[] = [
  ...run(0x45, 0x45, [i32], i32),
  ...run(0x46, 0x4f, [i32, i32], i32),
  ...run(0x50, 0x50, [i64], i32),
  ...run(0x51, 0x5a, [i64, i64], i32),
  ...run(0x5b, 0x60, [f32, f32], i32),
  ...run(0x61, 0x66, [f64, f64], i32),
  ...run(0x67, 0x69, [i32], i32),
  ...run(0x6a, 0x78, [i32, i32], i32),
  ...run(0x79, 0x7b, [i64], i64),
  ...run(0x7c, 0x8a, [i64, i64], i64),
  ...run(0x8b, 0x91, [f32], f32),
  ...run(0x92, 0x97, [f32, f32], f32, true),
  ...run(0x98, 0x98, [f32, f32], f32),
  ...run(0x99, 0x9f, [f64], f64),
  ...run(0xa0, 0xa5, [f64, f64], f64, true),
  ...run(0xa6, 0xa6, [f64, f64], f64),
  ...run(0xa7, 0xa7, [i64], i32),
  ...run(0xa8, 0xa9, [f32], i32),
  ...run(0xaa, 0xab, [f64], i32),
  ...run(0xac, 0xad, [i32], i64),
  ...run(0xae, 0xaf, [f32], i64),
  ...run(0xb0, 0xb1, [f64], i64),
  ...run(0xb2, 0xb3, [i32], f32),
  ...run(0xb4, 0xb5, [i64], f32),
  ...run(0xb6, 0xb6, [f64], f32),
  ...run(0xb7, 0xb8, [i32], f64),
  ...run(0xb9, 0xba, [i64], f64),
  ...run(0xbb, 0xbb, [f32], f64),
  ...run(0xbc, 0xbc, [f32], i32),
  ...run(0xbd, 0xbd, [f64], i64),
  ...run(0xbe, 0xbe, [i32], f32),
  ...run(0xbf, 0xbf, [i64], f64),
  ...run(0xc0, 0xc1, [i32], i32),
  ...run(0xc2, 0xc4, [i64], i64),
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((number) => ({
    code: [0xfc, number],
    takes: [(number & 2) === 0 ? f32 : f64],
    gives: number < 4 ? i32 : i64,
    freeNan: false,
  })),
];

/** Hexadecimal opcodes and ranges of opcodes after the prefix 0xfd. */
function vectors(numbers: string, takes: readonly TypeByte[], gives: TypeByte, lanes = 0): Operator[] {
  return numbers.split(' ').flatMap((each) => {
    const [first = 0, last = first] = each.split('-').map((digits) => Number.parseInt(digits, 16));
    const lane = lanes === 0 ? [] : [lanes - 1];
    return run(first, last, takes, gives).map(({ code: [number = 0] }) => {
      return { code: vectorOp(number, ...lane), takes, gives, freeNan: false };
    });
  });
}

const shuffles: readonly Operator[] = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [31, 0, 16, 15, 1, 30, 2, 29, 3, 28, 4, 27, 5, 26, 6, 25],
].map((lanes) => ({ code: vectorOp(0x0d, ...lanes), takes: [v128, v128], gives: v128, freeNan: false }));

export const vectorOperators: readonly Operator[] = [
  ...vectors('4d 60-62 5e 5f 67-6a 74 75 7a 94 7c-7f 80 81 87-8a a0 a1 a7-aa c0 c1 c7-ca', [v128], v128),
  ...vectors('e0 e1 e3 ec ed ef f8-ff', [v128], v128),
  ...vectors('0e 23-4c 4e-51 65 66 6e-73 76-79 7b 82 85 86 8e-93 95-99 9b-9f ae b1 b5-ba bc-bf', [v128, v128], v128),
  ...vectors('ce d1 d5-df e4-eb f0-f7', [v128, v128], v128),
  ...vectors('53 63 64 83 84 a3 a4 c3 c4', [v128], i32),
  ...vectors('6b-6d 8b-8d ab-ad cb-cd', [v128, i32], v128),
  ...vectors('52', [v128, v128, v128], v128),
  ...vectors('0f-11', [i32], v128),
  ...vectors('12', [i64], v128),
  ...vectors('13', [f32], v128),
  ...vectors('14', [f64], v128),
  ...[1, 7, 16].flatMap((lanes) => [
    ...vectors('15-16', [v128], i32, lanes),
    ...vectors('17', [v128, i32], v128, lanes),
  ]),
  ...[1, 8].flatMap((lanes) => [...vectors('18-19', [v128], i32, lanes), ...vectors('1a', [v128, i32], v128, lanes)]),
  ...[1, 4].flatMap((lanes) => [...vectors('1b', [v128], i32, lanes), ...vectors('1c', [v128, i32], v128, lanes)]),
  ...[1, 2].flatMap((lanes) => [...vectors('1d', [v128], i64, lanes), ...vectors('1e', [v128, i64], v128, lanes)]),
  ...[1, 4].flatMap((lanes) => [...vectors('1f', [v128], f32, lanes), ...vectors('20', [v128, f32], v128, lanes)]),
  ...[1, 2].flatMap((lanes) => [...vectors('21', [v128], f64, lanes), ...vectors('22', [v128, f64], v128, lanes)]),
  ...shuffles,
];
