/** The units of `.debug_info`, by their offsets and by the addresses of their code. */
import { type AbbreviationTable, readAbbreviations } from './abbreviations.ts';
import { BadDwarf, type WorkLimit } from './badDwarf.ts';
import type { DebugSections } from './debugSections.ts';
import { attribute, unitType } from './dwarfCodes.ts';
import { EntryWalk, readAttributes } from './entries.ts';
import type { DwarfValue } from './forms.ts';
import { type AddressRange, addressOf, rangesOf } from './ranges.ts';
import { RangeIndex } from './rangeIndex.ts';
import { type Unit, type UnitHeader, readUnitHeader } from './unit.ts';

const unitAttributes: ReadonlySet<number> = new Set([
  attribute.name,
  attribute.stmtList,
  attribute.lowPc,
  attribute.highPc,
  attribute.compDir,
  attribute.ranges,
  attribute.strOffsetsBase,
  attribute.addrBase,
  attribute.rnglistsBase,
  attribute.dwoName,
  attribute.gnuDwoName,
]);

/** A range of addresses or of offsets that belongs to a unit. */
interface UnitCode extends AddressRange {
  readonly unit: Unit;
}

/** All units of a module. The first entry of each is read at once, the others when a unit is looked into. */
export class UnitIndex {
  readonly #sections: DebugSections;
  readonly #limit: WorkLimit;
  readonly #tables = new Map<number, AbbreviationTable>();
  readonly #units: Unit[] = [];
  #byOffset: RangeIndex<UnitCode> | null = null;
  readonly #code: RangeIndex<UnitCode>;

  /** Units that cannot be read are left out; `onBad` gets the reason. */
  constructor(sections: DebugSections, limit: WorkLimit, onBad: (failure: BadDwarf) => void) {
    this.#sections = sections;
    this.#limit = limit;
    const attempt = <T>(read: () => T): T | null => {
      try {
        return read();
      } catch (thrown) {
        if (!(thrown instanceof BadDwarf)) throw thrown;
        onBad(thrown);
        return null;
      }
    };
    const code: UnitCode[] = [];
    const reader = sections.read('.debug_info');
    while (reader.left > 0) {
      const header = attempt(() => readUnitHeader(reader));
      // Without a good header the next unit cannot be found.
      if (header === null) break;
      reader.at = header.end;
      if (header.type === unitType.type || header.type === unitType.splitType) continue;
      attempt(() => code.push(...this.#add(header)));
    }
    this.#code = new RangeIndex(code);
  }

  /** The unit whose code has the address; null when none has. */
  withAddress(address: number): Unit | null {
    return this.#code.at(address)?.unit ?? null;
  }

  /** The unit that an offset of `.debug_info` is in; null when it is in none that was read. */
  withOffset(offset: number): Unit | null {
    this.#byOffset ??= new RangeIndex(this.#units.map((unit) => ({ start: unit.offset, end: unit.end, unit })));
    return this.#byOffset.at(offset)?.unit ?? null;
  }

  /** Keeps a unit, and returns its code. */
  #add(header: UnitHeader): readonly UnitCode[] {
    const abbreviations = this.#abbreviations(header.abbreviationsAt);
    const shape = { ...header, abbreviations };
    const reader = this.#sections.read('.debug_info', header.entriesAt).until(header.end);
    const root = new EntryWalk(reader, shape, this.#limit).next();
    if (root === null) return [];
    const values = readAttributes(this.#sections, header, root, unitAttributes);
    const number = (name: number, otherwise: number): number => numberOf(values.get(name)) ?? otherwise;
    const strings = {
      ...header,
      strOffsetsBase: number(attribute.strOffsetsBase, header.version === 5 ? 2 * header.offsetSize : 0),
    };
    const text = (name: number): string | null => attributeText(this.#sections, strings, values.get(name));
    const bases = {
      ...shape,
      ...strings,
      addrBase: number(attribute.addrBase, header.version === 5 ? 8 : 0),
      rnglistsBase: number(attribute.rnglistsBase, header.offsetSize === 4 ? 12 : 20),
    };
    const unit: Unit = {
      ...bases,
      lowPc: addressOf(this.#sections, { ...bases, lowPc: 0 }, values.get(attribute.lowPc)) ?? 0,
      name: text(attribute.name) ?? '',
      compDir: text(attribute.compDir) ?? '',
      linesAt: numberOf(values.get(attribute.stmtList)),
      dwoName: text(attribute.dwoName) ?? text(attribute.gnuDwoName),
    };
    this.#units.push(unit);
    return rangesOf(this.#sections, unit, values, this.#limit).map((range) => ({ ...range, unit }));
  }

  #abbreviations(at: number): AbbreviationTable {
    let table = this.#tables.get(at);
    if (table === undefined) {
      table = readAbbreviations(this.#sections.read('.debug_abbrev', at), this.#limit);
      this.#tables.set(at, table);
    }
    return table;
  }
}

function numberOf(value: DwarfValue | undefined): number | null {
  return value?.kind === 'sectionOffset' || value?.kind === 'constant' ? value.value : null;
}

/** The text of a value; null when it has none. */
export function attributeText(
  sections: DebugSections,
  unit: Pick<Unit, 'strOffsetsBase' | 'offsetSize'>,
  value: DwarfValue | undefined,
): string | null {
  if (value?.kind === 'string') return value.value;
  if (value?.kind !== 'stringIndex') return null;
  const { strOffsetsBase, offsetSize } = unit;
  const at = sections.read('.debug_str_offsets', strOffsetsBase + value.value * offsetSize).unsigned(offsetSize);
  return sections.read('.debug_str', at).string();
}
