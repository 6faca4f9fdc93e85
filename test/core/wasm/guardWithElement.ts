/** Builds guards with one element segment of any form, which the text format cannot write. */
import { i32Const, types } from '../../oracle/wasm/code.ts';
import { text, vector } from '../../oracle/wasm/encode.ts';
import { ModuleBuilder } from '../../oracle/wasm/moduleBuilder.ts';
import type { Surroundings } from './elementCases.ts';

const { i32, funcref } = types;

/** A guard with three functions (0 to 2) of type 0, and this segment as its last one. */
export function guardWithElement(
  segment: readonly number[],
  { tables = [funcref], imported = [], oddTable, before }: Surroundings = {},
): Uint8Array<ArrayBuffer> {
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
  return new Uint8Array(module.build(raw));
}
