/** Guards with random control flow: blocks with parameters, loops, branches, tables of branches, indirect calls, dead code. */
import type { Random } from '../random.ts';
import { type Generator, type Part, recipe } from '../recipe.ts';
import {
  call,
  callIndirect,
  globalGet,
  globalSet,
  i32Add,
  i32Const,
  i32Sub,
  localGet,
  localSet,
  localTee,
  type TypeByte,
  types,
} from '../wasm/code.ts';
import { u32, vector } from '../wasm/encode.ts';
import { GuardProgram, labelNames, scratch } from '../wasm/guardProgram.ts';
import { constant, operand, putResult } from './operands.ts';
import { numericOperators, type Operator } from './operators.ts';
import { freshForEach } from './steps.ts';
import { wasiImport } from '../wasm/wasiFunctions.ts';

const { i32, i64, f32, f64 } = types;
const valueTypes = [i32, i64, f32, f64] as const;
const ownLocals: Readonly<Partial<Record<TypeByte, readonly number[]>>> = {
  [i32]: [0, 1, 3, scratch.i32],
  [i64]: [scratch.i64, scratch.secondI64],
  [f32]: [scratch.f32, scratch.secondF32],
  [f64]: [scratch.f64, scratch.secondF64],
};

/** Excludes the bits of a NaN from the output, because V8 may choose them. */
const plainOperators = numericOperators.filter(({ code: [code = 0] }) => ![0xbc, 0xbd, 0x98, 0xa6].includes(code));
const byResult = new Map<TypeByte, readonly Operator[]>(
  valueTypes.map((type) => [type, plainOperators.filter(({ gives }) => gives === type)]),
);

interface Piece {
  readonly function: number;
  readonly code: (program: GuardProgram) => readonly number[];
}

export const control: Generator = {
  name: 'control',
  weight: 8,
  generate(random) {
    const canExit = random.once(2);
    const parts = [0, 1, 2].flatMap((index) =>
      random.list(random.between(3, 12), (number): Part<Piece> => {
        const writer = new Writer(random);
        const code = writer.statement(3);
        return { label: `${labelNames[index]}, statement ${number}`, content: { function: index, code } };
      }),
    );
    return recipe<Piece>({ parts, steps: freshForEach, build: (chosen) => build(canExit, chosen) });
  },
};

/** With `canExit`, proc_exit is imported, so the product inserts its checks into loops. */
function build(canExit: boolean, parts: readonly Part<Piece>[]): Uint8Array {
  const program = new GuardProgram(canExit ? [wasiImport('proc_exit')] : [], [1], true);
  const { module } = program;
  const halve = module.function(module.type([i32], [i32]), [], [...localGet(0), ...i32Const(1), 0x76]);
  const twice = module.function(module.type([i64], [i64, i64]), [], [...localGet(0), ...localGet(0)]);
  module.table(types.funcref, 6);
  module.element([0x00, ...i32Const(0), 0x0b, ...vector([[halve], [twice], [program.hash], [halve]])]);
  for (const [index, name] of labelNames.entries()) {
    const own = parts.filter(({ content }) => content.function === index);
    const results = valueTypes.flatMap((type) =>
      (ownLocals[type] ?? []).flatMap((local) => [...localGet(local), ...putResult(program, type, true)]),
    );
    const body = own.flatMap(({ content }) => [0x02, 0x40, ...content.code(program), 0x0b, ...results]);
    program.label(name, body);
  }
  return module.build();
}

type Code = (program: GuardProgram) => readonly number[];

/** Generates random code once, so that it is the same in every build. */
class Writer {
  readonly #random: Random;
  #loops = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Code that does not change the stack. */
  statement(depth: number): Code {
    const random = this.#random;
    const type = random.pick(valueTypes);
    const inner = depth - 1;
    if (depth <= 0) return this.#assignment(type, 1);
    return random.weighted<() => Code>([
      [5, () => this.#assignment(type, depth)],
      [3, () => this.#branchOut(type, inner)],
      [2, () => this.#loop(inner)],
      [2, () => this.#conditional(inner)],
      [2, () => this.#deadCode(inner)],
      [2, () => this.#blockWithParameter(inner)],
      [2, () => this.#table(inner)],
    ])();
  }

  #value(type: TypeByte, depth: number): Code {
    const random = this.#random;
    const locals = ownLocals[type] ?? [];
    if (depth <= 0 || random.once(5)) {
      if (random.once(2)) return () => localGet(locals[0] ?? 0);
      const bits = operand(random, type);
      return () => constant(bits);
    }
    if (random.once(12) && type === i32) return this.#indirect(depth - 1);
    if (random.once(12)) {
      const [first, second, which] = [
        this.#value(type, depth - 1),
        this.#value(type, depth - 1),
        this.#value(i32, depth - 1),
      ];
      return (program) => [...first(program), ...second(program), ...which(program), 0x1b];
    }
    if (random.once(12)) {
      const local = random.pick(locals);
      const given = this.#value(type, depth - 1);
      return (program) => [...given(program), ...localTee(local)];
    }
    const operator = random.pick(byResult.get(type) ?? []);
    const operands = operator.takes.map((each) => this.#value(each, depth - 1));
    return (program) => [...operands.flatMap((each) => [...each(program)]), ...operator.code];
  }

  #indirect(depth: number): Code {
    const random = this.#random;
    const entry = random.once(5) ? random.pick([1, 2, 4, 5, 6, 100, -1]) : random.pick([0, 3]);
    const argument = this.#value(i32, depth);
    return (program) => [...argument(program), ...i32Const(entry), ...callIndirect(program.module.type([i32], [i32]))];
  }

  #assignment(type: TypeByte, depth: number): Code {
    const local = this.#random.pick(ownLocals[type] ?? []);
    const value = this.#value(type, depth);
    return (program) => [...value(program), ...localSet(local)];
  }

  #branchOut(type: TypeByte, depth: number): Code {
    const random = this.#random;
    const [value, condition, after] = [this.#value(type, depth), this.#value(i32, depth), this.#value(type, depth)];
    const inside = this.statement(depth);
    const local = random.pick(ownLocals[type] ?? []);
    return (program) => [
      ...[0x02, type, ...value(program), ...condition(program), 0x0d, 0x00, 0x1a],
      ...[...inside(program), ...after(program), 0x0b, ...localSet(local)],
    ];
  }

  /** A loop that runs a few times; it counts down in the global of the call counter, which nothing else reads here. */
  #loop(depth: number): Code {
    if (this.#loops++ > 1) return this.#assignment(i32, depth);
    const times = this.#random.between(1, 4);
    const inside = this.statement(depth);
    const parameters = this.#random.once(2);
    return (program) => {
      const type = program.module.type([i32], [i32]);
      const counter = scratch.secondI32;
      const open = parameters ? [...i32Const(5), 0x03, ...u32(type), ...i32Const(1), ...i32Add] : [0x03, 0x40];
      const close = parameters ? [0x0b, ...localSet(scratch.i32)] : [0x0b];
      return [
        ...[...localGet(counter), ...globalSet(program.calls), ...i32Const(times), ...localSet(counter)],
        ...[...open, ...inside(program)],
        ...[...localGet(counter), ...i32Const(1), ...i32Sub, ...localTee(counter), 0x0d, 0x00],
        ...[...close, ...globalGet(program.calls), ...localSet(counter)],
      ];
    };
  }

  #conditional(depth: number): Code {
    const [condition, yes, no] = [this.#value(i32, depth), this.statement(depth), this.statement(depth)];
    const without = this.#random.once(3);
    return (program) => [
      ...[...condition(program), 0x04, 0x40, ...yes(program)],
      ...(without ? [0x0b] : [0x05, ...no(program), 0x0b]),
    ];
  }

  /** Code after a branch is validated with a polymorphic stack, and the product also inserts its checks there. */
  #deadCode(depth: number): Code {
    const random = this.#random;
    const condition = this.#value(i32, depth);
    const dead = this.statement(depth);
    const bare = random.pick<readonly number[]>([
      [],
      [0x1a],
      [0xaa, 0x1a],
      [0xa8, 0x1a],
      [0xb0, 0x1a],
      [0x6a, 0x1a],
      [0x1b, 0x1a],
    ]);
    const indirect = random.once(3);
    return (program) => [
      ...[...condition(program), 0x04, 0x40, 0x0c, 0x00, ...bare],
      ...(indirect ? [...callIndirect(program.module.type([i32], [i32])), 0x1a] : []),
      ...[...dead(program), 0x0b],
    ];
  }

  #blockWithParameter(depth: number): Code {
    const value = this.#value(i64, depth);
    const inside = this.statement(depth);
    const through = this.#random.once(2);
    return (program) => {
      const type = program.module.type([i64], [i64, i64]);
      const twice = through ? call(program.hash + 2) : [...localTee(scratch.i64), ...localGet(scratch.i64)];
      const block = [0x02, ...u32(type), ...twice, ...inside(program), 0x0b];
      return [...value(program), ...block, ...localSet(scratch.secondI64), ...localSet(scratch.i64)];
    };
  }

  #table(depth: number): Code {
    const random = this.#random;
    const which = this.#value(i32, depth);
    const targets = random.list(random.below(5), () => random.below(3));
    const last = random.below(3);
    const inside = random.list(2, () => this.statement(depth - 1));
    return (program) => [
      ...[0x02, 0x40, 0x02, 0x40, 0x02, 0x40, ...which(program)],
      ...[0x0e, ...vector(targets.map((each) => [each])), last, 0x0b],
      ...inside.flatMap((each) => [...each(program), 0x0b]),
    ];
  }
}
