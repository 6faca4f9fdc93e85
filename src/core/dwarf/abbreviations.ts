/** Reads tables of abbreviations, which say what the entries of a unit consist of (DWARF 5, section 7.5.3). */
import type { WorkLimit } from './badDwarf.ts';
import type { DwarfReader } from './dwarfReader.ts';
import { form } from './dwarfCodes.ts';

/** An attribute of an abbreviation. */
export interface AttributeShape {
  readonly name: number;
  readonly form: number;
  /** The value of `form.implicitConst`. */
  readonly value: number;
}

/** The shape of an entry. */
export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly AttributeShape[];
}

/** Abbreviations by their code. */
export type AbbreviationTable = ReadonlyMap<number, Abbreviation>;

/** Reads the table at the reader's position. Of two abbreviations with the same code the first is used. */
export function readAbbreviations(reader: DwarfReader, limit: WorkLimit): AbbreviationTable {
  const table = new Map<number, Abbreviation>();
  for (let code = reader.uleb(); code !== 0; code = reader.uleb()) {
    const tag = reader.uleb();
    const hasChildren = reader.u8() !== 0;
    const attributes: AttributeShape[] = [];
    for (;;) {
      const name = reader.uleb();
      const kind = reader.uleb();
      const value = kind === form.implicitConst ? reader.sleb() : 0;
      if (name === 0 && kind === 0) break;
      attributes.push({ name, form: kind, value });
    }
    limit.spend(1 + attributes.length);
    if (!table.has(code)) table.set(code, { tag, hasChildren, attributes });
    if (reader.left === 0) break;
  }
  return table;
}
