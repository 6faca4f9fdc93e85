/**
 * A guard, from the host's side: loaded from bytes, called in strict order, poisoned by a trap, closed at the end (gateway spec 1).
 *
 * The files of this folder run in the extension host or the command line, those of worker/ in one thread a guard, those of shared/ in
 * both. host/ and worker/ do not import each other (rooms.ts); they talk through `SharedState`.
 */
import { encodeGoJson } from '../../../core/go/goJson.ts';
import type { JsonValue } from '../../../core/base/json.ts';
import type { GuardFunction, ProbedCallRecord } from '../../../core/difc/record/guardCall.ts';
import type { SourceMapText } from '../../../core/symbols/sourceMap.ts';
import type { CassetteData } from '../../../core/trace/model/cassette.ts';
import { maxInputBytes } from '../shared/abi.ts';
import type { CompileCache } from './compileCache.ts';
import { guardClosedText, closeFailed, threadDiedText } from '../shared/runtimeErrors.ts';
import { failureOf, failedRecord, type Poison, poisonedRecord, recordOf } from '../shared/guardCallRecord.ts';
import { GuestStacks } from '../shared/guestStacks.ts';
import { type EntryOptions, runEntry, writeText } from './guestEntry.ts';
import { requestPreparation } from './requestPreparation.ts';
import { readJournalContent } from '../shared/journalContent.ts';
import {
  emptyLoad,
  instanceName,
  instantiateFailed,
  type LoadFailure,
  loadEnd,
  type LoadRecord,
} from '../shared/loadRecord.ts';
import type { ReadyModule } from '../shared/moduleFacts.ts';
import type { SpareWorkers } from './spareWorkers.ts';
import { guestText } from '../shared/guestText.ts';
import { backends, labelFunctions, words } from '../shared/workerContract.ts';
import { WorkerThread } from './workerThread.ts';

/** How to load a guard. */
export interface LoadOptions {
  /** Name of the guard in the gateway's texts; `guard` when absent or empty (gateway spec 1.2). */
  readonly name?: string;
  /** Path of the bundled worker. */
  readonly workerFile: string;
  /** Cache of compiled modules; absent: none. */
  readonly cache?: CompileCache;
  /** Source of a started thread; absent: a thread is started. */
  readonly spare?: SpareWorkers;
  /** The module's source map; absent or null when it names none. */
  readonly sourceMap?: SourceMapText | null;
  /** Deadline of the start function in milliseconds; absent: none. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** Called when the module is compiled, before its start function may run. */
  readonly onStart?: () => void;
}

/** A guard, or the gateway's full error; with `panic` when the gateway itself would have crashed. */
export type LoadResult =
  | { readonly ok: true; readonly guard: WorkerGuard; readonly record: LoadRecord }
  | ({
      readonly ok: false;
      readonly panic?: string;
      readonly record: LoadRecord;
    } & LoadFailure);

/** One guard instance in its own worker thread. Calls are queued; memory and globals persist between calls. */
export class WorkerGuard {
  readonly name: string;
  readonly #thread: WorkerThread;
  readonly #stacks: GuestStacks;
  #queue: Promise<unknown> = Promise.resolve();
  #memoryBytes: number | null;
  #closed: Promise<void> | null = null;
  /** The first trap, which every later call repeats (gateway spec 1.4). */
  #poison: Poison | null = null;

  /** Instantiates the module again in the same thread. */
  readonly #instantiateAgain: () => ReturnType<typeof instantiate>;

  private constructor(
    name: string,
    thread: WorkerThread,
    stacks: GuestStacks,
    memoryBytes: number | null,
    instantiateAgain: () => ReturnType<typeof instantiate>,
  ) {
    this.name = name;
    this.#thread = thread;
    this.#stacks = stacks;
    this.#memoryBytes = memoryBytes;
    this.#instantiateAgain = instantiateAgain;
  }

  /** Loads a module. A bad module gives a result with the gateway's error; the promise rejects only when the thread ends meanwhile. */
  static async load(bytes: Uint8Array, options: LoadOptions): Promise<LoadResult> {
    const thread = options.spare?.take() ?? new WorkerThread(options.workerFile);
    let loaded: WorkerGuard | null = null;
    try {
      const preparation = await requestPreparation(thread, bytes, options.cache);
      if (!preparation.ok) {
        const { error, panic } = preparation;
        const text = instantiateFailed + error;
        return {
          ok: false,
          error: text,
          trace: null,
          stack: null,
          ...(panic === null ? {} : { panic }),
          record: emptyLoad,
        };
      }
      const { name = 'guard' } = options;
      const { ready } = preparation;
      options.spare?.warmWith(bytes);
      options.onStart?.();
      const stacks = new GuestStacks(bytes, ready, options.sourceMap);
      const run = (): ReturnType<typeof instantiate> => instantiate(thread, ready, stacks, instanceName(name), options);
      const { record, failure } = await run();
      if (failure !== null) return { ok: false, ...failure, record };
      loaded = new WorkerGuard(name, thread, stacks, record.memoryBytes, run);
      return { ok: true, guard: loaded, record };
    } finally {
      if (loaded === null) await thread.stop();
    }
  }

  /** Whether calls still enter the guest: it is not poisoned and its thread runs. */
  get healthy(): boolean {
    return this.#poison === null && this.#thread.isAlive;
  }

  /** Whether its thread runs, so that it can be instantiated anew. */
  get isRunning(): boolean {
    return this.#thread.isAlive;
  }

  /** Last known size of the linear memory in bytes; null without a memory. */
  get memoryBytes(): number | null {
    return this.#memoryBytes;
  }

  /** Sets the recorded answers for calls with a backend of kind `cassette`, from the next call on. */
  setCassette(cassette: CassetteData): void {
    void this.#enqueue(async () => {
      if (this.#thread.isAlive) postCassette(this.#thread, cassette);
    });
  }

  /** Instantiates the module anew before the next call. A guard whose thread has ended, at a deadline, stays as it is. */
  restart(): void {
    void this.#enqueue(async () => {
      if (!this.#thread.isAlive) return;
      const { record, failure } = await this.#instantiateAgain();
      this.#memoryBytes = record.memoryBytes;
      this.#poison = failure === null ? null : { error: failure.error, trace: failure.trace };
    });
  }

  /**
   * Calls an export with an input; a string is passed as UTF-8. Calls run one at a time, in order. Never rejects: the record holds
   * the error. Any export may be named; the gateway itself calls only `labelFunctions`.
   */
  call(
    fn: GuardFunction | (string & {}),
    input: string | Uint8Array,
    options: EntryOptions,
  ): Promise<ProbedCallRecord> {
    return this.#enqueue(() => this.#call(fn, input, options));
  }

  /** Stops the thread, even during a call, whose record then has the error `guardClosedText`. Rejects when the thread cannot be stopped. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const stopped = this.#thread.stop();
    const endings = await Promise.allSettled([stopped, this.#queue]);
    const failures = endings.flatMap((ending) => (ending.status === 'rejected' ? [ending.reason as unknown] : []));
    if (failures.length > 0) throw closeFailed(this.name, failures);
  }

  #enqueue<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(run);
    this.#queue = result.catch(() => {});
    return result;
  }

  async #call(fn: string, input: string | Uint8Array, options: EntryOptions): Promise<ProbedCallRecord> {
    const text = typeof input === 'string' ? input : guestText(input);
    const call = { function: fn as GuardFunction, input: text };
    if (this.#poison !== null) return poisonedRecord(call, this.name, this.#poison, this.#memoryBytes);
    if (this.#closed !== null || !this.#thread.isAlive) {
      const error = this.#closed === null ? threadDiedText('it had ended before the call') : guardClosedText;
      return failedRecord(call, { error, trace: null, memoryBytes: this.#memoryBytes, poisoned: true });
    }
    const { shared } = this.#thread;
    const result = await runEntry(this.#thread, options, () => {
      this.#placeInput(input);
      this.#placeFunction(fn);
      shared.set(words.backend, backendWord(options.backend.kind));
      if (options.backend.kind === 'cassette') shared.set(words.cassetteCall, options.backend.call);
      shared.set(words.outputBytes, options.outputBytes ?? 0);
      shared.set(words.strayBytes, 0);
      shared.set(words.failedFrees, 0);
      shared.set(words.call, 1);
      shared.wake();
    });
    const failure = failureOf(result.outcome, shared, this.#stacks, this.#closed !== null);
    if (failure?.isTrap === true) this.#poison = { error: failure.error, trace: failure.trace };
    const record = recordOf(call, result, readJournalContent(shared, result.parts), failure, this.#memoryBytes);
    this.#memoryBytes = record.memory?.after ?? null;
    if (options.outputBytes === undefined) return record;
    const probe = { strayBytes: shared.get(words.strayBytes), failedFrees: shared.get(words.failedFrees) };
    return { ...record, probe };
  }

  #placeFunction(fn: string): void {
    const known = labelFunctions.indexOf(fn);
    this.#thread.shared.set(words.function, known === -1 ? labelFunctions.length : known);
    if (known === -1) this.#thread.post({ kind: 'function', name: fn });
  }

  /** Writes the input into the shared memory; of an input over the gateway's limit only the length. */
  #placeInput(input: string | Uint8Array): void {
    const { shared } = this.#thread;
    const length = typeof input === 'string' ? Buffer.byteLength(input) : input.length;
    shared.set(words.inputLength, length);
    if (length > maxInputBytes) return;
    if (typeof input === 'string') writeText(shared.input, input);
    else shared.input.set(input);
  }
}

async function instantiate(
  thread: WorkerThread,
  { module, facts }: ReadyModule,
  stacks: GuestStacks,
  name: string,
  { deadlineMs, signal }: LoadOptions,
): Promise<{
  readonly record: LoadRecord;
  readonly failure: LoadFailure | null;
}> {
  const options: EntryOptions = {
    backend: { kind: 'none' },
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(signal === undefined ? {} : { signal }),
  };
  const { shared } = thread;
  const result = await runEntry(thread, options, () => {
    shared.set(words.backend, backends.loading);
    thread.post({ kind: 'instantiate', module, facts, name });
  });
  const content = readJournalContent(shared, result.parts);
  const failure = failureOf(result.outcome, shared, stacks, false);
  return loadEnd(result, content, failure, { memory: shared.get(words.memory), shapeError: facts.shapeError });
}

function backendWord(kind: EntryOptions['backend']['kind']): number {
  if (kind === 'none') return backends.none;
  return kind === 'cassette' ? backends.cassette : backends.host;
}

function postCassette(thread: WorkerThread, data: CassetteData): void {
  try {
    thread.post({ kind: 'cassette', data });
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    thread.post({ kind: 'cassette', data: encodeGoJson(data as unknown as JsonValue) });
  }
}
