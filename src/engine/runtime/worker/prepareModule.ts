/** Adapts and compiles a module in the worker, so that it does not block the host. */
import { explainRefusal, adaptForV8 } from '../../../core/wasm/adaptForV8.ts';
import type { CopyOptions } from '../../../core/wasm/adapt/planAdaptation.ts';
import { moduleFacts } from '../shared/moduleFacts.ts';
import { webAssembly } from '../shared/webAssembly.ts';
import type { WorkerMessage } from '../shared/workerContract.ts';

/**
 * The compiled module with its facts, or wazero's error, or V8's error where only V8 refuses the module. `keeps`: whether the copy that was
 * compiled is given too; default false.
 */
export function prepareModule(original: Uint8Array, options?: CopyOptions, keeps = false): WorkerMessage {
  const prepared = adaptForV8(original, options);
  if (!prepared.ok) return { kind: 'refused', error: prepared.error, panic: prepared.panic ?? null };
  const { module } = prepared;
  try {
    return {
      kind: 'prepared',
      module: new webAssembly.Module(module.bytes),
      facts: moduleFacts(module),
      frames: module.description.functions.map(({ index }) => module.frame(index)),
      offsets: module.offsets,
      // The bytes of a module that was not changed belong to the guard.
      ...(keeps ? { copy: module.changed ? module.bytes : new Uint8Array(module.bytes) } : {}),
    };
  } catch (thrown) {
    if (!(thrown instanceof webAssembly.CompileError)) throw thrown;
    return { kind: 'refused', error: explainRefusal(original) ?? thrown.message, panic: null };
  }
}
