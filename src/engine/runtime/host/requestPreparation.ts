/** Has a module prepared in a guard's thread, unless the cache knows it. */
import type { CompileCache, Preparation } from './compileCache.ts';
import { threadDied } from './runtimeErrors.ts';
import type { WorkerThread } from './workerThread.ts';

/** The module ready for V8, or why it does not load. Rejects when the thread dies over it. */
export function requestPreparation(
  thread: WorkerThread,
  bytes: Uint8Array,
  cache: CompileCache | undefined,
): Promise<Preparation> {
  const make = (): Promise<Preparation> => prepareIn(thread, bytes);
  return cache === undefined ? make() : cache.prepare(bytes, make);
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
          const { module, facts, frames } = message;
          done(() => resolve({ ok: true, ready: { module, facts, frames } }));
        } else if (message.kind === 'refused') {
          const { error, panic } = message;
          done(() => resolve({ ok: false, error, panic }));
        }
      },
      onEnd: (reason) => done(() => reject(threadDied(reason ?? 'it was stopped'))),
    });
    // A copy of its own: posting a view would copy all of the buffer it looks at.
    const copy = new Uint8Array(bytes);
    if (thread.isAlive) thread.post({ kind: 'prepare', bytes: copy }, [copy.buffer]);
  });
}
