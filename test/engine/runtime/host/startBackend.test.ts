/** A look-up by a start function: the gateway's backend is nil while a guard loads, so the look-up is a nil dereference. */
import { expect, it } from 'vitest';
import { WorkerGuard } from '../../../../src/engine/runtime/host/workerGuard.ts';
import { workerFile } from '../../../support/paths.ts';
import { askBackend, guardBytes } from '../guards.ts';

const ask = askBackend.replaceAll('local.get $out', 'i32.const 64').replaceAll('local.get $cap', 'i32.const 8');

it('a look-up by the start function fails the load with the text and frames of the panic', async () => {
  const bytes = guardBytes({ rest: `(func $asks (drop ${ask})) (start $asks)` });
  const loaded = await WorkerGuard.load(bytes, { workerFile });
  expect(loaded).toMatchObject({
    ok: false,
    error:
      'failed to instantiate WASM module: start function[4] failed: runtime error: invalid memory address or nil pointer dereference (recovered by wazero)',
    trace: ['env.call_backend(i32,i32,i32,i32,i32,i32) i32', expect.stringContaining('()')],
  });
});

it('a look-up with a bad pointer is refused before the backend is used, so the guard loads', async () => {
  const outside = ask.replace('(i32.const 0) (i32.const 5)', '(i32.const -1) (i32.const 5)');
  const bytes = guardBytes({ rest: `(func $asks (drop ${outside})) (start $asks)` });
  const loaded = await WorkerGuard.load(bytes, { workerFile });
  expect(loaded.ok).toBe(true);
  if (loaded.ok) await loaded.guard.close();
});
