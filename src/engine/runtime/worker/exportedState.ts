/** Reads and writes the mutable globals and the tables of an instance through the private exports of `exportState`. */
import type { StateExports } from '../../../core/wasm/adapt/stateExports.ts';
import { f32, f64 } from '../../../core/wasm/decode/valueTypes.ts';
import type { WasmFunction, WasmGlobal, WasmInstance, WasmReference, WasmTable } from '../shared/webAssembly.ts';

/** A reference of an instance that another instance of the module can have: a function by its index, a number of the host, or null. */
type SavedReference = { readonly func: number } | number | null;

/** The values of the mutable globals and the entries of the tables, in the order of the exports. */
export interface ExportedState {
  readonly globals: readonly (SavedReference | bigint)[];
  readonly tables: readonly (readonly SavedReference[])[];
}

/** The state of an instance, or why it cannot be kept. */
export function readState(instance: WasmInstance, exports: StateExports): ExportedState | { readonly reason: string } {
  if (exports.kind === 'hidden') return { reason: exports.reason };
  const globals: (SavedReference | bigint)[] = [];
  for (const { export: name, type } of exports.globals) {
    const { value } = instance.exports[name] as WasmGlobal;
    if ((type === f32 || type === f64) && Number.isNaN(value)) {
      return { reason: 'one of its globals is a NaN, whose bits V8 does not show' };
    }
    globals.push(typeof value === 'bigint' ? value : saved(value));
  }
  const tables = exports.tables.map((name) => {
    const table = instance.exports[name] as WasmTable;
    return Array.from({ length: table.length }, (_, index) => saved(table.get(index)));
  });
  return { globals, tables };
}

/** Gives a new instance the state. */
export function writeState(instance: WasmInstance, exports: StateExports | null, state: ExportedState): void {
  if (exports?.kind !== 'exported') throw new TypeError('the module exports no state');
  const live = (value: SavedReference): WasmReference => {
    if (value === null || typeof value === 'number') return value;
    return instance.exports[exports.functions[value.func] ?? ''] as WasmFunction;
  };
  for (const [at, { export: name }] of exports.globals.entries()) {
    const value = state.globals[at] ?? null;
    (instance.exports[name] as WasmGlobal).value = typeof value === 'bigint' ? value : live(value);
  }
  for (const [at, name] of exports.tables.entries()) {
    const table = instance.exports[name] as WasmTable;
    const entries = state.tables[at] ?? [];
    if (entries.length > table.length) table.grow(entries.length - table.length);
    for (const [index, entry] of entries.entries()) table.set(index, live(entry));
  }
}

/** The name of an exported function is its index (WebAssembly JavaScript Interface, "the name of the WebAssembly function"). */
function saved(value: WasmReference): SavedReference {
  return typeof value === 'function' ? { func: Number((value as { readonly name: string }).name) } : value;
}
