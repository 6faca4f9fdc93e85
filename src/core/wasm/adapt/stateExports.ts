/** The private exports that give the host the state of an instance beside its memory: mutable globals, tables that change, functions. */
import type { DecodedModule } from '../decode/module.ts';
import type { Spaces } from '../decode/spaces.ts';
import { funcref, kindOf, type ValueType, v128 } from '../decode/valueTypes.ts';
import type { BodyScan } from '../describe/scanBodies.ts';

/** How an instance's state is read and written, or why it cannot be. */
export type StateExports =
  | {
      readonly kind: 'exported';
      /** The mutable globals of the guard. */
      readonly globals: readonly { readonly export: string; readonly type: ValueType }[];
      /** The tables; empty when no instruction changes one. */
      readonly tables: readonly string[];
      /** Exports of all functions, by index, for references to them; empty when no global and no table that changes holds one. */
      readonly functions: readonly string[];
    }
  /** `reason` completes the sentence "the state of the guard cannot be kept, because …". */
  | { readonly kind: 'hidden'; readonly reason: string };

/** Adds a private export and returns its name. */
type AddExport = (name: string, kind: 'func' | 'table' | 'global', index: number) => string;

/** Adds the exports for the state of a module that wazero accepts and can link. Exports do not change the module's code. */
export function exportState(module: DecodedModule, spaces: Spaces, scan: BodyScan, add: AddExport): StateExports {
  const reason = hiddenState(module, spaces, scan);
  if (reason !== null) return { kind: 'hidden', reason };
  const globals: { readonly export: string; readonly type: ValueType }[] = [];
  for (const [index, { type, mutable }] of spaces.globals.entries()) {
    if (mutable) globals.push({ export: add(`guardscope:global:${index}`, 'global', index), type });
  }
  const changes = tableChanges.some((opcode) => scan.seen[opcode] === 1);
  const tables = changes ? spaces.tables.map((_, index) => add(`guardscope:table:${index}`, 'table', index)) : [];
  const hasReferences = tables.length > 0 || globals.some(({ type }) => kindOf(type) === funcref);
  const functions = hasReferences
    ? spaces.functions.map((_, index) => add(`guardscope:func:${index}`, 'func', index))
    : [];
  return { kind: 'exported', globals, tables, functions };
}

/** `table.set`, `table.init`, `table.copy`, `table.grow` and `table.fill`; opcodes behind the prefix 0xfc are counted from 0x100. */
const tableChanges = [0x26, 0x10c, 0x10e, 0x10f, 0x111];

/** `data.drop` and `elem.drop`. */
const drops: readonly (readonly [number, string])[] = [
  [0x109, 'data.drop'],
  [0x10d, 'elem.drop'],
];

/** What the state has that no export shows; null when there is nothing. */
function hiddenState(module: DecodedModule, spaces: Spaces, scan: BodyScan): string | null {
  if (!scan.isComplete || module.hasLaterTypes) return 'its code has instructions that Guardscope does not read';
  for (const [opcode, name] of drops) {
    if (scan.seen[opcode] === 1) return `its code has "${name}", and whether a segment was dropped cannot be read`;
  }
  for (const [index, { type, mutable }] of spaces.globals.entries()) {
    if (!mutable || kindOf(type) !== v128) continue;
    return `its global ${index} is a mutable v128, whose value V8 does not show`;
  }
  return null;
}
