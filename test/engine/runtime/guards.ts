/** Small guards in the text format, each with one nasty habit, and how the tests load them. */
import { CompileCache } from '../../../src/engine/runtime/host/compileCache.ts';
import type { EntryOptions } from '../../../src/engine/runtime/host/guestEntry.ts';
import { type LoadOptions, WorkerGuard } from '../../../src/engine/runtime/host/workerGuard.ts';
import { fromText } from '../../core/wasm/support.ts';
import { workerFile } from '../../support/paths.ts';

/** What a guard of the tests consists of; a body leaves an i32 and sees `$in $n $out $cap`. */
export interface GuardText {
  readonly label_agent?: string;
  readonly label_resource?: string;
  readonly label_response?: string;
  /** Everything else of the module, between imports and functions. */
  readonly rest?: string;
  readonly memory?: string;
}

const imports = `
  (import "env" "call_backend" (func $call_backend (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "env" "host_log" (func $host_log (param i32 i32 i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))`;

/** `(loop …)` that never ends. */
export const forever = '(loop $l (br $l))';

/** Logs the ten bytes at address 0, which say "still here". */
export const sayStillHere = '(call $host_log (i32.const 1) (i32.const 0) (i32.const 10))';

/** Asks the backend for tool "still" without arguments; the answer goes to the output buffer. */
export const askBackend =
  '(call $call_backend (i32.const 0) (i32.const 5) (i32.const 0) (i32.const 0) (local.get $out) (local.get $cap))';

export function guardBytes(text: GuardText): Uint8Array<ArrayBuffer> {
  const label = (name: 'label_agent' | 'label_resource' | 'label_response'): string =>
    `(func (export "${name}") (param $in i32) (param $n i32) (param $out i32) (param $cap i32) (result i32) ${text[name] ?? '(i32.const 0)'})`;
  return fromText(`(module ${imports}
    (memory ${text.memory ?? '(export "memory") 1'})
    (data (i32.const 0) "still here")
    ${text.rest ?? ''}
    ${label('label_agent')} ${label('label_resource')} ${label('label_response')})`);
}

/** One cache for the tests of a file. */
export const cache = new CompileCache();

/** Loads a guard that must load. */
export async function loadGuard(text: GuardText, options: Partial<LoadOptions> = {}): Promise<WorkerGuard> {
  const loaded = await WorkerGuard.load(guardBytes(text), { workerFile, cache, ...options });
  if (!loaded.ok) throw new Error(loaded.error);
  return loaded.guard;
}

/** A call without a backend and without an end. */
export const alone: EntryOptions = { backend: { kind: 'none' } };
