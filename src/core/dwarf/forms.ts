/** Reads the values of attributes in all forms of DWARF 2 to 5 (DWARF 5, section 7.5.6). */
import type { DebugSections } from './debugSections.ts';
import type { DwarfReader } from './dwarfReader.ts';
import { form } from './dwarfCodes.ts';
import type { UnitHeader } from './unit.ts';

/** A value of an attribute. */
export type DwarfValue =
  | {
      readonly kind: 'address' | 'addressIndex' | 'constant' | 'sectionOffset' | 'rangeListIndex' | 'stringIndex';
      readonly value: number;
    }
  /** An entry, by its offset in `.debug_info`. */
  | { readonly kind: 'entry'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  /** A flag, or a reference into a file that is not read. */
  | { readonly kind: 'flag'; readonly value: boolean }
  | { readonly kind: 'elsewhere' };

/** Reads one value. Strings of other sections are read at once; indexes are resolved by `UnitStrings`. */
export function readValue(
  reader: DwarfReader,
  kind: number,
  implicit: number,
  unit: UnitHeader,
  sections: DebugSections,
): DwarfValue {
  switch (kind) {
    case form.addr:
      return { kind: 'address', value: reader.unsigned(unit.addressSize) };
    case form.addrx:
    case form.gnuAddrIndex:
      return { kind: 'addressIndex', value: reader.uleb() };
    case form.addrx1:
    case form.addrx2:
    case form.addrx3:
    case form.addrx4:
      return { kind: 'addressIndex', value: reader.unsigned(kind - form.addrx1 + 1) };
    case form.data1:
      return { kind: 'constant', value: reader.u8() };
    case form.data2:
      return { kind: 'constant', value: reader.u16() };
    case form.data4:
      return { kind: 'constant', value: reader.u32() };
    case form.data8:
      return { kind: 'constant', value: reader.u64() };
    case form.udata:
      return { kind: 'constant', value: reader.uleb() };
    case form.sdata:
      return { kind: 'constant', value: reader.sleb() };
    case form.implicitConst:
      return { kind: 'constant', value: implicit };
    case form.string:
      return { kind: 'string', value: reader.string() };
    case form.strp:
      return { kind: 'string', value: sections.read('.debug_str', reader.unsigned(unit.offsetSize)).string() };
    case form.lineStrp:
      return { kind: 'string', value: sections.read('.debug_line_str', reader.unsigned(unit.offsetSize)).string() };
    case form.strx:
    case form.gnuStrIndex:
      return { kind: 'stringIndex', value: reader.uleb() };
    case form.strx1:
    case form.strx2:
    case form.strx3:
    case form.strx4:
      return { kind: 'stringIndex', value: reader.unsigned(kind - form.strx1 + 1) };
    case form.ref1:
    case form.ref2:
    case form.ref4:
    case form.ref8:
      return { kind: 'entry', value: unit.offset + reader.unsigned(2 ** (kind - form.ref1)) };
    case form.refUdata:
      return { kind: 'entry', value: unit.offset + reader.uleb() };
    case form.refAddr:
      return { kind: 'entry', value: reader.unsigned(unit.version === 2 ? unit.addressSize : unit.offsetSize) };
    case form.secOffset:
      return { kind: 'sectionOffset', value: reader.unsigned(unit.offsetSize) };
    case form.rnglistx:
      return { kind: 'rangeListIndex', value: reader.uleb() };
    case form.flag:
      return { kind: 'flag', value: reader.u8() !== 0 };
    case form.flagPresent:
      return { kind: 'flag', value: true };
    case form.block:
    case form.exprloc:
      return bytesOf(reader, reader.uleb());
    case form.block1:
      return bytesOf(reader, reader.u8());
    case form.block2:
      return bytesOf(reader, reader.u16());
    case form.block4:
      return bytesOf(reader, reader.u32());
    case form.data16:
      return bytesOf(reader, 16);
    case form.indirect: {
      const actual = reader.uleb();
      if (actual === form.indirect || actual === form.implicitConst) reader.fail('an indirect form is indirect again');
      return readValue(reader, actual, 0, unit, sections);
    }
    default:
      skipValue(reader, kind, unit);
      return { kind: 'elsewhere' };
  }
}

function bytesOf(reader: DwarfReader, length: number): DwarfValue {
  const start = reader.at;
  reader.skip(length);
  return { kind: 'bytes', value: reader.bytes.subarray(start, start + length) };
}

/** Skips one value. */
export function skipValue(reader: DwarfReader, kind: number, unit: UnitHeader): void {
  const fixed = fixedSize(kind, unit);
  if (fixed !== null) {
    reader.skip(fixed);
    return;
  }
  switch (kind) {
    case form.udata:
    case form.sdata:
    case form.refUdata:
    case form.strx:
    case form.addrx:
    case form.loclistx:
    case form.rnglistx:
    case form.gnuAddrIndex:
    case form.gnuStrIndex:
      reader.skipLeb();
      return;
    case form.string:
      reader.string();
      return;
    case form.block:
    case form.exprloc:
      reader.skip(reader.uleb());
      return;
    case form.block1:
      reader.skip(reader.u8());
      return;
    case form.block2:
      reader.skip(reader.u16());
      return;
    case form.block4:
      reader.skip(reader.u32());
      return;
    case form.indirect: {
      const actual = reader.uleb();
      if (actual === form.indirect || actual === form.implicitConst) reader.fail('an indirect form is indirect again');
      skipValue(reader, actual, unit);
      return;
    }
    default:
      reader.fail(`the form 0x${kind.toString(16)} is not known`);
  }
}

/** Size of a value in bytes; null when it depends on the value. */
export function fixedSize(kind: number, { addressSize, offsetSize, version }: UnitHeader): number | null {
  switch (kind) {
    case form.flagPresent:
    case form.implicitConst:
      return 0;
    case form.data1:
    case form.ref1:
    case form.flag:
    case form.strx1:
    case form.addrx1:
      return 1;
    case form.data2:
    case form.ref2:
    case form.strx2:
    case form.addrx2:
      return 2;
    case form.strx3:
    case form.addrx3:
      return 3;
    case form.data4:
    case form.ref4:
    case form.strx4:
    case form.addrx4:
    case form.refSup4:
      return 4;
    case form.data8:
    case form.ref8:
    case form.refSig8:
    case form.refSup8:
      return 8;
    case form.data16:
      return 16;
    case form.addr:
      return addressSize;
    case form.refAddr:
      return version === 2 ? addressSize : offsetSize;
    case form.strp:
    case form.lineStrp:
    case form.secOffset:
    case form.strpSup:
    case form.gnuRefAlt:
    case form.gnuStrpAlt:
      return offsetSize;
    default:
      return null;
  }
}
