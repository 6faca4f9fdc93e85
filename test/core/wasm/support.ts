/** Helpers of the wasm tests: modules from text, parity folders, and what `adaptForV8` and V8 make of them. */
import wabtModule from 'wabt';
import { type AdaptedModule, adaptForV8 } from '../../../src/core/wasm/adaptForV8.ts';
import { parityCases, parityGroups } from '../../support/parity.ts';

const wabt = await wabtModule();

const features = {
  exceptions: true,
  mutable_globals: true,
  sat_float_to_int: true,
  sign_extension: true,
  simd: true,
  threads: true,
  multi_value: true,
  tail_call: true,
  bulk_memory: true,
  reference_types: true,
};

/** A module written in the text format; nothing is validated. */
export function fromText(text: string, names = false): Uint8Array<ArrayBuffer> {
  const module = wabt.parseWat('test.wat', text, features);
  try {
    return new Uint8Array(module.toBinary({ write_debug_names: names }).buffer);
  } finally {
    module.destroy();
  }
}

/** Prepares a module that must be accepted. */
export function prepared(bytes: Uint8Array): AdaptedModule {
  const result = adaptForV8(bytes);
  if (!result.ok) throw new Error(`refused: ${result.error}`);
  return result.module;
}

/** The text with which a module is refused before V8 sees it; null when it is not. */
export function refusal(bytes: Uint8Array): string | null {
  const result = adaptForV8(bytes);
  return result.ok ? null : result.error;
}

/** Host functions that do nothing; given ones replace them. */
export function imports(own: Readonly<Record<string, (...args: number[]) => unknown>> = {}): WebAssembly.Imports {
  const nothing = { call_backend: () => -1, host_log: () => undefined, ...own };
  return { env: nothing, wasi_snapshot_preview1: { proc_exit: () => undefined, fd_write: () => 8, ...own } };
}

/** Compiles and instantiates what V8 is to see. */
export function instantiate(module: AdaptedModule, own: Parameters<typeof imports>[0] = {}): WebAssembly.Instance {
  return new WebAssembly.Instance(new WebAssembly.Module(module.bytes), imports(own));
}

/** An exported function. */
export function exported(instance: WebAssembly.Instance, name: string): (...args: unknown[]) => unknown {
  const value = instance.exports[name];
  if (typeof value !== 'function') throw new Error(`${name} is not an exported function`);
  return value as (...args: unknown[]) => unknown;
}

/** What a call of the guest ends in: its result, or the trap with the text that `trapSites` has for it and V8's own. */
export function outcome(
  module: AdaptedModule,
  run: () => unknown,
): { readonly result: unknown } | { readonly site: string | undefined; readonly v8: string; readonly origin: number } {
  try {
    return { result: run() };
  } catch (thrown) {
    if (!(thrown instanceof WebAssembly.RuntimeError)) throw thrown;
    const offset = Number.parseInt(/wasm-function\[\d+\]:0x([0-9a-f]+)/.exec(thrown.stack ?? '')?.[1] ?? '0', 16);
    return { site: module.trapSites.get(offset), v8: thrown.message, origin: module.originalOffset(offset) };
  }
}

/** One parity case: the module and what the gateway answered to loading it. */
export interface LoadCase {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly ok: boolean;
  readonly error: string | null;
  readonly panic: string | null;
}

/** Every parity case; all of them begin with loading the module. */
export function loadCases(): readonly LoadCase[] {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return parityCases(parityGroups()).map(({ name, guard, expected: [loaded] }) => {
    return {
      name,
      bytes: guard,
      ok: loaded?.['ok'] === true,
      error: text(loaded?.['error']),
      panic: text(loaded?.['panic']),
    };
  });
}
