/** Guards with random code that is mostly ill-typed, so that every check of every instruction is reached. */
import type { JsonObject } from '../../../src/core/base/json.ts';
import type { Random } from '../random.ts';
import { type Generator, type Part, recipe } from '../recipe.ts';
import { i32Const, misc, type TypeByte, types, vectorOp } from '../wasm/code.ts';
import { signed, u32, vector } from '../wasm/encode.ts';
import { ModuleBuilder } from '../wasm/moduleBuilder.ts';
import { hostLog } from '../wasm/wasiFunctions.ts';
import { constant, operand } from './operands.ts';
import { numericOperators, type Operator, vectorOperators } from './operators.ts';
import { limited, load } from './steps.ts';

const { i32, i64, f32, f64, v128, funcref, externref } = types;
const someTypes = [i32, i32, i64, f32, f64, v128, funcref, externref] as const;

/** The parts of the module besides its code. */
interface Surroundings {
  readonly memory: boolean;
  readonly tables: boolean;
  readonly dataCount: boolean;
  readonly exported: boolean;
  readonly results: readonly TypeByte[];
}

export const bodies: Generator = {
  name: 'bodies',
  weight: 14,
  generate(random) {
    const surroundings: Surroundings = {
      memory: !random.once(6),
      tables: !random.once(6),
      dataCount: !random.once(5),
      exported: random.once(2),
      results: random.once(3) ? random.list(random.between(1, 3), () => random.pick(someTypes)) : [],
    };
    // One in this many operands is missing, of another type, or left on the stack.
    const care = random.pick([6, 14, 60]);
    const parts = random.list(random.between(1, random.pick([3, 8, 30])), () => instruction(random, care));
    const steps: readonly JsonObject[] = [load, limited('label_agent', { afterMs: 1000 })];
    return recipe<readonly number[]>({ parts, steps, loadMs: 3000, build: (chosen) => build(surroundings, chosen) });
  },
};

function build(
  { memory, tables, dataCount, exported, results }: Surroundings,
  parts: readonly Part<readonly number[]>[],
): Uint8Array {
  const module = new ModuleBuilder();
  const label = module.type([i32, i32, i32, i32], [i32]);
  module.type([i32], [i32]);
  module.type([i64, i64], [i32, i64]);
  module.type([], [v128]);
  module.importFunction(hostLog.module, hostLog.name, module.type(hostLog.params, hostLog.results));
  if (memory) module.memory(1);
  if (tables) {
    module.table(funcref, 4);
    module.table(externref, 4);
    module.element([0x01, 0x00, ...vector([[1]])]);
    module.element([0x00, ...i32Const(0), 0x0b, ...vector([[2]])]);
  }
  module.global(i32, true, i32Const(0));
  module.global(i64, false, [0x42, 0]);
  module.global(funcref, true, [0xd0, funcref]);
  if (memory) {
    if (dataCount) module.passiveData([1, 2, 3]);
    else module.data(i32Const(0), [1, 2, 3]);
  }
  const locals = [i32, i64, f32, f64, v128, funcref, externref].map((type) => [1, type] as const);
  const body = parts.flatMap(({ content }) => [...content]);
  const tried = module.function(module.type([i32], results), locals, body);
  const closing = [...i32Const(0), 0x10, ...u32(tried), ...results.map(() => 0x1a), ...i32Const(0)];
  const labelled = module.function(label, [], closing);
  for (const name of ['label_agent', 'label_resource', 'label_response']) module.export(name, 'func', labelled);
  if (exported) module.export('tried "it"', 'func', tried);
  return module.build();
}

/** An instruction after its operands, which mostly have the right types; its results are mostly dropped. */
function instruction(random: Random, care: number): Part<readonly number[]> {
  const { code, takes, gives } = random.weighted<(random: Random) => Shape>([
    [5, numeric],
    [5, vectorInstruction],
    [5, access],
    [5, variable],
    [7, controlFlow],
    [4, miscellaneous],
    [3, reference],
    [2, odd],
  ])(random);
  const before = takes.flatMap((type) =>
    random.once(care) ? [] : push(random, random.once(care) ? random.pick(someTypes) : type),
  );
  const after = gives.flatMap(() => (random.once(care) ? [] : [0x1a]));
  const bytes = [...before, ...code, ...after];
  return { label: bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' '), content: bytes };
}

interface Shape {
  readonly code: readonly number[];
  readonly takes: readonly TypeByte[];
  readonly gives: readonly TypeByte[];
}

function shape(code: readonly number[], takes: readonly TypeByte[] = [], ...gives: readonly TypeByte[]): Shape {
  return { code, takes, gives };
}

function push(random: Random, type: TypeByte): number[] {
  if (type === funcref || type === externref) return [0xd0, type];
  return constant(operand(random, type));
}

const ofOperator = ({ code, takes, gives }: Operator): Shape => shape(code, takes, gives);
const numeric = (random: Random): Shape => ofOperator(random.pick(numericOperators));

function vectorInstruction(random: Random): Shape {
  if (!random.once(3)) return ofOperator(random.pick(vectorOperators));
  const memoryArguments = [...u32(random.below(6)), ...u32(random.pick([0, 8, 0xffff_ffff]))];
  const lane = random.pick([0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 255]);
  return random.pick([
    () => shape(vectorOp(random.pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0x5c, 0x5d]), ...memoryArguments), [i32], v128),
    () => shape(vectorOp(0x0b, ...memoryArguments), [i32, v128]),
    () => shape(vectorOp(random.between(0x54, 0x57), ...memoryArguments, lane), [i32, v128], v128),
    () => shape(vectorOp(random.between(0x58, 0x5b), ...memoryArguments, lane), [i32, v128]),
    () => shape(vectorOp(random.pick([0x15, 0x16, 0x18, 0x19, 0x1b]), lane), [v128], i32),
    () =>
      shape(vectorOp(0x0d, ...random.list(16, () => (random.once(20) ? lane : random.below(32)))), [v128, v128], v128),
    () => shape([0xfd, ...u32(random.below(300))]),
    () => shape([0xfd, 0x8c, 0x00]),
  ])();
}

function access(random: Random): Shape {
  const opcode = random.between(0x28, 0x3e);
  const wide = [
    i32,
    i64,
    f32,
    f64,
    i32,
    i32,
    i32,
    i32,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i32,
    i64,
    f32,
    f64,
    i32,
    i32,
    i64,
    i64,
    i64,
  ];
  const type = wide[opcode - 0x28] ?? i32;
  const code = [
    opcode,
    ...u32(random.pick([0, 0, 0, 1, 2, 3, 4, 31, 64, 255])),
    ...u32(random.pick([0, 1, 8, 0xffff_ffff]), random.once(8) ? 1 : 0),
  ];
  return opcode < 0x36 ? shape(code, [i32], type) : shape(code, [i32, type]);
}

function variable(random: Random): Shape {
  const index = random.once(6) ? random.pick([8, 9, 100, 0xffff_ffff]) : random.below(8);
  const type = [i32, i32, i64, f32, f64, v128, funcref, externref][index] ?? i32;
  const global = random.below(4);
  const globalType = [i32, i64, funcref][global] ?? i32;
  return random.pick([
    () => shape([0x20, ...u32(index)], [], type),
    () => shape([0x21, ...u32(index)], [type]),
    () => shape([0x22, ...u32(index)], [type], type),
    () => shape([0x23, ...u32(global)], [], globalType),
    () => shape([0x24, ...u32(global)], [globalType]),
  ])();
}

function controlFlow(random: Random): Shape {
  const blockType = random.pick<readonly number[]>([
    [0x40],
    [0x40],
    [0x40],
    [i32],
    [i64],
    [v128],
    [funcref],
    [externref],
    ...[0, 1, 2, 3, 4, 99, 1000].map((type) => signed(type)),
    [0x6e],
    [0x63, 0x70],
    [0x00],
    [0xff],
  ]);
  const depth = random.pick([0, 0, 1, 2, 3, 20, 0xffff_ffff]);
  return random.pick([
    () => shape([0x02, ...blockType]),
    () => shape([0x03, ...blockType]),
    () => shape([0x04, ...blockType], [i32]),
    () => shape([0x05]),
    () => shape([0x0b]),
    () => shape([0x0b]),
    () => shape([0x0c, ...u32(depth)]),
    () => shape([0x0d, ...u32(depth)], [i32]),
    () =>
      shape(
        [
          0x0e,
          ...vector(random.list(random.below(4), () => u32(random.pick([0, 0, 1, 2, 9])))),
          ...u32(random.pick([0, 1, 9])),
        ],
        [i32],
      ),
    () => shape([0x0f]),
    () => shape([0x10, ...u32(random.pick([0, 0, 1, 2, 3, 99]))], [i32, i32, i32]),
    () =>
      shape([0x11, ...u32(random.pick([0, 1, 1, 2, 4, 99])), ...u32(random.pick([0, 0, 0, 1, 2]))], [i32, i32], i32),
    () => shape([0x00]),
    () => shape([0x1b], [i32, i32, i32], i32),
    () => shape([0x1b], [funcref, funcref, i32], funcref),
    () =>
      shape(
        [0x1c, ...random.pick([[1, i32], [1, funcref], [0], [2, i32, i32], [1, 0x11], [1, v128]])],
        [i32, i32, i32],
        i32,
      ),
    () => shape([0x1a], [i32]),
  ])();
}

function miscellaneous(random: Random): Shape {
  const zero = random.pick([0, 0, 0, 0, 1, 2, 9]);
  return random.pick([
    () => shape([0x3f, random.pick([0, 0, 1, 0x80])], [], i32),
    () => shape([0x40, random.pick([0, 0, 1, 0x80])], [i32], i32),
    () => shape(misc(8, random.pick([0, 0, 1, 9]), zero), [i32, i32, i32]),
    () => shape(misc(9, random.pick([0, 0, 1, 9]))),
    () => shape(misc(10, zero, random.pick([0, 0, 1])), [i32, i32, i32]),
    () => shape(misc(11, zero), [i32, i32, i32]),
    () => shape(misc(12, random.pick([0, 1, 9]), zero), [i32, i32, i32]),
    () => shape(misc(13, random.pick([0, 1, 9]))),
    () => shape(misc(14, zero, random.pick([0, 0, 1])), [i32, i32, i32]),
    // Growing by a random count could take all of the machine's memory.
    () => shape([...i32Const(random.pick([0, 1, 100])), ...misc(15, zero)], [zero === 0 ? funcref : externref], i32),
    () => shape(misc(16, zero), [], i32),
    () => shape(misc(17, zero), [i32, zero === 0 ? funcref : externref, i32]),
    () => shape([0xfc, ...u32(random.below(40), random.once(4) ? 1 : 0)], [f32], i32),
  ])();
}

function reference(random: Random): Shape {
  const table = random.pick([0, 0, 1, 2]);
  const type = table === 0 ? funcref : externref;
  return random.pick([
    () => shape([0x25, ...u32(table)], [i32], type),
    () => shape([0x26, ...u32(table)], [i32, type]),
    () => shape([0xd0, random.pick([0x70, 0x6f, 0x6e, 0x69, 0x00, 0x7f, 0x73])], [], funcref),
    () => shape([0xd1], [random.pick([funcref, externref])], i32),
    () => shape([0xd2, ...u32(random.pick([0, 1, 2, 3, 99]))], [], funcref),
  ])();
}

function odd(random: Random): Shape {
  return random.pick([
    () => shape([random.below(256)]),
    () =>
      shape([
        random.pick([
          0x06, 0x07, 0x08, 0x09, 0x0a, 0x12, 0x13, 0x14, 0x15, 0x18, 0x19, 0x1f, 0xd3, 0xd4, 0xd5, 0xd6, 0xfb, 0xff,
        ]),
      ]),
    () => shape([0xfe, random.below(0x50), ...u32(random.below(4)), 0], [i32]),
    () => shape([0xfd, ...u32(random.between(0x100, 0x115))], [v128, v128], v128),
    () => shape([0x41, 0xff, 0xff, 0xff, 0xff, random.pick([0x07, 0x0f, 0x7f, 0x80])], [], i32),
    () => shape([0x42, ...random.list(random.between(8, 11), () => 0xff), 0x00], [], i64),
  ])();
}
