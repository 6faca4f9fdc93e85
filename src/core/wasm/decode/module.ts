/** Types of a decoded module: plain data with the positions of its parts in the binary. */
import type { Signature, ValueType } from './valueTypes.ts';

/** Kinds of imports and exports. */
export type ExternKind = 'func' | 'table' | 'memory' | 'global' | 'tag';

/** A range of bytes in a binary; `end` is exclusive. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/** A section. The span is that of the content; the section's header starts at `header`. */
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

/** A table type. */
export interface TableType extends Limits {
  readonly type: ValueType;
  /** Expression of the initial value, `end` included; null when there is none. */
  readonly init: ByteSpan | null;
}

/** A global type. */
export interface GlobalType {
  readonly type: ValueType;
  readonly mutable: boolean;
}

interface ImportName {
  readonly module: string;
  readonly name: string;
}

/** An import. */
export type Import = ImportName &
  (
    | { readonly kind: 'func'; readonly typeIndex: number }
    | { readonly kind: 'table'; readonly table: TableType }
    | { readonly kind: 'memory'; readonly memory: Limits }
    | { readonly kind: 'global'; readonly global: GlobalType }
  );

/** An export. */
export interface Export {
  readonly name: string;
  readonly kind: ExternKind;
  /** Index in the index space of its kind. */
  readonly index: number;
}

/** A global that the module defines, with the expression of its initial value, `end` included. */
export interface DefinedGlobal extends GlobalType {
  readonly init: ByteSpan;
}

/** An element segment. `table` and `offset` (an expression, `end` included) are used only when it is active. */
export interface ElementSegment extends ByteSpan {
  readonly mode: 'active' | 'passive' | 'declarative';
  readonly type: ValueType;
  readonly table: number;
  readonly offset: ByteSpan | null;
  /** Function indexes; null when the elements are expressions. */
  readonly functions: readonly number[] | null;
  /** One expression per element, `end` included; null when the elements are function indexes. */
  readonly expressions: readonly ByteSpan[] | null;
}

/** A data segment. `offset` is null for a passive one; `init` is the span of its data. */
export interface DataSegment extends ByteSpan {
  readonly offset: ByteSpan | null;
  readonly init: ByteSpan;
}

/** An entry of the code section. The span includes the size in front; `body` ends with the last `end`. */
export interface Code extends ByteSpan {
  /** Offset of the count of local declarations. */
  readonly locals: number;
  /** Number of declared locals. */
  readonly localCount: number;
  readonly body: ByteSpan;
}

/** A function name. */
export interface NameEntry {
  readonly index: number;
  readonly name: string;
}

/** The name section as wazero reads it; entries are in the order of the binary. */
export interface Names {
  readonly module: string;
  readonly functions: readonly NameEntry[];
}

/** A module that wazero can decode. It is not validated yet. */
export interface DecodedModule {
  readonly bytes: Uint8Array;
  readonly sections: readonly Section[];
  readonly types: readonly Signature[];
  readonly imports: readonly Import[];
  /** Type index of each defined function. */
  readonly functions: readonly number[];
  readonly tables: readonly TableType[];
  /** The defined memory with the span of its limits; wazero allows one memory. */
  readonly memory: (Limits & ByteSpan) | null;
  readonly globals: readonly DefinedGlobal[];
  readonly exports: readonly Export[];
  readonly start: number | null;
  readonly elements: readonly ElementSegment[];
  /** Whether there is a code section; without one, wazero validates no function. */
  readonly hasCode: boolean;
  readonly code: readonly Code[];
  readonly data: readonly DataSegment[];
  readonly dataCount: number | null;
  readonly names: Names | null;
  /** Whether a type of a later proposal occurs that wazero can decode: `(ref …)`, exnref, a rec group. */
  readonly hasLaterTypes: boolean;
}
