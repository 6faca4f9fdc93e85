/** Makes a guard ready for V8: everything wazero would refuse before it runs code, and the bytes that make V8 behave like it. */
import { adapt } from './adapt/adapt.ts';
import { decodeModule } from './decode/decode.ts';
import { type FunctionDescription, type ModuleDescription, describeModule } from './describe/describe.ts';
import { frameText } from './adapt/stackFrames.ts';
import { functionLabel } from './decode/functionLabel.ts';
import { importError } from './validate/imports.ts';
import { instrument } from './adapt/instrument.ts';
import type { DecodedModule } from './decode/module.ts';
import { rewrite } from './adapt/rewrite.ts';
import { type BodyScan, scanBodies } from './describe/scanBodies.ts';
import { dataError } from './adapt/segments.ts';
import type { Spaces } from './decode/spaces.ts';
import { validateBeforeBodies, validateDataCount } from './validate/validate.ts';
import { validateBodies } from './validate/validateBodies.ts';
import { validateElements } from './validate/validateElements.ts';
import { Refused, refusalOf } from './decode/refused.ts';

/** A module that wazero would compile and link, rewritten so that V8 shows what wazero shows. */
export interface AdaptedModule {
  /** What V8 shall compile: the original when nothing had to change. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly changed: boolean;
  /** Of the original. */
  readonly description: ModuleDescription;
  /** Export under which memory 0 is reachable, a private one if the guard does not export it; null: no memory (wazero spec 1.4). */
  readonly memoryExport: string | null;
  /** The start function, removed from the start section and exported privately, with wazero's label for it (wazero spec 3.5). */
  readonly start: { readonly export: string; readonly functionIndex: number; readonly label: string } | null;
  /**
   * The mutable i32 global that the host sets to 1 once the guest called proc_exit: from then on every loop header ends the
   * call (wazero spec 6.3). Null when the guest does not import proc_exit.
   */
  readonly closedFlagExport: string | null;
  /**
   * Offset in `bytes` of an `unreachable` that we put in → the text of the wazero trap it stands for (wazero spec 5.1), or
   * `trapTexts.closed` for the end of a call at a loop header of a closed module.
   */
  readonly trapSites: ReadonlyMap<number, string>;
  /** The line of a stack trace for a function of the index space, imports counted (wazero spec 5.2). */
  frame(functionIndex: number): string;
  /** The offset in the original of a code offset in `bytes`. */
  originalOffset(offset: number): number;
}

/** Why wazero would not load the module: its text without the gateway's prefix; `panic` when the gateway itself would die. */
export interface ModuleRefusal {
  readonly ok: false;
  readonly error: string;
  readonly panic?: string;
}

/**
 * Runs before compile: everything wazero would refuse while decoding, validating, linking imports and placing data
 * segments. A body that V8 refuses too may pass: compile it, and ask `explainRefusal` then.
 */
export function adaptForV8(
  original: Uint8Array,
): { readonly ok: true; readonly module: AdaptedModule } | ModuleRefusal {
  let prepared: AdaptedModule | undefined;
  const refusal = refusalOf(() => {
    const module = decodeModule(original);
    const scan = scanBodies(module);
    prepared = adapted(module, validate(module, scan), scan);
  });
  if (prepared !== undefined) return { ok: true, module: prepared };
  const error = refusal?.message ?? '';
  return { ok: false, error, ...(refusal?.panic === true ? { panic: error } : {}) };
}

/** V8 refused the bytes: wazero's own text for it, or null when wazero would accept them (a limit of V8, wazero spec 2.5). */
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
 * Validates and links. Bodies are only scanned; the slow validation runs when the scan cannot vouch for them, or when
 * something that wazero checks later is refused, because a bad body comes first.
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

function adapted(module: DecodedModule, spaces: Spaces, scan: BodyScan): AdaptedModule {
  const description = describeModule(module);
  const { edits, memoryExport, startExport, closedFlag } = adapt(module, spaces);
  const allEdits = [...edits, ...instrument(module, scan.sites, closedFlag?.index ?? null)];
  const { bytes, marks, originalOffset } = rewrite(module.bytes, allEdits);
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
    trapSites: marks,
    frame: (functionIndex) => frameOf(description, functionIndex),
    originalOffset,
  };
}

/** An index that no function has gets a line of its own rather than an exception. */
function frameOf({ functions, moduleName }: ModuleDescription, index: number): string {
  const found: FunctionDescription | undefined = functions[index];
  if (found === undefined) return `${moduleName}.$${index}()`;
  const { imported, name, signature } = found;
  return frameText({ index, signature, module: imported?.module ?? moduleName, name: imported?.name ?? name });
}
