/** Finds the debug sections of a module, and says why they cannot be read. */
import type { Section } from '../wasm/decode/module.ts';
import { sectionId } from '../wasm/decode/sections.ts';
import { DwarfReader } from './dwarfReader.ts';

/** The debug sections of a module. */
export class DebugSections {
  /** Offset in the file that addresses count from: the begin of the content of the code section; null without one. */
  readonly codeStart: number | null;
  readonly #contents = new Map<string, Uint8Array>();

  constructor(bytes: Uint8Array, sections: readonly Section[]) {
    this.codeStart = sections.find(({ id }) => id === sectionId.code)?.start ?? null;
    for (const { name, start, end } of sections) {
      if (isDebugName(name)) this.#contents.set(name, customContent(bytes, start, end, name));
    }
  }

  has(name: string): boolean {
    return this.#contents.has(name);
  }

  /** Reads a section from an offset; throws `BadDwarf` when the section is missing or shorter. */
  read(name: string, at = 0): DwarfReader {
    return new DwarfReader(name, this.#contents.get(name) ?? nothing, at);
  }

  /** Size in bytes of all debug sections. */
  get size(): number {
    return [...this.#contents.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Why a module has no debug information that is read here, as a sentence; null when it has, or has none at all. */
  get elsewhere(): string | null {
    if (this.has('.debug_info')) return null;
    if (this.has('.zdebug_info')) {
      return 'The debug sections are compressed, which is not read here. Link without --compress-debug-sections';
    }
    if (this.has('external_debug_info')) {
      const file = quoted(this.#contents.get('external_debug_info'));
      return `The debug information is in another file (${file}), which is not read. Link without separating it (emcc: without -gseparate-dwarf)`;
    }
    return null;
  }
}

const nothing = new Uint8Array(0);

function isDebugName(name: string): boolean {
  return name.startsWith('.debug_') || name === '.zdebug_info' || name === 'external_debug_info';
}

/** The content behind the name, whose length is a LEB128 number of one byte for these names, or of more with padding. */
function customContent(bytes: Uint8Array, start: number, end: number, name: string): Uint8Array {
  let at = start;
  while ((bytes[at] ?? 0) >= 0x80) at++;
  return bytes.subarray(Math.min(at + 1 + name.length, end), end);
}

/** A name in a custom section: a length and the bytes. */
function quoted(content: Uint8Array | undefined): string {
  const text = new TextDecoder().decode((content ?? nothing).subarray(1, 200));
  return JSON.stringify(text);
}
