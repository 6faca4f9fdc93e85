/** The index spaces of a module, imports first. */
import type { DecodedModule, GlobalType, Import, Limits, ByteSpan, TableType } from './module.ts';
import { Refused } from './refused.ts';

/** The entries of each index space. */
export interface Spaces {
  /** Type index of each function; the type may not exist. */
  readonly functions: readonly number[];
  readonly importedFunctions: number;
  readonly globals: readonly GlobalType[];
  readonly importedGlobals: number;
  readonly tables: readonly TableType[];
  readonly importedTables: number;
  readonly memory: Limits | null;
}

type ImportOf<K extends Import['kind']> = Extract<Import, { readonly kind: K }>;

/** The imports of one kind, in order. */
export function importsOf<K extends Import['kind']>(module: DecodedModule, kind: K): ImportOf<K>[] {
  return module.imports.filter((each): each is ImportOf<K> => each.kind === kind);
}

/** Gathers the spaces; refuses a second memory with wazero's text, which says "table". */
export function gatherSpaces(module: DecodedModule): Spaces {
  const functions = importsOf(module, 'func').map((each) => each.typeIndex);
  const globals = importsOf(module, 'global').map((each) => each.global);
  const tables = importsOf(module, 'table').map((each) => each.table);
  const memories: readonly (Limits & Partial<ByteSpan>)[] = importsOf(module, 'memory').map((each) => each.memory);
  if (memories.length > 0 && module.memory !== null) throw new Refused('at most one table allowed in module');
  return {
    functions: [...functions, ...module.functions],
    importedFunctions: functions.length,
    globals: [...globals, ...module.globals],
    importedGlobals: globals.length,
    tables: [...tables, ...module.tables],
    importedTables: tables.length,
    memory: module.memory ?? memories.at(-1) ?? null,
  };
}
