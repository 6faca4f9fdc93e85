/** The functions of a unit, and what is inlined into them. */
import type { WorkLimit } from './badDwarf.ts';
import type { DebugSections } from './debugSections.ts';
import { attribute, tag } from './dwarfCodes.ts';
import { type DwarfEntry, EntryWalk, readAttributes } from './entries.ts';
import type { DwarfValue } from './forms.ts';
import { type AddressRange, rangesOf } from './ranges.ts';
import { RangeIndex } from './rangeIndex.ts';
import type { Unit } from './unit.ts';

/** A function's code, and its entry. */
export interface FunctionCode extends AddressRange {
  readonly entry: DwarfEntry;
}

const rangeAttributes: ReadonlySet<number> = new Set([attribute.lowPc, attribute.highPc, attribute.ranges]);

/** The functions of one unit that have code. The unit's entries are read when this is made. */
export class UnitFunctions {
  readonly #sections: DebugSections;
  readonly #unit: Unit;
  readonly #limit: WorkLimit;
  readonly #functions: RangeIndex<FunctionCode>;

  constructor(sections: DebugSections, unit: Unit, limit: WorkLimit) {
    this.#sections = sections;
    this.#unit = unit;
    this.#limit = limit;
    const functions: FunctionCode[] = [];
    const walk = new EntryWalk(sections.read('.debug_info', unit.entriesAt).until(unit.end), unit, limit);
    for (let entry = walk.next(tag.subprogram); entry !== null; entry = walk.next(tag.subprogram)) {
      for (const range of this.#rangesOf(entry)) functions.push({ ...range, entry });
    }
    this.#functions = new RangeIndex(functions);
  }

  /** The function whose code has the address; null when none has. */
  at(address: number): FunctionCode | null {
    return this.#functions.at(address);
  }

  /** The entries of the calls that are inlined at an address of a function, outermost first. */
  inlinedAt({ entry }: FunctionCode, address: number): readonly DwarfEntry[] {
    const reader = this.#sections.read('.debug_info', entry.offset).until(this.#unit.end);
    const walk = new EntryWalk(reader, this.#unit, this.#limit);
    const chain: DwarfEntry[] = [];
    for (let each = walk.next(tag.inlinedSubroutine); each !== null; each = walk.next(tag.inlinedSubroutine)) {
      if (each.depth <= (chain.at(-1)?.depth ?? 0)) continue;
      if (this.#rangesOf(each).some(({ start, end }) => start <= address && address < end)) chain.push(each);
    }
    return chain;
  }

  #rangesOf(entry: DwarfEntry): readonly AddressRange[] {
    if (!entry.abbreviation.attributes.some(({ name }) => rangeAttributes.has(name))) return [];
    const values: ReadonlyMap<number, DwarfValue> = readAttributes(this.#sections, this.#unit, entry, rangeAttributes);
    return rangesOf(this.#sections, this.#unit, values, this.#limit);
  }
}
