/** Types of the WebAssembly API that the runtime uses; neither the ES library nor Node's types declare it. */

/** A compiled module. Posting it to another thread shares the code. */
export type WasmModule = { readonly __wasmModule: never };

/** Linear memory; each growth replaces `buffer`. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** Returns the number of pages before; throws a RangeError beyond the maximum. */
  grow(pages: number): number;
}

/** A parameter or result: i64 is a bigint, a reference may be null. */
export type WasmValue = number | bigint | null;

/** A mutable global that the guest exports. */
export interface WasmGlobal {
  value: WasmValue | WasmFunction;
}

/** A table that the guest exports; functions in it are exported functions, whose name is their index. */
export interface WasmTable {
  readonly length: number;
  get(index: number): WasmReference;
  set(index: number, value: WasmReference): void;
  grow(entries: number): number;
}

/** What a table or a global of a reference type holds. */
export type WasmReference = WasmFunction | number | null;

/** An exported function; it returns nothing, one value, or an array of several values. */
export type WasmFunction = (...args: WasmValue[]) => WasmValue | undefined | readonly WasmValue[];

/** A function that the guest imports. */
export type HostFunction = (...args: never[]) => number | void;

/** Imports of a module: module name, then function name. */
export type WasmImports = Readonly<Record<string, Readonly<Record<string, HostFunction>>>>;

/** An instance; only exports of the kinds that the runtime uses are typed. */
export interface WasmInstance {
  readonly exports: Readonly<Record<string, WasmFunction | WasmMemory | WasmGlobal | WasmTable | undefined>>;
}

interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  /** Compiles in threads of V8. */
  compile(bytes: Uint8Array): Promise<WasmModule>;
  readonly Instance: new (module: WasmModule, imports: WasmImports) => WasmInstance;
  readonly RuntimeError: new (message?: string) => Error;
  readonly CompileError: new (message?: string) => Error;
}

/** V8's WebAssembly object. */
export const webAssembly: WebAssemblyApi = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi })
  .WebAssembly;
