/** Finds the place in the source for an instruction of a module, with the functions that are inlined there. */
import type { Section } from '../wasm/decode/module.ts';
import { BadDwarf, WorkLimit } from './badDwarf.ts';
import { DebugSections } from './debugSections.ts';
import { attribute } from './dwarfCodes.ts';
import { type DwarfEntry, entryAt, readAttributes } from './entries.ts';
import { filePath, readLineHeader } from './lineHeader.ts';
import { LineTable } from './lineTable.ts';
import type { AddressRange } from './ranges.ts';
import type { Unit } from './unit.ts';
import { UnitFunctions } from './unitFunctions.ts';
import { UnitIndex, attributeText } from './unitIndex.ts';

/** A function at an instruction. */
export interface CodePlace {
  /** Name of the linker, which may be mangled, else the name in the source; null when it is not known. */
  readonly function: string | null;
  /** Null when the line is not known. The column is 0 when it is not known. */
  readonly at: { readonly file: string; readonly line: number; readonly column: number } | null;
}

/** What is known of an instruction. */
export interface LocatedCode {
  /** The innermost inlined function first, and the function of the module last. */
  readonly places: readonly CodePlace[];
  /** The code of the function of the module, as offsets in the file; null when the debug information has no such function. */
  readonly code: AddressRange | null;
}

/** Steps for all reading in a module: some seconds of work, and far more than needed for what an address refers to. */
const mostSteps = 20_000_000;

/** How many references are followed to a name. */
const mostReferences = 8;

/** The debug information of one module. Only what the asked instructions need is read, and it is kept. */
export class DebugInfo {
  /** Why parts cannot be read, as sentences without a full stop. */
  readonly problems = new Set<string>();
  readonly #sections: DebugSections;
  readonly #limit = new WorkLimit(mostSteps);
  #units: UnitIndex | null = null;
  readonly #functions = new Map<Unit, UnitFunctions | null>();
  readonly #lines = new Map<Unit, LineTable | null>();

  /** `bytes`: a module's file, which must not change. */
  constructor(bytes: Uint8Array, sections: readonly Section[]) {
    this.#sections = new DebugSections(bytes, sections);
    const { elsewhere } = this.#sections;
    if (elsewhere !== null) this.problems.add(elsewhere);
  }

  /** Whether the module has debug information that can be looked into. */
  get exists(): boolean {
    return this.#sections.codeStart !== null && this.#sections.has('.debug_info');
  }

  /** What is known of the instruction at an offset of the file; null when nothing is. Never throws. */
  locate(offset: number): LocatedCode | null {
    const { codeStart } = this.#sections;
    if (codeStart === null || !this.exists) return null;
    return this.#attempt(() => this.#locate(offset - codeStart, codeStart));
  }

  #locate(address: number, codeStart: number): LocatedCode | null {
    this.#units ??= new UnitIndex(this.#sections, this.#limit, (failure) => this.#report(failure));
    const unit = this.#units.withAddress(address);
    if (unit === null) return null;
    if (unit.dwoName !== null) this.problems.add(splitText(unit.dwoName));
    const row = this.#attempt(() => this.#linesOf(unit)?.find(address) ?? null);
    const found = this.#attempt(() => this.#functionsOf(unit)?.at(address) ?? null);
    const inlined =
      found === null ? [] : (this.#attempt(() => this.#functionsOf(unit)?.inlinedAt(found, address) ?? []) ?? []);
    const places: CodePlace[] = [];
    let at = row === null ? null : this.#place(unit, row.file, row.line, row.column);
    for (const entry of inlined.toReversed()) {
      places.push({ function: this.#nameOf(unit, entry), at });
      at = this.#attempt(() => this.#callPlace(unit, entry));
    }
    places.push({ function: found === null ? null : this.#nameOf(unit, found.entry), at });
    const code = found === null ? null : { start: found.start + codeStart, end: found.end + codeStart };
    return { places, code };
  }

  #linesOf(unit: Unit): LineTable | null {
    return this.#once(this.#lines, unit, () => {
      if (unit.linesAt === null) return null;
      return new LineTable(readLineHeader(this.#sections, unit.linesAt, unit), unit.addressSize, this.#limit);
    });
  }

  #functionsOf(unit: Unit): UnitFunctions | null {
    return this.#once(this.#functions, unit, () => new UnitFunctions(this.#sections, unit, this.#limit));
  }

  /** Makes a part of a unit once, also when it cannot be made. */
  #once<T>(parts: Map<Unit, T | null>, unit: Unit, make: () => T | null): T | null {
    const known = parts.get(unit);
    if (known !== undefined) return known;
    parts.set(unit, null);
    const made = make();
    parts.set(unit, made);
    return made;
  }

  /** Where an inlined function was called. */
  #callPlace(unit: Unit, entry: DwarfEntry): CodePlace['at'] {
    const values = readAttributes(this.#sections, unit, entry, callAttributes);
    const number = (name: number): number => {
      const value = values.get(name);
      return value?.kind === 'constant' ? value.value : 0;
    };
    if (!values.has(attribute.callLine)) return null;
    return this.#place(unit, number(attribute.callFile), number(attribute.callLine), number(attribute.callColumn));
  }

  #place(unit: Unit, file: number, line: number, column: number): CodePlace['at'] {
    const header = this.#linesOf(unit)?.header;
    if (header === undefined) return null;
    const path = filePath(header, unit.compDir, file);
    return path === '' ? null : { file: path, line, column };
  }

  #nameOf(unit: Unit, entry: DwarfEntry): string | null {
    return this.#attempt(() => this.#followName(unit, entry));
  }

  /** The name of an entry, or of the one that it refers to: an inlined call refers to its function, and that to its declaration. */
  #followName(from: Unit, first: DwarfEntry): string | null {
    let [unit, entry] = [from, first];
    for (let followed = 0; followed < mostReferences; followed++) {
      const values = readAttributes(this.#sections, unit, entry, nameAttributes);
      for (const name of [attribute.linkageName, attribute.mipsLinkageName, attribute.name]) {
        const text = attributeText(this.#sections, unit, values.get(name));
        if (text !== null && text !== '') return text;
      }
      const reference = values.get(attribute.abstractOrigin) ?? values.get(attribute.specification);
      if (reference?.kind !== 'entry') return null;
      const target = this.#units?.withOffset(reference.value) ?? null;
      if (target === null) return null;
      unit = target;
      entry = entryAt(this.#sections, target, reference.value);
    }
    return null;
  }

  #attempt<T>(read: () => T): T | null {
    try {
      return read();
    } catch (thrown) {
      if (!(thrown instanceof BadDwarf)) throw thrown;
      this.#report(thrown);
      return null;
    }
  }

  #report(failure: BadDwarf): void {
    this.problems.add(`The debug information cannot be read: ${failure.message}`);
  }
}

const callAttributes: ReadonlySet<number> = new Set([attribute.callFile, attribute.callLine, attribute.callColumn]);

const nameAttributes: ReadonlySet<number> = new Set([
  attribute.name,
  attribute.linkageName,
  attribute.mipsLinkageName,
  attribute.abstractOrigin,
  attribute.specification,
]);

function splitText(file: string): string {
  return `The names of inlined functions are in another file (${JSON.stringify(file)}), which is not read. Build with -gno-split-dwarf`;
}
