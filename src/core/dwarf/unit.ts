/** A unit of `.debug_info`: its header, its abbreviations, and what all entries in it need (DWARF 5, section 7.5.1). */
import type { AbbreviationTable } from './abbreviations.ts';
import { unitType } from './dwarfCodes.ts';
import type { DwarfReader } from './dwarfReader.ts';

/** The header of a unit. Offsets are in `.debug_info`. */
export interface UnitHeader {
  readonly offset: number;
  readonly end: number;
  /** 2 to 5. */
  readonly version: number;
  readonly type: number;
  /** Size of offsets in bytes: 4, or 8 in the 64-bit format. */
  readonly offsetSize: 4 | 8;
  readonly addressSize: number;
  readonly abbreviationsAt: number;
  /** Offset of the first entry. */
  readonly entriesAt: number;
}

/** A unit whose first entry has been read. */
export interface Unit extends UnitHeader {
  readonly abbreviations: AbbreviationTable;
  /** Address that range lists count from. */
  readonly lowPc: number;
  readonly name: string;
  readonly compDir: string;
  /** Offset in `.debug_line`; null without a line table. */
  readonly linesAt: number | null;
  /** Where this unit's part of the indexed sections begins (DWARF 5). */
  readonly strOffsetsBase: number;
  readonly addrBase: number;
  readonly rnglistsBase: number;
  /** File with the rest of the unit (split DWARF); null when the unit is whole. */
  readonly dwoName: string | null;
}

/** Reads the header at the reader's position; throws `BadDwarf` for one that cannot be skipped. */
export function readUnitHeader(reader: DwarfReader): UnitHeader {
  const offset = reader.at;
  const { length, offsetSize } = reader.unitLength();
  const end = reader.at + length;
  if (end > reader.end) reader.fail(`a unit has ${length} bytes, and only ${reader.left} are left`);
  const version = reader.u16();
  if (version < 2 || version > 5) reader.fail(`a unit has version ${version}; versions 2 to 5 are known`);
  let type: number = unitType.compile;
  let addressSize: number;
  let abbreviationsAt: number;
  if (version === 5) {
    type = reader.u8();
    addressSize = reader.u8();
    abbreviationsAt = reader.unsigned(offsetSize);
    if (type === unitType.skeleton || type === unitType.splitCompile) reader.skip(8);
    else if (type === unitType.type || type === unitType.splitType) reader.skip(8 + offsetSize);
  } else {
    abbreviationsAt = reader.unsigned(offsetSize);
    addressSize = reader.u8();
  }
  if (addressSize !== 4 && addressSize !== 8) reader.fail(`a unit has addresses of ${addressSize} bytes`);
  return { offset, end, version, type, offsetSize, addressSize, abbreviationsAt, entriesAt: reader.at };
}
