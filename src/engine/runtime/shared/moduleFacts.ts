/** What the worker has to know of a module beside its code: plain data, so that it can be kept and posted. */
import type { AdaptedModule } from '../../../core/wasm/adaptForV8.ts';
import { checkGuardShape } from '../../../core/wasm/describe/guardShape.ts';
import type { Signature } from '../../../core/wasm/decode/valueTypes.ts';

export interface ModuleFacts {
  /** Export under which memory 0 is reachable; null: the module has none. */
  readonly memoryExport: string | null;
  /** The start function's private export and wazero's label for it; null without one. */
  readonly start: { readonly export: string; readonly label: string } | null;
  /** Export of the private flag that every loop header tests; null: nothing in the guest can close it (wazero spec 6.3). */
  readonly closedFlag: string | null;
  /** Offset of an `unreachable` that was put in → the wazero trap it stands for. */
  readonly trapSites: ReadonlyMap<number, string>;
  /** Signature of every exported function. */
  readonly functions: ReadonlyMap<string, Signature>;
  /** Function index of every import, by `module.name`. */
  readonly imports: ReadonlyMap<string, number>;
  /** The gateway's refusal of a module that is no guard; null when it is one. */
  readonly shapeError: string | null;
}

/** The facts of a prepared module. */
export function moduleFacts(module: AdaptedModule): ModuleFacts {
  const { description, memoryExport, start, trapSites, closedFlagExport } = module;
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
    trapSites,
    functions,
    imports,
    shapeError: checkGuardShape(description),
  };
}
