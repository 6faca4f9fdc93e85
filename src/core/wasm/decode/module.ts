/** What a decoded module is made of, as plain data: every index space with its imports first, positions kept. */
import type { Signature, ValueType } from './valueTypes.ts';

export type ExternKind = 'func' | 'table' | 'memory' | 'global' | 'tag';

/** Where bytes lie in a binary: the first one and the one after the last. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/** One section in the order of the binary. `start` and `end` enclose the content; the header starts at `header`. */
export interface Section extends ByteSpan {
  readonly id: number;
  readonly header: number;
  /** The name of a custom section; empty for others. */
  readonly name: string;
}

/** Sizes in pages (memory) or elements (table); `max` is null when the module declares none. */
export interface Limits {
  readonly min: number;
  readonly max: number | null;
}

export interface TableType extends Limits {
  readonly type: ValueType;
  /** ByteSpan of the initial value's expression, `end` opcode included; null when there is none. */
  readonly init: ByteSpan | null;
}

export interface GlobalType {
  readonly type: ValueType;
  readonly mutable: boolean;
}

interface ImportName {
  readonly module: string;
  readonly name: string;
}

export type Import = ImportName &
  (
    | { readonly kind: 'func'; readonly typeIndex: number }
    | { readonly kind: 'table'; readonly table: TableType }
    | { readonly kind: 'memory'; readonly memory: Limits }
    | { readonly kind: 'global'; readonly global: GlobalType }
  );

export interface Export {
  readonly name: string;
  readonly kind: ExternKind;
  /** Index in the index space of its kind. */
  readonly index: number;
}

/** A global that the module defines, and the expression of its first value (`end` opcode included). */
export interface DefinedGlobal extends GlobalType {
  readonly init: ByteSpan;
}

/** One element segment; `offset` (the expression, `end` included) and `table` count only for active ones. */
export interface ElementSegment extends ByteSpan {
  readonly mode: 'active' | 'passive' | 'declarative';
  readonly type: ValueType;
  readonly table: number;
  readonly offset: ByteSpan | null;
  /** Function indexes, or one expression (`end` included) per element. */
  readonly functions: readonly number[] | null;
  readonly expressions: readonly ByteSpan[] | null;
}

/** One data segment; `offset` is null for a passive one. The span is that of the whole segment, `init` that of its bytes. */
export interface DataSegment extends ByteSpan {
  readonly offset: ByteSpan | null;
  readonly init: ByteSpan;
}

/** One entry of the code section: the span includes the size in front; `body` runs to the last `end`, `end` included. */
export interface Code extends ByteSpan {
  /** Where the count of local declarations stands. */
  readonly locals: number;
  /** How many locals are declared. */
  readonly localCount: number;
  readonly body: ByteSpan;
}

/** An entry of the function names, in the order of the binary. */
export interface NameEntry {
  readonly index: number;
  readonly name: string;
}

/** The name section as wazero reads it. */
export interface Names {
  readonly module: string;
  readonly functions: readonly NameEntry[];
}

/** A module that wazero could decode. It is not yet validated. */
export interface DecodedModule {
  readonly bytes: Uint8Array;
  readonly sections: readonly Section[];
  readonly types: readonly Signature[];
  readonly imports: readonly Import[];
  /** Type index of each defined function. */
  readonly functions: readonly number[];
  readonly tables: readonly TableType[];
  /** The defined memory with the span of its limits; wazero allows one. */
  readonly memory: (Limits & ByteSpan) | null;
  readonly globals: readonly DefinedGlobal[];
  readonly exports: readonly Export[];
  readonly start: number | null;
  readonly elements: readonly ElementSegment[];
  /** Whether there is a code section at all; wazero looks at no function without one. */
  readonly hasCode: boolean;
  readonly code: readonly Code[];
  readonly data: readonly DataSegment[];
  readonly dataCount: number | null;
  readonly names: Names | null;
  /** Whether a type stands somewhere that wazero decodes but most engines call a later proposal: `(ref …)`, exnref, a rec group. */
  readonly hasLaterTypes: boolean;
}
