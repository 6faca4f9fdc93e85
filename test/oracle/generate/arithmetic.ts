/** Guards that compute: every numeric and vector instruction over operands at the edges, results as output. */
import type { Random } from '../random.ts';
import { type Generator, type Part, recipe } from '../recipe.ts';
import { GuardProgram, type LabelName, labelNames } from '../wasm/guardProgram.ts';
import { type Operand, operand, push, putResult } from './operands.ts';
import { numericOperators, type Operator, vectorOperators } from './operators.ts';
import { freshForEach } from './steps.ts';

interface Computation {
  readonly name: LabelName;
  readonly operator: Operator;
  readonly operands: readonly Operand[];
}

export const arithmetic: Generator = {
  name: 'arithmetic',
  weight: 7,
  generate: (random) => make(random, numericOperators),
};
export const vectors: Generator = { name: 'vectors', weight: 5, generate: (random) => make(random, vectorOperators) };

function make(random: Random, operators: readonly Operator[]): ReturnType<Generator['generate']> {
  const parts = labelNames.flatMap((name) =>
    random.list(random.between(5, 40), () => computation(random, name, operators)),
  );
  return recipe<Computation>({ parts, steps: freshForEach, build });
}

function computation(random: Random, name: LabelName, operators: readonly Operator[]): Part<Computation> {
  const operator = random.pick(operators);
  const operands = operator.takes.map((type) => operand(random, type));
  const code = operator.code.map((byte) => byte.toString(16)).join(' ');
  const given = operands.map(({ bits, way }) => `0x${bits.toString(16)} (${way})`).join(', ');
  return { label: `${name}: op ${code} of ${given}`, content: { name, operator, operands } };
}

function build(parts: readonly Part<Computation>[]): Uint8Array {
  const program = new GuardProgram([]);
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
