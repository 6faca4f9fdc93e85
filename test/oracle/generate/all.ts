/** The families of generated cases. */
import { Random } from '../random.ts';
import type { Generator, Recipe } from '../recipe.ts';
import { arithmetic, vectors } from './arithmetic.ts';
import { bodies } from './bodies.ts';
import { buffers } from './buffers.ts';
import { control } from './control.ts';
import { exits } from './exits.ts';
import { frames } from './frames.ts';
import { host } from './host.ts';
import { loading } from './loading/loading.ts';
import { memory } from './memory.ts';
import { mutantsOf } from './mutants.ts';
import { wasi } from './wasi.ts';

const written: readonly Generator[] = [
  ...[arithmetic, vectors, memory, control, frames],
  ...[host, wasi, exits, buffers, loading, bodies],
];
const generators: readonly Generator[] = [...written, mutantsOf(written)];

/** The case with this number; the same seed always gives the same case. */
export function generate(
  seed: number,
  index: number,
  kind: string | null,
): { readonly kind: string; readonly made: Recipe } {
  const random = new Random(seed, index);
  const wanted = generators.filter(({ name }) => kind === null || name === kind);
  if (wanted.length === 0) {
    throw new Error(`There is no kind "${kind}"; there are ${generators.map(({ name }) => name).join(', ')}`);
  }
  const generator = random.weighted(wanted.map((each) => [each.weight, each] as const));
  return { kind: generator.name, made: generator.generate(random) };
}
