/** The part of the WebAssembly API that the runtime uses, typed here because neither the language's library nor Node's types have it. */

/** A compiled module; it can be posted to other threads, which then share its code. */
export type WasmModule = { readonly __wasmModule: never };

/** Linear memory; `buffer` is another object after each growth. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** Pages before; throws a RangeError beyond the maximum. */
  grow(pages: number): number;
}

/** A value that crosses between guest and host: i64 is a bigint. */
export type WasmValue = number | bigint | null;

/** A mutable global that the guest exports. */
export interface WasmGlobal {
  value: WasmValue;
}

/** An exported function: nothing, one value, or a list of several comes back. */
export type WasmFunction = (...args: WasmValue[]) => WasmValue | undefined | readonly WasmValue[];

/** A function that the guest imports. */
export type HostFunction = (...args: never[]) => number | void;

/** What a module is linked with: module name, then function name. */
export type WasmImports = Readonly<Record<string, Readonly<Record<string, HostFunction>>>>;

export interface WasmInstance {
  readonly exports: Readonly<Record<string, WasmFunction | WasmMemory | WasmGlobal | undefined>>;
}

interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: WasmImports) => WasmInstance;
  readonly RuntimeError: new (message?: string) => Error;
  readonly CompileError: new (message?: string) => Error;
}

/** The engine's WebAssembly object. */
export const webAssembly: WebAssemblyApi = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi })
  .WebAssembly;
