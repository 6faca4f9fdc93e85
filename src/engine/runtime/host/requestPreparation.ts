/** Requests the preparation of a module from a worker thread, unless the cache has it. */
import type { CompileCache, Preparation } from './compileCache.ts';
import { threadDied } from './runtimeErrors.ts';
import type { WorkerThread } from './workerThread.ts';

/** The module ready for V8, or why it does not load. Rejects when the thread ends before it is done. */
export function requestPreparation(
  thread: WorkerThread,
  bytes: Uint8Array,
  cache: CompileCache | undefined,
): Promise<Preparation> {
  const prepare = (): Promise<Preparation> => prepareIn(thread, bytes);
  return cache === undefined ? prepare() : cache.prepare(bytes, prepare);
}

function prepareIn(thread: WorkerThread, bytes: Uint8Array): Promise<Preparation> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void): void => {
      thread.unlisten();
      settle();
    };
    thread.listen({
      onMessage: (message) => {
        if (message.kind === 'prepared') {
          const { module, facts, frames, offsets } = message;
          done(() => resolve({ ok: true, ready: { module, facts, frames, offsets } }));
        } else if (message.kind === 'refused') {
          const { error, panic } = message;
          done(() => resolve({ ok: false, error, panic }));
        }
      },
      onEnd: (reason) => done(() => reject(threadDied(reason ?? 'it was stopped'))),
    });
    // A copy, because posting a view posts its whole buffer.
    const copy = new Uint8Array(bytes);
    if (thread.isAlive) thread.post({ kind: 'prepare', bytes: copy }, [copy.buffer]);
  });
}
