/** The function bodies of a module, by the offsets of their code. */
import { RangeIndex } from '../dwarf/rangeIndex.ts';
import type { AddressRange } from '../dwarf/ranges.ts';
import { Cursor } from '../wasm/decode/cursor.ts';
import type { Section } from '../wasm/decode/module.ts';
import { refusalOf } from '../wasm/decode/refused.ts';
import { sectionId } from '../wasm/decode/sections.ts';

/** The bodies of one module. A code section that is cut off has the bodies before the cut. */
export class FunctionBodies {
  readonly #bodies: RangeIndex<AddressRange>;

  constructor(bytes: Uint8Array, sections: readonly Section[]) {
    const bodies: AddressRange[] = [];
    const section = sections.find(({ id }) => id === sectionId.code);
    refusalOf(() => {
      const cursor = new Cursor(bytes, section?.start ?? 0, section?.end ?? 0);
      for (let count = cursor.u32(); count > 0; count--) {
        const start = cursor.at;
        cursor.discard(cursor.u32());
        bodies.push({ start, end: cursor.at });
      }
    });
    this.#bodies = new RangeIndex(bodies);
  }

  /** The body that an offset of the file is in, from the size in front of it to behind its last instruction; null when it is in none. */
  at(offset: number): AddressRange | null {
    return this.#bodies.at(offset);
  }
}
