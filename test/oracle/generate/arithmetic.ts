/** Guards that compute: every numeric and vector instruction with boundary operands; the results are the output. */
import type { JsonObject } from '../../../src/core/base/json.ts';
import type { Random } from '../random.ts';
import { type Generator, type Part, type Recipe, recipe } from '../recipe.ts';
import { types } from '../wasm/code.ts';
import { GuardProgram, type LabelName, labelNames } from '../wasm/guardProgram.ts';
import { type Operand, operand, push, putResult } from './operands.ts';
import { numericOperators, type Operator, vectorOperators } from './operators.ts';
import { freshForEach, oneInstance } from './steps.ts';

interface Computation {
  readonly name: LabelName;
  readonly operator: Operator;
  readonly operands: readonly Operand[];
}

export const arithmetic: Generator = {
  name: 'arithmetic',
  weight: 7,
  generate: (random) => make(random, numericOperators, freshForEach),
};
export const vectors: Generator = {
  name: 'vectors',
  weight: 5,
  generate: (random) => make(random, vectorOperators, oneInstance),
};

/** Vector instructions never trap, so one instance can run all of them; numeric instructions may trap. */
function make(random: Random, operators: readonly Operator[], steps: readonly JsonObject[]): Recipe {
  const parts = labelNames.flatMap((name) =>
    random.list(random.between(10, 60), () => computation(random, name, operators)),
  );
  return recipe<Computation>({ parts, steps, build });
}

function computation(random: Random, name: LabelName, operators: readonly Operator[]): Part<Computation> {
  const operator = random.pick(operators);
  const operands = operator.takes.map((type, index) => {
    const any = operand(random, type);
    // A trap hides the results of the following instructions, so most operands avoid it.
    return index === operator.takes.length - 1 && traps(operator) && !random.once(6) ? tame(any) : any;
  });
  const code = operator.code.map((byte) => byte.toString(16)).join(' ');
  const given = operands.map(({ bits, way }) => `0x${bits.toString(16)} (${way})`).join(', ');
  return { label: `${name}: op ${code} of ${given}`, content: { name, operator, operands } };
}

/** Divisions and remainders of integers, and truncations. */
function traps({ code: [first = 0] }: Operator): boolean {
  return (first >= 0x6d && first <= 0x70) || (first >= 0x7f && first <= 0x82) || (first >= 0xa8 && first <= 0xb1);
}

/** The operand, or one that does not trap. */
function tame(any: Operand): Operand {
  switch (any.type) {
    case types.f32:
      return { ...any, bits: 0x42f6_e979n };
    case types.f64:
      return { ...any, bits: 0x405e_dd2f_1a9f_be77n };
    default:
      return any.bits === 0n || any.bits === 0xffff_ffffn || any.bits === 0xffff_ffff_ffff_ffffn
        ? { ...any, bits: 7n }
        : any;
  }
}

function build(parts: readonly Part<Computation>[]): Uint8Array {
  const program = new GuardProgram([], [1], true);
  for (const name of labelNames) {
    const own = parts.filter(({ content }) => content.name === name);
    program.label(
      name,
      own.flatMap(({ content }) => compute(program, content)),
    );
  }
  return program.module.build();
}

function compute(program: GuardProgram, { operator, operands }: Computation): number[] {
  return [
    ...operands.flatMap((each, index) => push(each, 1024 + 16 * index)),
    ...operator.code,
    ...putResult(program, operator.gives, operator.freeNan),
  ];
}
