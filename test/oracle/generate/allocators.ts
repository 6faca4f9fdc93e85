/** Replacements of the exports `alloc` and `dealloc`: correct ones, and ones with other types, results and effects. */
import {
  call,
  drop,
  f32Const,
  f64Const,
  globalSet,
  i32Add,
  i32Const,
  i32Sub,
  i64Const,
  localGet,
  memoryGrow,
  memorySize,
  type TypeByte,
  types,
  unreachable,
  v128Const,
} from '../wasm/code.ts';
import type { GuardProgram } from '../wasm/guardProgram.ts';

const { i32, i64, f32, f64, v128, externref } = types;

/** An export in place of `alloc` or `dealloc`. */
export interface Replacement {
  readonly label: string;
  add(program: GuardProgram, name: string): void;
}

function replacement(
  label: string,
  params: readonly TypeByte[],
  results: readonly TypeByte[],
  body: (program: GuardProgram) => readonly number[],
): Replacement {
  return {
    label,
    add(program, name) {
      const { module } = program;
      module.export(name, 'func', module.function(module.type(params, results), [[2, i32]], body(program)));
    },
  };
}

function reexport(name: string): Replacement {
  return {
    label: `${name} exported again`,
    add: (program, as) => program.module.export(as, 'func', program.imported(name)),
  };
}

/** Adds both exports. */
export const bump: Replacement = { label: 'a bump allocator', add: (program) => program.allocator() };
const nothing: Replacement = { label: 'no export', add: () => undefined };
const constantAlloc = (at: number) => replacement(`alloc gives ${at}`, [i32], [i32], () => i32Const(at));

export const allocs: readonly (readonly [number, Replacement])[] = [
  [6, bump],
  ...[0, 1, 64, 65_536, 65_535, -1, -65_536, 0x7fff_ffff].map((at) => [1, constantAlloc(at)] as const),
  [1, replacement('alloc gives i64', [i32], [i64], () => i64Const(0x1_0000_0400n))],
  [1, replacement('alloc gives f64', [i32], [f64], () => f64Const(1024n))],
  [1, replacement('alloc gives f32', [i32], [f32], () => f32Const(2048))],
  [1, replacement('alloc gives two', [i32], [i32, i64], () => [...i32Const(1024), ...i64Const(9n)])],
  [1, replacement('alloc gives a vector', [i32], [v128], () => v128Const((7n << 64n) | 512n))],
  [1, replacement('alloc gives null', [i32], [externref], () => [0xd0, externref])],
  [1, replacement('alloc gives nothing', [i32], [], () => [])],
  [1, replacement('alloc takes nothing', [], [i32], () => i32Const(1024))],
  [1, replacement('alloc takes two', [i32, i32], [i32], () => i32Const(1024))],
  [1, replacement('alloc takes i64', [i64], [i32], () => [...localGet(0), 0xa7, ...i32Const(1024), ...i32Add])],
  [1, replacement('alloc takes f32', [f32], [i32], () => [...localGet(0), 0xbc])],
  [1, replacement('alloc takes f64', [f64], [i32], () => [...localGet(0), 0xbd, 0xa7])],
  [1, replacement('alloc takes a vector', [v128], [i32], () => i32Const(1024))],
  [
    1,
    replacement('alloc takes a reference', [externref], [i32], () => [
      ...localGet(0),
      0xd1,
      ...i32Const(1024),
      ...i32Add,
    ]),
  ],
  [1, replacement('alloc traps', [i32], [i32], () => unreachable)],
  [
    1,
    replacement('alloc traps for large sizes', [i32], [i32], () => [
      ...localGet(0),
      ...i32Const(100_000),
      0x4b,
      0x04,
      0x40,
      ...unreachable,
      0x0b,
      ...i32Const(1024),
    ]),
  ],
  [1, replacement('alloc recurses', [i32], [i32], (program) => [...localGet(0), ...call(program.hash + 1)])],
  [
    1,
    replacement('alloc exits', [i32], [i32], (program) => [
      ...i32Const(0),
      ...call(program.imported('proc_exit')),
      ...i32Const(1024),
    ]),
  ],
  [
    1,
    replacement('alloc grows', [i32], [i32], () => [
      ...i32Const(1),
      ...memoryGrow,
      ...drop,
      ...memorySize,
      ...i32Const(16),
      0x74,
      ...localGet(0),
      ...i32Sub,
    ]),
  ],
  [1, nothing],
  ...['fd_write', 'host_log', 'sched_yield', 'random_get', 'proc_exit'].map((name) => [1, reexport(name)] as const),
];

export const deallocs: readonly (readonly [number, Replacement])[] = [
  [8, replacement('dealloc', [i32, i32], [], (program) => [...localGet(0), ...globalSet(program.out)])],
  [
    1,
    replacement('dealloc logs', [i32, i32], [], (program) => [
      ...localGet(1),
      ...i32Const(64),
      ...i32Const(4),
      ...call(program.imported('host_log')),
    ]),
  ],
  [1, replacement('dealloc traps', [i32, i32], [], () => unreachable)],
  [
    1,
    replacement('dealloc exits', [i32, i32], [], (program) => [...i32Const(3), ...call(program.imported('proc_exit'))]),
  ],
  [1, replacement('dealloc takes one', [i32], [], () => [])],
  [1, replacement('dealloc gives', [i32, i32], [i32], () => i32Const(7))],
  [1, replacement('dealloc takes i64', [i64, i64], [], () => [])],
  [1, nothing],
  [1, reexport('random_get')],
  [1, reexport('fd_write')],
];
