/** Helpers of the wasm tests: modules from text and from parity cases, adapted, instantiated and called. */
import { originalOffset } from '../../../src/core/wasm/adapt/offsetMap.ts';
import wabtModule from 'wabt';
import { type AdaptedModule, adaptForV8 } from '../../../src/core/wasm/adaptForV8.ts';
import { parityCases, parityGroups } from '../../support/records/parity.ts';

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

/** The binary of a module in the text format; it is not validated. */
export function fromText(text: string, names = false): Uint8Array<ArrayBuffer> {
  const module = wabt.parseWat('test.wat', text, features);
  try {
    return new Uint8Array(module.toBinary({ write_debug_names: names }).buffer);
  } finally {
    module.destroy();
  }
}

/** Adapts a module; throws when it is refused. */
export function prepared(bytes: Uint8Array): AdaptedModule {
  const result = adaptForV8(bytes);
  if (!result.ok) throw new Error(`refused: ${result.error}`);
  return result.module;
}

/** The error with which `adaptForV8` refuses a module; null when it accepts the module. */
export function refusal(bytes: Uint8Array): string | null {
  const result = adaptForV8(bytes);
  return result.ok ? null : result.error;
}

/** Imports with host functions that do nothing; `replacements` replace some of them. */
export function imports(
  replacements: Readonly<Record<string, (...args: number[]) => unknown>> = {},
): WebAssembly.Imports {
  return {
    env: { call_backend: () => -1, host_log: () => undefined, ...replacements },
    wasi_snapshot_preview1: { proc_exit: () => undefined, fd_write: () => 8, ...replacements },
  };
}

/** Compiles and instantiates an adapted module. */
export function instantiate(
  module: AdaptedModule,
  replacements: Parameters<typeof imports>[0] = {},
): WebAssembly.Instance {
  return new WebAssembly.Instance(new WebAssembly.Module(module.bytes), imports(replacements));
}

/** An exported function; throws when there is none of that name. */
export function exported(instance: WebAssembly.Instance, name: string): (...args: unknown[]) => unknown {
  const value = instance.exports[name];
  if (typeof value !== 'function') throw new Error(`${name} is not an exported function`);
  return value as (...args: unknown[]) => unknown;
}

/** How a call of the guest ends: its result, or a trap with its text in `trapSites`, V8's message and the original offset. */
export function outcome(
  module: AdaptedModule,
  run: () => unknown,
): { readonly result: unknown } | { readonly site: string | undefined; readonly v8: string; readonly origin: number } {
  try {
    return { result: run() };
  } catch (thrown) {
    if (!(thrown instanceof WebAssembly.RuntimeError)) throw thrown;
    const offset = Number.parseInt(/wasm-function\[\d+\]:0x([0-9a-f]+)/.exec(thrown.stack ?? '')?.[1] ?? '0', 16);
    return { site: module.trapSites.get(offset), v8: thrown.message, origin: originalOffset(module.offsets, offset) };
  }
}

/** A parity case: the module, and the gateway's recorded result of loading it. */
export interface LoadCase {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly ok: boolean;
  readonly error: string | null;
  readonly panic: string | null;
}

/** Every parity case; each begins with loading its module. */
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
