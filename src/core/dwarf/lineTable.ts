/** Runs a line program and finds the row of an address (DWARF 5, section 6.2). Rows are not kept: a sequence is run again to find one. */
import type { WorkLimit } from './badDwarf.ts';
import { lineCode } from './dwarfCodes.ts';
import { type LineHeader, readOldFile } from './lineHeader.ts';
import { RangeIndex } from './rangeIndex.ts';
import type { AddressRange } from './ranges.ts';

/** A place by the number of its file. */
export interface LineRow {
  readonly file: number;
  readonly line: number;
  readonly column: number;
}

/** A run of rows with rising addresses, and the offset of its first instruction. */
interface Sequence extends AddressRange {
  readonly at: number;
}

/** What running a sequence gives. */
interface SequenceRun extends AddressRange {
  /** The last row at or before the wanted address; null when there is none. */
  readonly row: LineRow | null;
}

/** The line table of one unit. */
export class LineTable {
  readonly header: LineHeader;
  readonly #addressSize: number;
  readonly #sequences: RangeIndex<Sequence>;

  constructor(header: LineHeader, addressSize: number, limit: WorkLimit) {
    this.header = header;
    this.#addressSize = addressSize;
    const { program } = header;
    limit.spend(program.left);
    const sequences: Sequence[] = [];
    while (program.left > 0) {
      const { at } = program;
      const { start, end } = this.#runSequence(noAddress);
      // The linker gives removed code the address 0, -1 or -2.
      if (start > 0 && start < end && start < 0xffff_fffe) sequences.push({ start, end, at });
    }
    this.#sequences = new RangeIndex(sequences);
  }

  /**
   * The row of an address; null when the unit has none for it. Of rows with the same address the last one holds, because the others
   * stand for no instruction.
   */
  find(address: number): LineRow | null {
    const sequence = this.#sequences.at(address);
    if (sequence === null) return null;
    this.header.program.at = sequence.at;
    return this.#runSequence(address).row;
  }

  /** Runs the program from its position to the end of a sequence. */
  #runSequence(wanted: number): SequenceRun {
    const { program, opcodeBase, lineBase, lineRange, minInstructionLength, argumentCounts } = this.header;
    let start = -1;
    let address = 0;
    let file = 1;
    let line = 1;
    let column = 0;
    let row: LineRow | null = null;
    while (program.left > 0) {
      const opcode = program.u8();
      let isRow = opcode === lineCode.copy;
      if (opcode >= opcodeBase) {
        const adjusted = opcode - opcodeBase;
        address += Math.floor(adjusted / lineRange) * minInstructionLength;
        line += lineBase + (adjusted % lineRange);
        isRow = true;
      } else if (opcode === lineCode.extended) {
        const { code, set } = this.#runExtended(wanted === noAddress);
        if (set !== null) address = set;
        if (code === lineCode.endSequence) return { start, end: address, row };
      } else if (opcode === lineCode.advancePc) {
        address += program.uleb() * minInstructionLength;
      } else if (opcode === lineCode.advanceLine) {
        line += program.sleb();
      } else if (opcode === lineCode.setFile) {
        file = program.uleb();
      } else if (opcode === lineCode.setColumn) {
        column = program.uleb();
      } else if (opcode === lineCode.constAddPc) {
        address += Math.floor((255 - opcodeBase) / lineRange) * minInstructionLength;
      } else if (opcode === lineCode.fixedAdvancePc) {
        address += program.u16();
      } else if (!isRow) {
        for (let left = argumentCounts[opcode] ?? 0; left > 0; left--) program.skipLeb();
      }
      if (!isRow) continue;
      if (start === -1) start = address;
      if (address <= wanted) row = { file, line, column };
    }
    return { start, end: start, row: null };
  }

  /** Runs an extended instruction, and returns its number and the address that it sets. Files are added in the first run only. */
  #runExtended(isFirst: boolean): { readonly code: number; readonly set: number | null } {
    const { program, files } = this.header;
    const length = program.uleb();
    const next = program.at + length;
    if (length === 0 || next > program.end) program.fail('an instruction of a line program has a bad length');
    const code = program.u8();
    const size = length - 1 === 8 ? 8 : this.#addressSize;
    const set = code === lineCode.setAddress ? program.unsigned(size) : null;
    if (code === lineCode.defineFile && isFirst) files.push(readOldFile(program, program.string()));
    program.at = next;
    return { code, set };
  }
}

/** An address that no row is at or before. */
const noAddress = -1;
