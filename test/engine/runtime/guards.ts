/** Small guards in the WebAssembly text format, and how the tests load them. */
import { CompileCache } from '../../../src/engine/runtime/host/compileCache.ts';
import type { EntryOptions } from '../../../src/engine/runtime/host/guestEntry.ts';
import { type LoadOptions, WorkerGuard } from '../../../src/engine/runtime/host/workerGuard.ts';
import { fromText } from '../../core/wasm/support.ts';
import { workerFile } from '../../support/paths.ts';

/** The parts of a test guard. A function body leaves an i32 and has the parameters `$in $n $out $cap`. */
export interface GuardText {
  readonly label_agent?: string;
  readonly label_resource?: string;
  readonly label_response?: string;
  /** Further fields of the module, between the imports and the functions. */
  readonly rest?: string;
  readonly memory?: string;
}

const imports = `
  (import "env" "call_backend" (func $call_backend (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "env" "host_log" (func $host_log (param i32 i32 i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))`;

/** A loop that never ends. */
export const forever = '(loop $l (br $l))';

/** Logs the ten bytes at address 0: "still here". */
export const sayStillHere = '(call $host_log (i32.const 1) (i32.const 0) (i32.const 10))';

/** A look-up of the tool "still" without arguments; the answer goes into the output buffer. */
export const askBackend =
  '(call $call_backend (i32.const 0) (i32.const 5) (i32.const 0) (i32.const 0) (local.get $out) (local.get $cap))';

/** The binary of a test guard. */
export function guardBytes(text: GuardText): Uint8Array<ArrayBuffer> {
  const label = (name: 'label_agent' | 'label_resource' | 'label_response'): string =>
    `(func (export "${name}") (param $in i32) (param $n i32) (param $out i32) (param $cap i32) (result i32) ${text[name] ?? '(i32.const 0)'})`;
  return fromText(`(module ${imports}
    (memory ${text.memory ?? '(export "memory") 1'})
    (data (i32.const 0) "still here")
    ${text.rest ?? ''}
    ${label('label_agent')} ${label('label_resource')} ${label('label_response')})`);
}

/** A cache for all tests of a file. */
export const cache = new CompileCache();

/** Loads a guard; throws when it is refused. */
export async function loadGuard(text: GuardText, options: Partial<LoadOptions> = {}): Promise<WorkerGuard> {
  const loaded = await WorkerGuard.load(guardBytes(text), { workerFile, cache, ...options });
  if (!loaded.ok) throw new Error(loaded.error);
  return loaded.guard;
}

/** Options of a call without a backend and without a deadline. */
export const alone: EntryOptions = { backend: { kind: 'none' } };
