/** Names of a module's functions for people, read when a stack is shown. */
import { Cursor } from '../wasm/decode/cursor.ts';
import { decodeTolerantly } from '../wasm/decode/decode.ts';
import type { DecodedModule, Section } from '../wasm/decode/module.ts';
import { functionNames } from '../wasm/decode/names.ts';
import { listSections, sectionId } from '../wasm/decode/sections.ts';
import { importsOf } from '../wasm/decode/spaces.ts';
import { readProducers } from '../wasm/describe/producers.ts';
import type { ModuleOrigin } from './buildHints.ts';
import { demangle } from './demangle.ts';

/** The names of one module. */
export class ModuleSymbols {
  readonly sections: readonly Section[];
  readonly origin: ModuleOrigin;
  readonly #names: ReadonlyMap<number, string>;

  /** `bytes`: a module as it was compiled, or anything else, which has no names. */
  constructor(bytes: Uint8Array) {
    const { sections } = listSections(bytes);
    const { module } = decodeTolerantly(bytes, sections.filter(isNaming));
    this.sections = sections;
    this.#names = namesOf(module, definedFunctions(bytes, sections));
    const names = [
      ...[...this.#names.values()].slice(0, examinedNames),
      ...module.imports.map(({ name }) => name),
      ...module.exports.map(({ name }) => name),
    ];
    this.origin = { producers: readProducers({ bytes, sections }), names };
  }

  /** The name of a function as its source writes it; null when the module does not have it. */
  functionName(index: number): string | null {
    const name = this.#names.get(index);
    return name === undefined || name === '' ? null : demangle(name);
  }
}

/** How many names are looked at to find the language. */
const examinedNames = 2000;

function isNaming({ id, name }: Section): boolean {
  return id === sectionId.import || id === sectionId.export || name === 'name';
}

/** The count at the begin of the function section. */
function definedFunctions(bytes: Uint8Array, sections: readonly Section[]): number {
  const section = sections.find(({ id }) => id === sectionId.function);
  if (section === undefined || section.start >= section.end) return 0;
  try {
    return new Cursor(bytes, section.start, section.end).u32();
  } catch {
    return 0;
  }
}

/** Names from the name section, else of an export, or `module.name` of an import. */
function namesOf(module: DecodedModule, defined: number): ReadonlyMap<number, string> {
  const imported = importsOf(module, 'func');
  const names = new Map<number, string>();
  for (const { kind, index, name } of module.exports) if (kind === 'func') names.set(index, name);
  const given = functionNames(module.names?.functions ?? [], imported.length + defined);
  for (const [index, name] of given) if (name !== '') names.set(index, name);
  for (const [index, { module: from, name }] of imported.entries()) names.set(index, `${from}.${name}`);
  return names;
}
