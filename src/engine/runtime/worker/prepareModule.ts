/** Makes a module ready in the worker, where its reading and compiling cannot hold up the host. */
import { explainRefusal, adaptForV8 } from '../../../core/wasm/adaptForV8.ts';
import { moduleFacts } from '../shared/moduleFacts.ts';
import { webAssembly } from '../shared/webAssembly.ts';
import type { WorkerMessage } from '../shared/workerContract.ts';

/** The compiled module with its facts, or why wazero (or, where wazero would not mind, V8) refuses it. */
export function prepareModule(original: Uint8Array): WorkerMessage {
  const prepared = adaptForV8(original);
  if (!prepared.ok) return { kind: 'refused', error: prepared.error, panic: prepared.panic ?? null };
  const { module } = prepared;
  try {
    return {
      kind: 'prepared',
      module: new webAssembly.Module(module.bytes),
      facts: moduleFacts(module),
      frames: module.description.functions.map(({ index }) => module.frame(index)),
    };
  } catch (thrown) {
    if (!(thrown instanceof webAssembly.CompileError)) throw thrown;
    return { kind: 'refused', error: explainRefusal(original) ?? thrown.message, panic: null };
  }
}
