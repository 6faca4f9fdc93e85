/** Reads the entries of a unit in order. Only asked attributes are decoded; the others are skipped, most of them in one step. */
import type { Abbreviation } from './abbreviations.ts';
import type { WorkLimit } from './badDwarf.ts';
import type { DebugSections } from './debugSections.ts';
import type { DwarfReader } from './dwarfReader.ts';
import { type DwarfValue, fixedSize, readValue, skipValue } from './forms.ts';
import type { Unit, UnitHeader } from './unit.ts';
import type { AbbreviationTable } from './abbreviations.ts';

/** An entry, and where its attributes are. */
export interface DwarfEntry {
  /** Offset in `.debug_info`. */
  readonly offset: number;
  /** How many entries it is inside of. */
  readonly depth: number;
  readonly abbreviation: Abbreviation;
  /** Offset of the first attribute. */
  readonly attributesAt: number;
}

/** Size of the attributes of an abbreviation in a kind of unit; null when it depends on their values. Computed once. */
const sizes = new WeakMap<Abbreviation, Map<number, number | null>>();

function sizeOfAttributes(abbreviation: Abbreviation, unit: UnitHeader): number | null {
  let known = sizes.get(abbreviation);
  if (known === undefined) sizes.set(abbreviation, (known = new Map()));
  const key = unit.version * 100 + unit.addressSize * 10 + unit.offsetSize;
  const found = known.get(key);
  if (found !== undefined) return found;
  let size: number | null = 0;
  for (const { form } of abbreviation.attributes) {
    const each = fixedSize(form, unit);
    size = each === null || size === null ? null : size + each;
  }
  known.set(key, size);
  return size;
}

/** A walk over the entries of a unit, from one entry on. */
export class EntryWalk {
  readonly #reader: DwarfReader;
  readonly #unit: UnitHeader & { readonly abbreviations: AbbreviationTable };
  readonly #limit: WorkLimit;
  #depth = 0;

  /** `reader` stands at the first entry of the walk and ends with the unit. */
  constructor(reader: DwarfReader, unit: UnitHeader & { readonly abbreviations: AbbreviationTable }, limit: WorkLimit) {
    this.#reader = reader;
    this.#unit = unit;
    this.#limit = limit;
  }

  /**
   * The next entry of one of these kinds (any kind, when there is none); null at the end of the unit, and behind the first entry and
   * its children.
   */
  next(...kinds: readonly number[]): DwarfEntry | null {
    const reader = this.#reader;
    for (;;) {
      if (reader.left === 0) return null;
      this.#limit.spend(1);
      const offset = reader.at;
      const code = reader.uleb();
      if (code === 0) {
        this.#depth--;
        if (this.#depth <= 0) return null;
        continue;
      }
      const abbreviation = this.#unit.abbreviations.get(code);
      if (abbreviation === undefined)
        return reader.fail(`an entry has the abbreviation ${code}, which its table does not have`);
      const attributesAt = reader.at;
      const depth = this.#depth;
      const size = sizeOfAttributes(abbreviation, this.#unit);
      if (size === null) for (const { form } of abbreviation.attributes) skipValue(reader, form, this.#unit);
      else reader.skip(size);
      if (abbreviation.hasChildren) this.#depth++;
      else if (this.#depth === 0) reader.at = reader.end;
      if (kinds.length === 0 || kinds.includes(abbreviation.tag)) return { offset, depth, abbreviation, attributesAt };
    }
  }
}

/** The values of the asked attributes of an entry. */
export function readAttributes(
  sections: DebugSections,
  unit: UnitHeader,
  { abbreviation, attributesAt }: DwarfEntry,
  wanted: ReadonlySet<number>,
): ReadonlyMap<number, DwarfValue> {
  const reader = sections.read('.debug_info', attributesAt);
  const values = new Map<number, DwarfValue>();
  for (const { name, form, value } of abbreviation.attributes) {
    if (wanted.has(name)) values.set(name, readValue(reader, form, value, unit, sections));
    else skipValue(reader, form, unit);
  }
  return values;
}

/** The entry at an offset of a unit; throws `BadDwarf` when there is none. */
export function entryAt(sections: DebugSections, unit: Unit, offset: number): DwarfEntry {
  const reader = sections.read('.debug_info', offset);
  const abbreviation = unit.abbreviations.get(reader.uleb());
  if (offset < unit.entriesAt || abbreviation === undefined) return reader.fail('a reference leads to no entry');
  return { offset, depth: 0, abbreviation, attributesAt: reader.at };
}
