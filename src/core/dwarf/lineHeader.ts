/** Reads the header of a line program: its instructions' sizes, and the files of a unit (DWARF 5, section 6.2.4). */
import type { DebugSections } from './debugSections.ts';
import { lineCode } from './dwarfCodes.ts';
import type { DwarfReader } from './dwarfReader.ts';
import { readValue } from './forms.ts';
import type { UnitHeader } from './unit.ts';

/** A file of a line table. */
interface LineFile {
  readonly name: string;
  readonly directory: number;
}

/** The header of a line program. */
export interface LineHeader {
  readonly version: number;
  readonly minInstructionLength: number;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** How many LEB128 arguments each standard instruction has, by its number. */
  readonly argumentCounts: readonly number[];
  readonly directories: readonly string[];
  readonly files: LineFile[];
  /** The program, from its first instruction to its end. */
  readonly program: DwarfReader;
}

/** Reads the header at an offset of `.debug_line`. */
export function readLineHeader(
  sections: DebugSections,
  at: number,
  unit: UnitHeader & { readonly compDir: string },
): LineHeader {
  const reader = sections.read('.debug_line', at);
  const { length, offsetSize } = reader.unitLength();
  const end = reader.at + length;
  if (end > reader.end) reader.fail(`a line program has ${length} bytes, and only ${reader.left} are left`);
  const version = reader.u16();
  if (version < 2 || version > 5) reader.fail(`a line program has version ${version}; versions 2 to 5 are known`);
  if (version === 5) reader.skip(2);
  const headerLength = reader.unsigned(offsetSize);
  const programAt = reader.at + headerLength;
  if (programAt > end) reader.fail('the header of a line program is longer than the program');
  const minInstructionLength = reader.u8();
  if (version >= 4) reader.skip(1);
  reader.skip(1);
  const lineBase = reader.i8();
  const lineRange = reader.u8();
  const opcodeBase = reader.u8();
  if (lineRange === 0 || opcodeBase === 0) reader.fail('a line program has a line range or an opcode base of 0');
  const argumentCounts = [0];
  for (let opcode = 1; opcode < opcodeBase; opcode++) argumentCounts.push(reader.u8());
  const tables =
    version === 5 ? readNewTables(reader, { ...unit, offsetSize }, sections) : readOldTables(reader, unit.compDir);
  return {
    version,
    minInstructionLength,
    lineBase,
    lineRange,
    opcodeBase,
    argumentCounts,
    ...tables,
    program: sections.read('.debug_line', programAt).until(end),
  };
}

type LineTables = Pick<LineHeader, 'directories' | 'files'>;

/** Directory 0 is the compilation's, and files count from 1. */
function readOldTables(reader: DwarfReader, compDir: string): LineTables {
  const directories = [compDir];
  for (let name = reader.string(); name !== ''; name = reader.string()) directories.push(name);
  const files: LineFile[] = [{ name: '', directory: 0 }];
  for (let name = reader.string(); name !== ''; name = reader.string()) files.push(readOldFile(reader, name));
  return { directories, files };
}

/** The rest of a file's entry: directory, time and size. */
export function readOldFile(reader: DwarfReader, name: string): LineFile {
  const directory = reader.uleb();
  reader.skipLeb();
  reader.skipLeb();
  return { name, directory };
}

function readNewTables(reader: DwarfReader, unit: UnitHeader, sections: DebugSections): LineTables {
  const directories = readEntries(reader, unit, sections).map(({ name }) => name);
  return { directories, files: readEntries(reader, unit, sections) };
}

function readEntries(reader: DwarfReader, unit: UnitHeader, sections: DebugSections): LineFile[] {
  const format: { readonly content: number; readonly form: number }[] = [];
  for (let count = reader.u8(); count > 0; count--) format.push({ content: reader.uleb(), form: reader.uleb() });
  const count = reader.uleb();
  if (count > 0 && format.length === 0) reader.fail(`${count} files have no format`);
  if (count > reader.left) reader.fail(`a table has ${count} entries, and only ${reader.left} bytes are left`);
  const entries: LineFile[] = [];
  for (let at = 0; at < count; at++) {
    let name = '';
    let directory = 0;
    for (const { content, form } of format) {
      const value = readValue(reader, form, 0, unit, sections);
      if (content === lineCode.contentPath && value.kind === 'string') name = value.value;
      if (content === lineCode.contentDirectory && value.kind === 'constant') directory = value.value;
    }
    entries.push({ name, directory });
  }
  return entries;
}

/** The path of a file, with its directory and the compilation's in front while it is relative; empty for an unknown number. */
export function filePath(
  { directories, files }: Pick<LineHeader, 'directories' | 'files'>,
  compDir: string,
  index: number,
): string {
  const file = files[index];
  if (file === undefined || file.name === '') return '';
  return withoutDots(joined(compDir, joined(directories[file.directory] ?? '', file.name)));
}

/** The path without `.` and `..` inside of it. */
function withoutDots(path: string): string {
  if (!/(?:^|[/\\])\.\.?[/\\]/.test(path)) return path;
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    const last = kept.at(-1);
    if (segment === '.') continue;
    if (segment === '..' && last !== undefined && last !== '' && last !== '..') kept.pop();
    else kept.push(segment);
  }
  return kept.join('/');
}

function joined(directory: string, name: string): string {
  if (directory === '' || isAbsolute(name)) return name;
  return `${directory.replace(/[/\\]$/, '')}/${name}`;
}

function isAbsolute(path: string): boolean {
  return /^(?:[/\\]|[A-Za-z]:[/\\]|~lib\/|<)/.test(path);
}
