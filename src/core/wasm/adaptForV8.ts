/** Adapts a module for V8: refuses what wazero refuses before it runs code, and rewrites the rest so that V8 behaves like wazero. */
import { type CopyOptions, planAdaptation } from './adapt/planAdaptation.ts';
import { decodeModule } from './decode/decode.ts';
import { type FunctionDescription, type ModuleDescription, describeModule } from './describe/describe.ts';
import type { OffsetMap } from './adapt/offsetMap.ts';
import { frameText } from './adapt/stackFrames.ts';
import { functionLabel } from './decode/functionLabel.ts';
import { importError } from './validate/imports.ts';
import { instrument } from './adapt/instrument.ts';
import type { DecodedModule } from './decode/module.ts';
import { rewrite } from './adapt/rewrite.ts';
import type { StateExports } from './adapt/stateExports.ts';
import { type BodyScan, scanBodies } from './describe/scanBodies.ts';
import { dataError } from './adapt/segments.ts';
import type { Spaces } from './decode/spaces.ts';
import { validateBeforeBodies, validateDataCount } from './validate/validate.ts';
import { validateBodies } from './validate/validateBodies.ts';
import { validateElements } from './validate/validateElements.ts';
import { Refused, refusalOf } from './decode/refused.ts';

/** A module that wazero compiles and links, rewritten so that V8 behaves like wazero. */
export interface AdaptedModule {
  /** The bytes for V8; equal to the original when nothing had to change. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly changed: boolean;
  /** Description of the original. */
  readonly description: ModuleDescription;
  /** Export of memory 0, a private one when the guard does not export it; null without a memory (wazero spec 1.4). */
  readonly memoryExport: string | null;
  /** The start function with wazero's label for it; it is exported privately instead of being in the start section (wazero spec 3.5). */
  readonly start: { readonly export: string; readonly functionIndex: number; readonly label: string } | null;
  /**
   * Export of the mutable i32 global that the host sets to 1 when the guest is closed; then every loop header ends the call (wazero
   * spec 6.3). Null when the guest does not import proc_exit.
   */
  readonly closedFlagExport: string | null;
  /**
   * Export of the mutable i32 global that every loop header counts down; at 0 the call traps there with `trapTexts.rounds`. Null unless
   * rounds are counted. It begins with 2^32 - 1.
   */
  readonly roundsExport: string | null;
  /** How the state of an instance is read and written; null unless it is exported. */
  readonly state: StateExports | null;
  /**
   * Offset in `bytes` of an inserted `unreachable` → the text of the wazero trap that it stands for (wazero spec 5.1), or
   * `trapTexts.closed` at a loop header, where it ends a call of a closed module.
   */
  readonly trapSites: ReadonlyMap<number, string>;
  /** The stack trace line of a function; the index counts imports (wazero spec 5.2). */
  frame(functionIndex: number): string;
  /** Maps offsets in `bytes` to the original. */
  readonly offsets: OffsetMap;
}

/** wazero's error for a module, without the gateway's prefix; with `panic` when the gateway itself would die. */
export interface ModuleRefusal {
  readonly ok: false;
  readonly error: string;
  readonly panic?: string;
}

/**
 * Checks everything that wazero refuses while it decodes, validates, links imports and places data segments. A bad function body that
 * V8 refuses too may pass: compile the result, and call `explainRefusal` when V8 refuses it.
 */
export function adaptForV8(
  original: Uint8Array,
  options: CopyOptions = {},
): { readonly ok: true; readonly module: AdaptedModule } | ModuleRefusal {
  let adapted: AdaptedModule | undefined;
  const refusal = refusalOf(() => {
    const module = decodeModule(original);
    const scan = scanBodies(module);
    adapted = adaptValidated(module, validate(module, scan), scan, options);
  });
  if (adapted !== undefined) return { ok: true, module: adapted };
  const error = refusal?.message ?? '';
  return { ok: false, error, ...(refusal?.panic === true ? { panic: error } : {}) };
}

/** wazero's error for bytes that V8 refused; null when wazero accepts them, because only V8 has that limit (wazero spec 2.5). */
export function explainRefusal(original: Uint8Array): string | null {
  const refusal = refusalOf(() => {
    const module = decodeModule(original);
    const spaces = validateBeforeBodies(module);
    validateBodies(module, spaces);
    validateAfterBodies(module, spaces);
  });
  return refusal?.message ?? null;
}

/**
 * Validates and links. The slow validation of bodies runs only when the fast scan cannot rule out differences between wazero and V8, or
 * when a later check of wazero fails: a bad body would have to be reported before that.
 */
function validate(module: DecodedModule, scan: BodyScan): Spaces {
  const spaces = validateBeforeBodies(module);
  const later = refusalOf(() => validateAfterBodies(module, spaces));
  if (later !== null || !scan.isPlain) validateBodies(module, spaces);
  if (later !== null) throw later;
  return spaces;
}

function validateAfterBodies(module: DecodedModule, spaces: Spaces): void {
  validateElements(module, spaces);
  validateDataCount(module);
  const error = importError(module) ?? dataError(module);
  if (error !== null) throw new Refused(error);
}

function adaptValidated(module: DecodedModule, spaces: Spaces, scan: BodyScan, options: CopyOptions): AdaptedModule {
  const description = describeModule(module);
  const { edits, memoryExport, startExport, closedFlag, rounds, state } = planAdaptation(module, spaces, scan, options);
  const loopGlobals = { closedFlag: closedFlag?.index ?? null, rounds: rounds?.index ?? null };
  const allEdits = [...edits, ...instrument(module, scan.sites, loopGlobals)];
  const { bytes, marks, offsets } = rewrite(module.bytes, allEdits);
  const { start } = module;
  return {
    bytes,
    changed: allEdits.length > 0,
    description,
    memoryExport,
    start:
      startExport === null || start === null
        ? null
        : { export: startExport, functionIndex: start, label: `start ${functionLabel(module, start)}` },
    closedFlagExport: closedFlag?.export ?? null,
    roundsExport: rounds?.export ?? null,
    state,
    trapSites: marks,
    frame: (functionIndex) => frameOf(description, functionIndex),
    offsets,
  };
}

/** The stack trace line of a function; an index without a function gets a line without a signature. */
function frameOf({ functions, moduleName }: ModuleDescription, index: number): string {
  const found: FunctionDescription | undefined = functions[index];
  if (found === undefined) return `${moduleName}.$${index}()`;
  const { imported, name, signature } = found;
  return frameText({ index, signature, module: imported?.module ?? moduleName, name: imported?.name ?? name });
}
