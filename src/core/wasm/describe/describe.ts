/** Describes a module for people and for the runtime: index spaces with signatures, exports, names, producers, sizes. */
import { sortUtf8 } from '../../go/goText.ts';
import type {
  DecodedModule,
  ElementSegment,
  ExternKind,
  GlobalType,
  Import,
  Limits,
  Section,
  TableType,
} from '../decode/module.ts';
import { functionNames } from '../decode/names.ts';
import { type Producer, readProducers } from './producers.ts';
import { importsOf } from '../decode/spaces.ts';
import { type Signature, type ValueType, signatureText } from '../decode/valueTypes.ts';

/** A function of the index space, which begins with the imports. */
export interface FunctionDescription {
  readonly index: number;
  readonly signature: Signature;
  /** Name from the name section, as wazero reads it; empty when there is none. */
  readonly name: string;
  /** Module and name of the import; null for a function that the module defines. */
  readonly imported: { readonly module: string; readonly name: string } | null;
  /** Names of its exports, sorted. */
  readonly exports: readonly string[];
  /** Offset in the file and size in bytes of the body; null for an import. */
  readonly body: { readonly offset: number; readonly size: number } | null;
}

/** An import. */
export interface ImportDescription {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternKind;
  /** Signature of a function in wazero's notation, for example `i32i32i32_v`; empty for other kinds. */
  readonly signature: string;
}

/** An export. */
export interface ExportDescription {
  readonly name: string;
  readonly kind: ExternKind;
  readonly index: number;
  /** Signature of a function; null for other kinds. */
  readonly signature: Signature | null;
}

/** A global. */
export interface GlobalDescription {
  readonly type: ValueType;
  readonly mutable: boolean;
  readonly imported: boolean;
}

/** A table with its declared limits. */
export interface TableDescription extends Limits {
  readonly type: ValueType;
  readonly imported: boolean;
}

/** A memory with its declared limits in pages of 64 KiB. */
export interface MemoryDescription extends Limits {
  readonly imported: boolean;
}

/** The description of a module. */
export interface ModuleDescription {
  /** Size of the file in bytes. */
  readonly size: number;
  readonly sections: readonly Section[];
  readonly types: readonly Signature[];
  readonly imports: readonly ImportDescription[];
  readonly functions: readonly FunctionDescription[];
  readonly tables: readonly TableDescription[];
  readonly memories: readonly MemoryDescription[];
  readonly globals: readonly GlobalDescription[];
  readonly exports: readonly ExportDescription[];
  /** Index of the start function; null when there is no start section. */
  readonly start: number | null;
  readonly elements: { readonly active: number; readonly passive: number; readonly declarative: number };
  readonly data: { readonly active: number; readonly passive: number; readonly bytes: number };
  /** Module name from the name section; empty when there is none. */
  readonly moduleName: string;
  readonly producers: readonly Producer[];
}

/** Describes a module that wazero can decode. */
export function describeModule(module: DecodedModule): ModuleDescription {
  const functions = describeFunctions(module);
  const { exports, data } = module;
  const count = (mode: ElementSegment['mode']): number => module.elements.filter((each) => each.mode === mode).length;
  const memories = [
    ...importsOf(module, 'memory').map(({ memory }) => ({ min: memory.min, max: memory.max, imported: true })),
    ...(module.memory === null ? [] : [{ min: module.memory.min, max: module.memory.max, imported: false }]),
  ];
  const global = (each: GlobalType, imported: boolean): GlobalDescription => {
    return { type: each.type, mutable: each.mutable, imported };
  };
  const table = ({ type, min, max }: TableType, imported: boolean): TableDescription => {
    return { type, min, max, imported };
  };
  return {
    size: module.bytes.length,
    sections: module.sections,
    types: module.types,
    imports: module.imports.map((each) => describeImport(module, each)),
    functions,
    tables: [
      ...importsOf(module, 'table').map((each) => table(each.table, true)),
      ...module.tables.map((each) => table(each, false)),
    ],
    memories,
    globals: [
      ...importsOf(module, 'global').map((each) => global(each.global, true)),
      ...module.globals.map((each) => global(each, false)),
    ],
    exports: exports.map((each) => ({
      ...each,
      signature: each.kind === 'func' ? (functions[each.index]?.signature ?? null) : null,
    })),
    start: module.start,
    elements: { active: count('active'), passive: count('passive'), declarative: count('declarative') },
    data: {
      active: data.filter((each) => each.offset !== null).length,
      passive: data.filter((each) => each.offset === null).length,
      bytes: data.reduce((sum, { init }) => sum + init.end - init.start, 0),
    },
    moduleName: module.names?.module ?? '',
    producers: readProducers(module),
  };
}

const unknownSignature: Signature = { params: [], results: [] };

function describeFunctions(module: DecodedModule): FunctionDescription[] {
  const imported = importsOf(module, 'func');
  const names = functionNames(module.names?.functions ?? [], imported.length + module.functions.length);
  const exported = new Map<number, string[]>();
  for (const { kind, index, name } of module.exports) {
    if (kind === 'func') exported.set(index, [...(exported.get(index) ?? []), name]);
  }
  const describe = (index: number, typeIndex: number): Omit<FunctionDescription, 'imported' | 'body'> => ({
    index,
    signature: module.types[typeIndex] ?? unknownSignature,
    name: names.get(index) ?? '',
    exports: sortUtf8(exported.get(index) ?? []),
  });
  const descriptions: FunctionDescription[] = imported.map(({ module: from, name, typeIndex }, index) => {
    return { ...describe(index, typeIndex), imported: { module: from, name }, body: null };
  });
  for (const [defined, typeIndex] of module.functions.entries()) {
    const body = module.code[defined]?.body;
    descriptions.push({
      ...describe(imported.length + defined, typeIndex),
      imported: null,
      body: body === undefined ? null : { offset: body.start, size: body.end - body.start },
    });
  }
  return descriptions;
}

function describeImport({ types }: DecodedModule, each: Import): ImportDescription {
  const type = each.kind === 'func' ? types[each.typeIndex] : undefined;
  const { module, name, kind } = each;
  return { module, name, kind, signature: type === undefined ? '' : signatureText(type) };
}
