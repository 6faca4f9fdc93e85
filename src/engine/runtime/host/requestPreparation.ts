/** Requests the preparation of a module from a worker thread, unless the cache has it. */
import type { ModuleCopy } from '../shared/moduleFacts.ts';
import type { CompileCache, MadePreparation, Preparation } from './compileCache.ts';
import { threadDied } from '../shared/runtimeErrors.ts';
import type { WorkerThread } from './workerThread.ts';

/** The module ready for V8, or why it does not load. `options`: what its copy has beyond the guard. Rejects when the thread ends before it is done. */
export async function requestPreparation(
  thread: WorkerThread,
  bytes: Uint8Array,
  cache: CompileCache | undefined,
  options: ModuleCopy = {},
): Promise<Preparation> {
  const keeps = cache?.keepsDerived === true;
  const make = (): Promise<MadePreparation> => prepareIn(thread, bytes, options, keeps);
  return cache === undefined ? (await make()).preparation : cache.prepare(bytes, make, options);
}

function prepareIn(
  thread: WorkerThread,
  bytes: Uint8Array,
  options: ModuleCopy,
  keeps: boolean,
): Promise<MadePreparation> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void): void => {
      thread.unlisten();
      settle();
    };
    thread.listen({
      onMessage: (message) => {
        if (message.kind === 'prepared') {
          const { module, facts, frames, offsets, copy } = message;
          const ready = { module, facts, frames, offsets };
          const made = copy === undefined ? null : { bytes: copy, facts, frames, offsets };
          done(() => resolve({ preparation: { ok: true, ready }, derived: made }));
        } else if (message.kind === 'refused') {
          const { error, panic } = message;
          done(() => resolve({ preparation: { ok: false, error, panic }, derived: null }));
        }
      },
      onEnd: (reason) => done(() => reject(threadDied(reason ?? 'it was stopped'))),
    });
    // A copy, because posting a view posts its whole buffer.
    const posted = new Uint8Array(bytes);
    if (thread.isAlive) thread.post({ kind: 'prepare', bytes: posted, options, keeps }, [posted.buffer]);
  });
}
