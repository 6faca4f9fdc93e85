/** What the worker needs to know about a module beside its code, as plain data that can be cached and posted. */
import type { AdaptedModule } from '../../../core/wasm/adaptForV8.ts';
import { checkGuardShape } from '../../../core/wasm/describe/guardShape.ts';
import type { OffsetMap } from '../../../core/wasm/adapt/offsetMap.ts';
import type { CopyOptions } from '../../../core/wasm/adapt/planAdaptation.ts';
import type { StateExports } from '../../../core/wasm/adapt/stateExports.ts';
import type { Signature } from '../../../core/wasm/decode/valueTypes.ts';
import type { WasmModule } from './webAssembly.ts';

/** What the copy of a module that runs has beyond the guard. */
export type ModuleCopy = CopyOptions;

/** Facts about an adapted module. */
export interface ModuleFacts {
  /** Name of the export that gives memory 0; null when the module has no memory. */
  readonly memoryExport: string | null;
  /** The private export of the start function and wazero's label for it; null without a start function. */
  readonly start: { readonly export: string; readonly label: string } | null;
  /** Export of the private flag that every loop header tests; null when the guest cannot close itself (wazero spec 6.3). */
  readonly closedFlag: string | null;
  /** Export of the global that every loop header counts down; null in a module whose rounds are not counted, which is every one that decides. */
  readonly rounds: string | null;
  /** How the state of an instance is read and written; null in a module that exports none of it. */
  readonly state: StateExports | null;
  /** Offset of an inserted `unreachable` → the wazero trap that it stands for. */
  readonly trapSites: ReadonlyMap<number, string>;
  /** Signature of every exported function. */
  readonly functions: ReadonlyMap<string, Signature>;
  /** `module.name` of an imported function → its function index. */
  readonly imports: ReadonlyMap<string, number>;
  /** The gateway's error for a module that is not a guard; null for a guard. */
  readonly shapeError: string | null;
}

/** A module that can be instantiated in any thread. */
export interface ReadyModule {
  readonly module: WasmModule;
  readonly facts: ModuleFacts;
  /** Stack trace line of each function, by function index. */
  readonly frames: readonly string[];
  /** Maps code offsets of the compiled bytes to the guard's file. */
  readonly offsets: OffsetMap;
}

/** A module with its facts, before it is compiled. */
export interface DerivedModule extends Omit<ReadyModule, 'module'> {
  /** The adapted module. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The facts of an adapted module. */
export function moduleFacts(module: AdaptedModule): ModuleFacts {
  const { description, memoryExport, start, trapSites, closedFlagExport, roundsExport, state } = module;
  const functions = new Map<string, Signature>();
  for (const { name, signature } of description.exports) if (signature !== null) functions.set(name, signature);
  const imports = new Map<string, number>();
  for (const { index, imported } of description.functions) {
    if (imported !== null) imports.set(`${imported.module}.${imported.name}`, index);
  }
  return {
    memoryExport,
    start: start === null ? null : { export: start.export, label: start.label },
    closedFlag: closedFlagExport,
    rounds: roundsExport,
    state,
    trapSites,
    functions,
    imports,
    shapeError: checkGuardShape(description),
  };
}
