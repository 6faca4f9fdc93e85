/** Guards with unusual parts that matter before the first call: segments, start functions, limits, imports, exports, names, custom sections. */
import type { JsonObject } from '../../../../src/core/base/json.ts';
import { type Generator, type Part, recipe } from '../../recipe.ts';
import { i32Const, misc, types } from '../../wasm/code.ts';
import { GuardProgram, labelNames, type LabelName } from '../../wasm/guardProgram.ts';
import { hostLog } from '../../wasm/wasiFunctions.ts';
import { type Change, type Guard, changes } from './loadingChanges.ts';
import { nameSectionChanges } from './nameSections.ts';
import { segmentChanges } from './segments.ts';
import { load, raw } from '../steps.ts';

export const loading: Generator = {
  name: 'loading',
  weight: 10,
  generate(random) {
    const parts = random.list(random.pick([1, 1, 2, 3]), (): Part<Change> => {
      const [label, content] = random.weighted([...segmentChanges, ...changes, ...nameSectionChanges])(random);
      return { label, content };
    });
    const name = random.once(8)
      ? { name: random.pick(['', 'env', 'wasi_snapshot_preview1', 'é', 'a b', "it's", '%s']) }
      : {};
    const steps: readonly JsonObject[] = [{ ...load, ...name }, ...labelNames.map((each) => raw(each))];
    return recipe<Change>({ parts, steps, loadMs: 3000, build });
  },
};

function build(parts: readonly Part<Change>[]): Uint8Array {
  const chosen = parts.map(({ content }) => content);
  const imports = chosen.flatMap((change) => change.imports ?? []);
  const program = new GuardProgram([hostLog, ...imports], [1]);
  const { module } = program;
  const guard: Guard = { program, labels: new Map(), raw: new Map() };
  for (const change of chosen) change.before?.(guard);
  if (!chosen.some(({ ownTable = false }) => ownTable)) module.table(types.funcref, 8);
  for (const name of labelNames) {
    const make = chosen.findLast(({ label }) => label?.name === name)?.label;
    if (make === undefined) guard.labels.set(name, program.label(name, look(program, name)));
    else make.add(program);
  }
  for (const change of chosen) change.after?.(guard);
  return module.build(guard.raw);
}

/** The effect of the segments: the filled entries of the table, and the bytes of memory. */
function look(program: GuardProgram, name: LabelName): readonly number[] {
  if (name === 'label_response') return [...program.putHash(i32Const(0), 65_536), ...program.putI32(misc(16, 0))];
  const entries = [0, 1, 2, 3, 4, 5, 6, 7];
  return entries.flatMap((index) => program.putI32([...i32Const(index), 0x25, 0, 0xd1]));
}
