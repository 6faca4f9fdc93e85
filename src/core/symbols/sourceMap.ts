/** Reads a source map of a module (ECMA-426): the files and lines of its instructions, as AssemblyScript and Binaryen write them. */
import type { SourcePlace } from '../difc/record/stackFrame.ts';
import type { AddressRange } from '../dwarf/ranges.ts';
import { Cursor } from '../wasm/decode/cursor.ts';
import type { Section } from '../wasm/decode/module.ts';
import { refusalOf } from '../wasm/decode/refused.ts';
import { cutText } from '../base/cutText.ts';
import { isJsonObject, type JsonValue } from '../base/json.ts';
import { Mappings } from './sourceMapMappings.ts';

/** The text of a module's source map as its caller found it, or why there is none, as a sentence without a full stop. */
export type SourceMapText = { readonly text: string } | { readonly problem: string };

/** The URL in the section `sourceMappingURL`; null without a section that can be read. */
export function sourceMapUrl(bytes: Uint8Array, sections: readonly Section[]): string | null {
  const section = sections.find(({ name }) => name === 'sourceMappingURL');
  if (section === undefined) return null;
  let url: string | null = null;
  refusalOf(() => {
    const cursor = new Cursor(bytes, section.start, section.end);
    cursor.utf8('section name');
    url = cursor.utf8('URL');
  });
  return url;
}

/** The source map of one module; it is read with the first instruction that is looked up. */
export class SourceMap {
  /** Why it cannot be read, as a sentence without a full stop; null when it can, and before it was read. */
  problem: string | null;
  #text: string | null;
  readonly #size: number;
  #sources: readonly string[] = [];
  #mappings: Mappings | null = null;

  /** `size`: of the module's file in bytes. */
  constructor(found: SourceMapText, size: number) {
    this.problem = 'problem' in found ? found.problem : null;
    this.#text = 'text' in found ? found.text : null;
    this.#size = size;
  }

  /** The place of the instruction at an offset of the file, which is in `body`. Null when it has none. Never throws. */
  at(offset: number, body: AddressRange): SourcePlace | null {
    if (this.#text !== null) this.#read(this.#text);
    const found = this.#mappings?.at(offset, body) ?? null;
    if (found === null) return null;
    return { file: this.#sources[found.source] ?? '', line: found.line + 1, column: found.column + 1 };
  }

  #read(text: string): void {
    this.#text = null;
    const problem = this.#readMap(text);
    if (problem !== null) this.problem = `The source map cannot be read: ${problem}`;
  }

  /** Why the map cannot be read, as the rest of a sentence; null when it was read. */
  #readMap(text: string): string | null {
    const map = parsed(text);
    if (map === undefined) return 'it is not JSON';
    if (!isJsonObject(map)) return 'it is not a JSON object';
    const { version, sections, sources, sourceRoot, mappings } = map;
    if (version === undefined) return 'it has no version';
    if (version !== 3) return `it has the version ${versionText(version)}; only version 3 is known`;
    if (sections !== undefined) return 'it is an index of several maps ("sections"), which are not read';
    if (!Array.isArray(sources)) return '"sources" is not an array';
    if (typeof mappings !== 'string') return '"mappings" is not a string';
    this.#sources = sources.map((source) => sourcePath(source, sourceRoot));
    const read = Mappings.read(mappings, sources.length);
    if (typeof read === 'string') return read;
    if (read.end > this.#size) {
      return `it has a place for the offset ${read.end}, and the module has ${this.#size} bytes: it is of another build`;
    }
    this.#mappings = read;
    return null;
  }
}

/** Longest version that is quoted, in UTF-16 units. */
const longestVersion = 60;

function versionText(version: JsonValue): string {
  return cutText(JSON.stringify(version), longestVersion);
}

function parsed(text: string): JsonValue | undefined {
  try {
    // Maps that are served by HTTP may begin with a line against inclusion as a script.
    return JSON.parse(text.replace(/^\uFEFF?(?:\)\]\}'[^\n]*\n)?/, '')) as JsonValue;
  } catch {
    return undefined;
  }
}

/** Relative roots are left out: the one of AssemblyScript, `./NAME`, is not a folder. */
function sourcePath(source: JsonValue, root: JsonValue | undefined): string {
  if (typeof source !== 'string') return '';
  const isAbsolute = /^(?:[/~]|[a-z][\w+.-]*:)/i.test(source);
  if (isAbsolute || typeof root !== 'string' || !/^(?:\/|[a-z][\w+.-]*:)/i.test(root)) return source;
  return `${root.replace(/\/$/, '')}/${source}`;
}
