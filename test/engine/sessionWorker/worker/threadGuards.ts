/** Loads guards into the thread of a test, in place of the thread of a session. */
import type { GuardCallContext } from '../../../../src/core/guard/guard.ts';
import type { CopyOptions } from '../../../../src/core/wasm/adapt/planAdaptation.ts';
import type { LoadedGuard } from '../../../../src/engine/guard/loadGuard.ts';
import { WasmGuard } from '../../../../src/engine/guard/wasmGuard.ts';
import type { LoadOptions } from '../../../../src/engine/runtime/host/workerGuard.ts';
import { emptyLoad, instantiateFailed } from '../../../../src/engine/runtime/shared/loadRecord.ts';
import { SharedState } from '../../../../src/engine/runtime/shared/workerContract.ts';
import { prepareModule } from '../../../../src/engine/runtime/worker/prepareModule.ts';
import { raiseStackTraceLimit } from '../../../../src/engine/runtime/worker/traps.ts';
import { GuardThread } from '../../../../src/engine/sessionWorker/worker/guardThread.ts';
import { ThreadGuard } from '../../../../src/engine/sessionWorker/worker/threadGuard.ts';
import type { LookupSource } from '../../../../src/engine/sessionWorker/worker/threadLookups.ts';

/** Loads a guard as `loadWasmGuard` does. */
export function loadInThread(bytes: Uint8Array, options: LoadOptions): Promise<LoadedGuard> {
  return loadAndDo(bytes, options, null);
}

/** As `loadInThread`, with `before` each call; the guard exports its state. */
export function loadSnapshotted(
  before: (guard: ThreadGuard) => void,
): (bytes: Uint8Array, options: LoadOptions) => Promise<LoadedGuard> {
  return (bytes, options) => loadAndDo(bytes, options, before);
}

function loadAndDo(
  bytes: Uint8Array,
  { name = 'guard', deadlineMs }: LoadOptions,
  before: ((guard: ThreadGuard) => void) | null,
): Promise<LoadedGuard> {
  raiseStackTraceLimit();
  const ready = prepareModule(bytes, { exportsState: before !== null });
  if (ready.kind !== 'prepared') {
    const { error = '', panic = null } = ready.kind === 'refused' ? ready : {};
    const failure = { error: instantiateFailed + error, trace: null, stack: null, record: emptyLoad };
    return Promise.resolve({ ok: false, ...failure, ...(panic === null ? {} : { panic }) });
  }
  const loaded = ThreadGuard.load(name, newThread(), { ready, bytes }, deadlineMs);
  if (!loaded.ok) return Promise.resolve(loaded);
  const { guard, record } = loaded;
  const worker = {
    call: async (fn: string, input: string, { backend, deadlineMs: within }: GuardCallContext) => {
      before?.(guard);
      return guard.call(fn, input, {
        lookups: lookupSource(backend),
        ...(within === undefined ? {} : { deadlineMs: within }),
      });
    },
    setCassette: () => undefined,
    restart: () => guard.restart(),
    get healthy(): boolean {
      return guard.healthy;
    },
    get memoryBytes(): number | null {
      return guard.memoryBytes;
    },
    close: () => Promise.resolve(),
  };
  return Promise.resolve({ ok: true, guard: new WasmGuard(name, worker), record });
}

/** A loaded guard; throws when it is refused. */
export function openInThread(bytes: Uint8Array, copy: CopyOptions = {}): ThreadGuard {
  raiseStackTraceLimit();
  const ready = prepareModule(bytes, copy);
  if (ready.kind !== 'prepared') throw new Error('the guard is refused');
  const loaded = ThreadGuard.load('guard', newThread(), { ready, bytes });
  if (!loaded.ok) throw new Error(loaded.error);
  return loaded.guard;
}

/** The thread of a session, without a host. */
export function newThread(): GuardThread {
  return new GuardThread(new SharedState(), { begin: () => undefined, end: () => undefined, journal: () => undefined });
}

function lookupSource(backend: GuardCallContext['backend']): LookupSource {
  if (backend.kind === 'none' || backend.kind === 'answers') return backend;
  throw new Error(`look-ups from "${backend.kind}" need the thread of a session`);
}
