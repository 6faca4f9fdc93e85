/** Builds a module: adds entries to its sections and returns their indexes. */
import type { TypeByte } from './code.ts';
import { customSection, preamble, section, sized, text, u32, vector } from './encode.ts';

/** The bytes of the kinds of exports. */
const kinds = { func: 0, table: 1, memory: 2, global: 3 } as const;

/** Sections that a test writes itself, by id, in place of those of the builder. */
export type RawSections = ReadonlyMap<number, readonly number[]>;

export class ModuleBuilder {
  readonly #types: number[][] = [];
  readonly #imports: number[][] = [];
  readonly #functions: number[][] = [];
  readonly #code: number[][] = [];
  readonly #tables: number[][] = [];
  readonly #globals: number[][] = [];
  readonly #exports: number[][] = [];
  readonly #elements: number[][] = [];
  readonly #data: number[][] = [];
  readonly #custom: number[][] = [];
  #memory: number[] | null = null;
  #start: number | null = null;
  #dataCount = false;

  /** The index of a function type; a new type is added. */
  type(params: readonly TypeByte[], results: readonly TypeByte[]): number {
    const bytes = [0x60, ...vector(params.map((each) => [each])), ...vector(results.map((each) => [each]))];
    const known = this.#types.findIndex((each) => each.join() === bytes.join());
    return known === -1 ? this.#types.push(bytes) - 1 : known;
  }

  /** Imports must be added before the first function, because they shift the indexes of functions. */
  importFunction(module: string, name: string, type: number): number {
    if (this.#functions.length > 0) throw new Error('Import functions before you define one');
    return this.#imports.push([...text(module), ...text(name), 0x00, ...u32(type)]) - 1;
  }

  /** `locals` are runs of a count and a type; the body needs no `end` at its end. */
  function(type: number, locals: readonly (readonly [number, TypeByte])[], body: readonly number[]): number {
    const index = this.declare(type);
    this.define(index, locals, body);
    return index;
  }

  /** Reserves a function's index, for bodies that call each other; `define` gives the body. */
  declare(type: number): number {
    this.#code.push([]);
    return this.#imports.length + this.#functions.push(u32(type)) - 1;
  }

  define(index: number, locals: readonly (readonly [number, TypeByte])[], body: readonly number[]): void {
    const runs = vector(locals.map(([count, type]) => [...u32(count), type]));
    this.#code[index - this.#imports.length] = sized([...runs, ...body, 0x0b]);
  }

  table(type: TypeByte, min: number, max?: number): number {
    return this.#tables.push([type, ...limits(min, max)]) - 1;
  }

  memory(min: number, max?: number): void {
    this.#memory = limits(min, max);
  }

  /** `init` is a constant expression without its `end`. */
  global(type: TypeByte, mutable: boolean, init: readonly number[]): number {
    return this.#globals.push([type, mutable ? 1 : 0, ...init, 0x0b]) - 1;
  }

  export(name: string, kind: keyof typeof kinds, index: number): void {
    this.#exports.push([...text(name), kinds[kind], ...u32(index)]);
  }

  start(index: number): void {
    this.#start = index;
  }

  /** A whole element segment as bytes. */
  element(bytes: readonly number[]): number {
    return this.#elements.push([...bytes]) - 1;
  }

  /** An active data segment of memory 0. */
  data(offset: readonly number[], bytes: readonly number[]): number {
    return this.#data.push([0x00, ...offset, 0x0b, ...sized(bytes)]) - 1;
  }

  passiveData(bytes: readonly number[]): number {
    this.#dataCount = true;
    return this.#data.push([0x01, ...sized(bytes)]) - 1;
  }

  custom(name: string, bytes: readonly number[]): void {
    this.#custom.push(customSection(name, bytes));
  }

  build(raw: RawSections = new Map()): Uint8Array {
    const parts: readonly (readonly [id: number, bytes: readonly number[] | null])[] = [
      [1, list(this.#types)],
      [2, list(this.#imports)],
      [3, list(this.#functions)],
      [4, list(this.#tables)],
      [5, this.#memory === null ? null : vector([this.#memory])],
      [6, list(this.#globals)],
      [7, list(this.#exports)],
      [8, this.#start === null ? null : u32(this.#start)],
      [9, list(this.#elements)],
      [12, this.#dataCount ? u32(this.#data.length) : null],
      [10, list(this.#code)],
      [11, list(this.#data)],
    ];
    const bytes = parts.flatMap(([id, own]) => {
      const content = raw.get(id) ?? own;
      return content === null ? [] : section(id, content);
    });
    return Uint8Array.from([...preamble, ...bytes, ...this.#custom.flat()]);
  }
}

function list(items: readonly (readonly number[])[]): number[] | null {
  return items.length === 0 ? null : vector(items);
}

function limits(min: number, max: number | undefined): number[] {
  return max === undefined ? [0x00, ...u32(min)] : [0x01, ...u32(min), ...u32(max)];
}
