/** Element segments in every form: wazero's text for a bad one, and no objection to a good one. */
import { describe, expect, it } from 'vitest';
import { explainRefusal } from '../../../src/core/wasm/adaptForV8.ts';
import { i32Const, types } from '../../oracle/wasm/code.ts';
import { text, vector } from '../../oracle/wasm/encode.ts';
import { ModuleBuilder } from '../../oracle/wasm/moduleBuilder.ts';
import { elementCases, type Surroundings } from './elementCases.ts';
import { prepared, refusal as refusalOf } from './support.ts';

const { i32, funcref } = types;

/** A guard with three functions (0 to 2) of type 0, and this segment as its last one. */
function guard(
  segment: readonly number[],
  { tables = [funcref], imported = [], oddTable, before }: Surroundings,
): Uint8Array {
  const module = new ModuleBuilder();
  const label = module.type([i32, i32, i32, i32], [i32]);
  for (const name of ['label_agent', 'label_resource', 'label_response']) {
    module.export(name, 'func', module.function(label, [], i32Const(0)));
  }
  module.memory(1);
  module.export('memory', 'memory', 0);
  for (const type of tables) module.table(type, 4);
  module.global(i32, false, i32Const(0));
  if (before !== undefined) module.element(before);
  module.element(segment);
  const raw = new Map<number, readonly number[]>();
  const imports = imported.map((type) => [...text('host'), ...text('g'), 0x03, type, 0x00]);
  if (imports.length > 0) raw.set(2, vector(imports));
  if (oddTable !== undefined) raw.set(4, vector([[...oddTable, 0x00, 4]]));
  return module.build(raw);
}

const cases = elementCases.map(([title, segment, refusal, around = {}]) => ({
  title,
  bytes: guard(segment, around),
  refusal,
  around,
}));
const good = cases.filter(({ refusal }) => refusal === null);

describe('an element segment', () => {
  it.each(cases.filter(({ refusal }) => refusal !== null))('with $title: $refusal', ({ bytes, refusal }) => {
    expect(explainRefusal(bytes)).toBe(refusal);
    expect(refusalOf(bytes)).toBe(refusal);
  });

  it.each(good)('with $title is accepted', ({ bytes }) => {
    expect(explainRefusal(bytes)).toBeNull();
    expect(refusalOf(bytes)).toBeNull();
  });

  it.each(good.filter(({ around }) => around.isNewer !== true))('with $title compiles in V8', ({ bytes }) => {
    expect(() => new WebAssembly.Module(prepared(bytes).bytes)).not.toThrow();
  });
});
