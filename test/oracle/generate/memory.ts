/** Guards that read, write, copy, fill and grow memory and tables, in and out of bounds. */
import type { Random } from '../random.ts';
import { type Generator, type Part, recipe } from '../recipe.ts';
import {
  access,
  callIndirect,
  drop,
  i32Const,
  i64Const,
  memoryGrow,
  memorySize,
  misc,
  types,
  v128Const,
  vectorOp,
} from '../wasm/code.ts';
import { vector } from '../wasm/encode.ts';
import { GuardProgram, labelNames } from '../wasm/guardProgram.ts';
import { putResult } from './operands.ts';
import { fixed, length, type Pointer, pointer } from './pointers.ts';
import { freshForEach, oneInstance } from './steps.ts';
import { i32Value, i64Value } from './values.ts';

type Unit = (program: GuardProgram) => readonly number[];
interface Piece {
  readonly function: number;
  readonly unit: Unit;
}

const offsets = [0, 1, 4, 8, 255, 1000, 65_535, 65_536, 100_000, 0x7fff_ffff, 0xffff_ffff];
const loadTypes = [
  ...[types.i32, types.i64, types.f32, types.f64, types.i32, types.i32, types.i32, types.i32],
  ...[types.i64, types.i64, types.i64, types.i64, types.i64, types.i64],
];
const growths = [0, 0, 1, 1, 2, 3, 16, 64, 100, 300, 511, 512, 513, 65_536, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
const tableSizes = [0, 1, 2, 3, 7, 8, 9, 10, 100, 0x7fff_ffff, 0xffff_ffff];

export const memory: Generator = {
  name: 'memory',
  weight: 8,
  generate(random) {
    const min = random.pick([0, 1, 1, 2, 65, 66, 67, 130, 512]);
    const max = random.pick([undefined, undefined, min, min + 1, min + 66, 512, 600, 65_536]);
    const limits: readonly [number, number?] = max === undefined || max < min ? [min] : [min, max];
    const parts = [0, 1, 2].flatMap((index) => random.list(random.between(2, 14), () => piece(random, index)));
    const steps = random.once(2) ? freshForEach : [...oneInstance, ...oneInstance.slice(1)];
    const withAllocator = random.once(4);
    return recipe<Piece>({ parts, steps, build: (chosen) => build(limits, withAllocator, chosen) });
  },
};

function build(limits: readonly [number, number?], withAllocator: boolean, parts: readonly Part<Piece>[]): Uint8Array {
  const program = new GuardProgram([], limits, true);
  const { module } = program;
  module.table(types.funcref, 8, 10);
  module.table(types.externref, 2);
  module.passiveData([1, 2, 3, 4, 5, 6, 7, 8]);
  module.passiveData([]);
  module.element([0x01, 0x00, ...vector([[program.put], [program.hash]])]);
  module.element([0x00, ...i32Const(2), 0x0b, ...vector([[program.put], [program.put]])]);
  if (withAllocator) program.allocator();
  for (const [index, name] of labelNames.entries()) {
    const own = parts.filter(({ content }) => content.function === index);
    program.label(
      name,
      own.flatMap(({ content }) => [...content.unit(program)]),
    );
  }
  return module.build();
}

function piece(random: Random, index: number): Part<Piece> {
  const [label, unit] = random.weighted<(random: Random) => [string, Unit]>([
    [6, load],
    [6, store],
    [2, vectorAccess],
    [5, bulk],
    [4, grow],
    [6, table],
  ])(random);
  return { label: `${labelNames[index]}: ${label}`, content: { function: index, unit } };
}

function load(random: Random): [string, Unit] {
  const opcode = random.between(0x28, 0x35);
  const at = pointer(random, 20);
  const offset = random.once(5) ? random.pick(offsets) : 0;
  const type = loadTypes[opcode - 0x28] ?? types.i32;
  return [
    `op ${opcode.toString(16)} at ${at.label}, offset ${offset}`,
    (program) => [...at.code, ...access(opcode, 0, offset), ...putResult(program, type, false)],
  ];
}

function store(random: Random): [string, Unit] {
  const opcode = random.pick([0x36, 0x37, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e]);
  const at = pointer(random, 20);
  const offset = random.once(5) ? random.pick(offsets) : 0;
  const value = [0x36, 0x3a, 0x3b].includes(opcode) ? i32Const(i32Value(random)) : i64Const(i64Value(random));
  return [
    `op ${opcode.toString(16)} at ${at.label}, offset ${offset}`,
    (program) => [...at.code, ...value, ...access(opcode, 0, offset), ...program.putHash(i32Const(0), 300)],
  ];
}

function vectorAccess(random: Random): [string, Unit] {
  const at = pointer(random, 20);
  const offset = random.once(5) ? random.pick(offsets) : 0;
  const loads = random.pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0x5c, 0x5d]);
  const lane = random.pick([0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x5b]);
  const value = v128Const((random.bits64() << 64n) | random.bits64());
  if (random.once(2)) {
    const code = [...at.code, ...vectorOp(loads, 0, ...littleOffset(offset))];
    return [
      `vector load ${loads.toString(16)} at ${at.label}+${offset}`,
      (program) => [...code, ...putResult(program, types.v128, false)],
    ];
  }
  const code = [...at.code, ...value, ...vectorOp(lane, 0, ...littleOffset(offset), 0)];
  return [
    `lane ${lane.toString(16)} at ${at.label}+${offset}`,
    (program) =>
      lane >= 0x58
        ? [...code, ...program.putHash(i32Const(0), 300)]
        : [...code, ...putResult(program, types.v128, false)],
  ];
}

function littleOffset(offset: number): number[] {
  return access(0, 0, offset).slice(2);
}

function bulk(random: Random): [string, Unit] {
  const [to, from, count] = [pointer(random, 20), pointer(random, 20), length(random, 20)];
  const data = random.below(2);
  const small = fixed(random.pick([0, 1, 4, 7, 8, 9]));
  const [label, code] = random.pick<[string, readonly number[]]>([
    [`copy ${to.label} ${from.label} ${count.label}`, threeThen([to, from, count], misc(10, 0, 0))],
    [`fill ${to.label} ${count.label}`, threeThen([to, fixed(random.below(300)), count], misc(11, 0))],
    [
      `init ${data}: ${to.label} ${small.label} ${count.label}`,
      threeThen([to, small, random.once(2) ? count : small], misc(8, data, 0)),
    ],
    [`data.drop ${data}`, misc(9, data)],
  ]);
  return [label, (program) => [...code, ...program.putHash(i32Const(0), 2000)]];
}

function threeThen(operands: readonly Pointer[], code: readonly number[]): readonly number[] {
  return [...operands.flatMap((each) => [...each.code]), ...code];
}

function grow(random: Random): [string, Unit] {
  const delta = random.pick(growths);
  return [
    `memory.grow ${delta}`,
    (program) => [...program.putI32([...i32Const(delta), ...memoryGrow]), ...program.putI32(memorySize)],
  ];
}

function table(random: Random): [string, Unit] {
  const number = random.below(2);
  const nothing = [0xd0, number === 0 ? types.funcref : types.externref];
  const inTable = () => i32Const(random.once(20) ? random.pick(tableSizes) : random.below(number === 0 ? 8 : 2));
  const few = () => i32Const(random.once(20) ? random.pick(tableSizes) : random.below(3));
  const [at, from, count, start] = [inTable(), inTable(), few(), few()];
  const growth = i32Const(random.pick([0, 1, 2, 3, 100]));
  // Entries 2 and 3 have functions of the first type.
  const entry = i32Const(random.once(5) ? random.below(12) : random.between(2, 3));
  const wrong = random.once(6);
  const segment = random.below(2);
  const [label, unit] = random.pick<[string, Unit]>([
    ['get', (program) => program.putI32([...at, 0x25, number, 0xd1])],
    ['set null', () => [...at, ...nothing, 0x26, number]],
    ['set', (program) => [...at, 0xd2, program.hash, 0x26, 0]],
    ['size', (program) => program.putI32(misc(16, number))],
    ['grow', (program) => program.putI32([...nothing, ...growth, ...misc(15, number)])],
    ['fill', () => [...at, ...nothing, ...count, ...misc(17, number)]],
    ['copy', () => [...at, ...from, ...count, ...misc(14, number, number)]],
    ['init', () => [...at, ...start, ...count, ...misc(12, segment, 0)]],
    ['elem.drop', () => misc(13, segment)],
    [
      'call_indirect',
      ({ module }) => {
        if (wrong) return [...entry, ...callIndirect(module.type([], [types.i32])), ...drop];
        return [...i64Const(7n), ...entry, ...callIndirect(module.type([types.i64], []))];
      },
    ],
  ]);
  return [`table ${number}: ${label}`, unit];
}
