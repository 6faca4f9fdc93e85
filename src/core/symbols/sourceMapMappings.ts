/** Decodes the mappings of a source map: base64 VLQ numbers, each relative to the one before (ECMA-426, section 9). */
import type { AddressRange } from '../dwarf/ranges.ts';

/** Fields of a mapping: offset in the module, index of the source (-1: no place), line and column, all from 0. */
const fields = 4;

const noSource = -1;

/** The mappings of a module, whose columns are offsets of its file. */
export class Mappings {
  /** `fields` numbers for each mapping, in the order of their offsets. */
  readonly #rows: Int32Array;

  private constructor(rows: Int32Array) {
    this.#rows = rows;
  }

  /** The decoded mappings, or why they cannot be decoded, as the rest of a sentence. */
  static read(text: string, sources: number): Mappings | string {
    const rows: number[] = [];
    const decoder = new Decoder(text);
    let [offset, source, line, column] = [0, 0, 0, 0];
    while (!decoder.ended) {
      const segment = decoder.segment();
      if (typeof segment === 'string') return segment;
      const [byOffset = 0, bySource, byLine = 0, byColumn = 0] = segment;
      const before = offset;
      offset += byOffset;
      if (offset < before && rows.length > 0)
        return `mapping ${rows.length / fields + 1} goes back to the offset ${offset}`;
      if (bySource === undefined) {
        rows.push(offset, noSource, 0, 0);
        continue;
      }
      source += bySource;
      line += byLine;
      column += byColumn;
      const wrong = wrongPlace({ offset, source, line, column }, sources);
      if (wrong !== null) return `mapping ${rows.length / fields + 1} has ${wrong}`;
      rows.push(offset, source, line, column);
    }
    return new Mappings(Int32Array.from(rows));
  }

  /** The largest offset with a mapping. */
  get end(): number {
    return this.#rows.at(-fields) ?? 0;
  }

  /**
   * The place of the instruction at `offset` in the function from `start` to `end`. An instruction without a place of its own, such as a
   * loop header, has the one of the next instruction, else of the one before, in the function, with the column -1. Null without any.
   */
  at(offset: number, { start, end }: AddressRange): MappedPlace | null {
    const own = this.#lastUntil(offset);
    const mapping = this.#placeOf(own, start, end);
    if (mapping !== null) return mapping;
    for (let row = own + 1; this.#offsetOf(row) < end; row++) {
      const next = this.#placeOf(row, start, end);
      if (next !== null) return { ...next, column: -1 };
    }
    for (let row = own - 1; this.#offsetOf(row) >= start; row--) {
      const before = this.#placeOf(row, start, end);
      if (before !== null) return { ...before, column: -1 };
    }
    return null;
  }

  /** Index of the last mapping at or before an offset; -1 when there is none. */
  #lastUntil(offset: number): number {
    let low = 0;
    let high = this.#rows.length / fields;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#offsetOf(middle) <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** NaN for an index that does not exist. */
  #offsetOf(row: number): number {
    return this.#rows[row * fields] ?? Number.NaN;
  }

  #placeOf(row: number, start: number, end: number): MappedPlace | null {
    const offset = this.#offsetOf(row);
    const [source = noSource, line = 0, column = 0] = this.#rows.subarray(row * fields + 1, (row + 1) * fields);
    return offset >= start && offset < end && source !== noSource ? { source, line, column } : null;
  }
}

/** A place in a source, by its index. Line and column count from 0; a column of -1 is not known. */
export interface MappedPlace {
  readonly source: number;
  readonly line: number;
  readonly column: number;
}

interface Numbers {
  readonly offset: number;
  readonly source: number;
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a mapping, as the object of a sentence. */
function wrongPlace({ offset, source, line, column }: Numbers, sources: number): string | null {
  if (source < 0 || source >= sources) return `the source ${source}, and there are ${sources}`;
  for (const [name, value] of Object.entries({ offset, line, column })) {
    if (value < 0 || value > largest) return `the ${name} ${value}`;
  }
  return null;
}

/** Largest number of a mapping: 31 bits. */
const largest = 2 ** 31 - 1;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const digits: ReadonlyMap<string, number> = new Map(Array.from(alphabet, (character, value) => [character, value]));

/** Reads segments of numbers, which commas separate. Maps of modules have one line, because a module has no lines. */
class Decoder {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get ended(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The numbers up to the next comma or the end: 1, 4 or 5. */
  segment(): readonly number[] | string {
    const numbers: number[] = [];
    const from = this.#at;
    for (; !this.ended && this.#text[this.#at] !== ',';) {
      const number = this.#number();
      if (typeof number === 'string') return number;
      numbers.push(number);
    }
    this.#at++;
    if ([1, 4, 5].includes(numbers.length)) return numbers;
    return `the mapping at position ${from} of "mappings" has ${numbers.length} numbers in place of 1, 4 or 5`;
  }

  /** Five bits a digit, the lowest first; the sixth bit says that more follow, and the lowest bit of the number is its sign. */
  #number(): number | string {
    let value = 0;
    for (let scale = 1; scale < 2 ** 35; scale *= 32) {
      const character = this.#text[this.#at] ?? '';
      const digit = digits.get(character);
      if (digit === undefined) {
        const what = character === '' ? 'the end' : JSON.stringify(character);
        return `${what} at position ${this.#at} of "mappings" is not a digit of a number`;
      }
      this.#at++;
      value += (digit % 32) * scale;
      if (digit < 32) return value % 2 === 1 ? -((value - 1) / 2) : value / 2;
    }
    return `the number before position ${this.#at} of "mappings" is too large`;
  }
}
