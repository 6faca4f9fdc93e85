/** Reads the address ranges of entries: low and high address, or a list in `.debug_ranges` or `.debug_rnglists`. */
import type { WorkLimit } from './badDwarf.ts';
import type { DebugSections } from './debugSections.ts';
import { attribute, rangeEntry } from './dwarfCodes.ts';
import type { DwarfReader } from './dwarfReader.ts';
import type { DwarfValue } from './forms.ts';
import type { Unit } from './unit.ts';

/** Addresses from `start` to before `end`, in the code section. */
export interface AddressRange {
  readonly start: number;
  readonly end: number;
}

/** What a range counts as: it is kept, so its memory weighs more than its time. */
const rangeSteps = 40;

/** The part of a unit that its ranges are read with. */
export type RangeUnit = Pick<Unit, 'version' | 'addressSize' | 'offsetSize' | 'lowPc' | 'addrBase' | 'rnglistsBase'>;

/** The ranges of an entry with these attributes. Ranges that the linker removed are left out. */
export function rangesOf(
  sections: DebugSections,
  unit: RangeUnit,
  values: ReadonlyMap<number, DwarfValue>,
  limit: WorkLimit,
): readonly AddressRange[] {
  const list = values.get(attribute.ranges);
  if (list !== undefined) return readList(sections, unit, list, limit).filter(isLive);
  const low = addressOf(sections, unit, values.get(attribute.lowPc));
  const high = values.get(attribute.highPc);
  if (low === null || high === undefined) return [];
  const end = high.kind === 'constant' ? low + high.value : addressOf(sections, unit, high);
  return end === null ? [] : [{ start: low, end }].filter(isLive);
}

/** The address that a value gives; null when it gives none. */
export function addressOf(sections: DebugSections, unit: RangeUnit, value: DwarfValue | undefined): number | null {
  if (value?.kind === 'address') return value.value;
  if (value?.kind !== 'addressIndex') return null;
  return indexedAddress(sections, unit, value.value);
}

function indexedAddress(sections: DebugSections, unit: RangeUnit, index: number): number {
  return sections.read('.debug_addr', unit.addrBase + index * unit.addressSize).unsigned(unit.addressSize);
}

/** Linkers write 0, -1 or -2 for the address of removed code; no function begins at 0, where the count of functions is. */
function isLive({ start, end }: AddressRange): boolean {
  return start > 0 && start < end && start < 0xffff_fffe;
}

function readList(sections: DebugSections, unit: RangeUnit, value: DwarfValue, limit: WorkLimit): AddressRange[] {
  if (value.kind !== 'sectionOffset' && value.kind !== 'constant' && value.kind !== 'rangeListIndex') return [];
  if (unit.version < 5) return readOldList(sections.read('.debug_ranges', value.value), unit, limit);
  let at = value.value;
  if (value.kind === 'rangeListIndex') {
    const { rnglistsBase, offsetSize } = unit;
    at = rnglistsBase + sections.read('.debug_rnglists', rnglistsBase + at * offsetSize).unsigned(offsetSize);
  }
  return readNewList(sections, sections.read('.debug_rnglists', at), unit, limit);
}

function readOldList(reader: DwarfReader, { addressSize, lowPc }: RangeUnit, limit: WorkLimit): AddressRange[] {
  const ranges: AddressRange[] = [];
  const newBase = addressSize === 4 ? 0xffff_ffff : 2 ** 64;
  for (let base = lowPc; ;) {
    limit.spend(rangeSteps);
    const start = reader.unsigned(addressSize);
    const end = reader.unsigned(addressSize);
    if (start === 0 && end === 0) return ranges;
    if (start === newBase) base = end;
    else ranges.push({ start: base + start, end: base + end });
  }
}

function readNewList(sections: DebugSections, reader: DwarfReader, unit: RangeUnit, limit: WorkLimit): AddressRange[] {
  const ranges: AddressRange[] = [];
  const { addressSize } = unit;
  const indexed = (): number => indexedAddress(sections, unit, reader.uleb());
  const address = (): number => reader.unsigned(addressSize);
  for (let base = unit.lowPc; ;) {
    limit.spend(rangeSteps);
    const kind = reader.u8();
    let start = 0;
    let end = 0;
    switch (kind) {
      case rangeEntry.end:
        return ranges;
      case rangeEntry.baseAddressx:
        base = indexed();
        continue;
      case rangeEntry.baseAddress:
        base = address();
        continue;
      case rangeEntry.startxEndx:
        start = indexed();
        end = indexed();
        break;
      case rangeEntry.startxLength:
        start = indexed();
        end = start + reader.uleb();
        break;
      case rangeEntry.offsetPair:
        start = base + reader.uleb();
        end = base + reader.uleb();
        break;
      case rangeEntry.startEnd:
        start = address();
        end = address();
        break;
      case rangeEntry.startLength:
        start = address();
        end = start + reader.uleb();
        break;
      default:
        return reader.fail(`a range has the unknown kind ${kind}`);
    }
    ranges.push({ start, end });
  }
}
