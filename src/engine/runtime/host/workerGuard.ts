/**
 * A guard, from the host's side: loaded from bytes, called in strict order, poisoned by a trap, closed at the end (gateway spec 1).
 *
 * The files of this folder run in the extension host or the command line, those of worker/ in one thread a guard, those of shared/ in
 * both. host/ and worker/ do not import each other (rooms.ts); they talk through `SharedState`.
 */
import { encodeGoJson } from '../../../core/go/goJson.ts';
import type { JsonValue } from '../../../core/base/json.ts';
import type { GuardCallRecord, GuardFunction, LogLine } from '../../../core/difc/record/guardCall.ts';
import type { GuardStack } from '../../../core/difc/record/stackFrame.ts';
import type { SourceMapText } from '../../../core/symbols/sourceMap.ts';
import type { CassetteData } from '../../../core/trace/model/cassette.ts';
import { maxInputBytes } from '../shared/abi.ts';
import type { CompileCache, ReadyModule } from './compileCache.ts';
import { guardClosedText, closeFailed, threadDiedText } from './runtimeErrors.ts';
import { failureOf, failedRecord, recordOf } from './guardCallRecord.ts';
import { GuestStacks } from './guestStacks.ts';
import { type EntryOptions, runEntry, writeText } from './guestEntry.ts';
import { requestPreparation } from './requestPreparation.ts';
import { readJournalContent } from './journalContent.ts';
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
}

/** Record of the instantiation, in which the start function may log. */
export interface LoadRecord {
  readonly log: readonly LogLine[];
  readonly logDropped: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Linear memory in bytes after the start; null without a memory, and when loading failed before. */
  readonly memoryBytes: number | null;
  /** Duration of instantiation and start function in the worker, in milliseconds. */
  readonly durationMs: number;
}

/** Why a guard does not load. */
interface LoadFailure {
  readonly error: string;
  /** The gateway's stack trace; null when it prints none. */
  readonly trace: readonly string[] | null;
  /** The same stack in the words of the source; null when it is not known. */
  readonly stack: GuardStack | null;
}

/** A guard, or the gateway's full error; with `panic` when the gateway itself would have crashed. */
export type LoadResult =
  | { readonly ok: true; readonly guard: WorkerGuard; readonly record: LoadRecord }
  | ({
      readonly ok: false;
      readonly panic?: string;
      readonly record: LoadRecord;
    } & LoadFailure);

const instantiateFailed = 'failed to instantiate WASM module: ';

/** One guard instance in its own worker thread. Calls are queued; memory and globals persist between calls. */
export class WorkerGuard {
  readonly name: string;
  readonly #thread: WorkerThread;
  readonly #stacks: GuestStacks;
  #queue: Promise<unknown> = Promise.resolve();
  #memoryBytes: number | null;
  #closed: Promise<void> | null = null;
  /** The first trap, which every later call repeats (gateway spec 1.4). */
  #poison: { readonly error: string; readonly trace: readonly string[] | null } | null = null;

  private constructor(name: string, thread: WorkerThread, stacks: GuestStacks, memoryBytes: number | null) {
    this.name = name;
    this.#thread = thread;
    this.#stacks = stacks;
    this.#memoryBytes = memoryBytes;
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
      // The gateway passes a guard without a name to wazero as "guard" and uses the empty name in its own texts.
      const stacks = new GuestStacks(bytes, ready, options.sourceMap);
      const { record, failure } = await instantiate(thread, ready, stacks, name === '' ? 'guard' : name, options);
      if (failure !== null) return { ok: false, ...failure, record };
      loaded = new WorkerGuard(name, thread, stacks, record.memoryBytes);
      return { ok: true, guard: loaded, record };
    } finally {
      if (loaded === null) await thread.stop();
    }
  }

  /** Whether calls still enter the guest: it is not poisoned and its thread runs. */
  get healthy(): boolean {
    return this.#poison === null && this.#thread.isAlive;
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

  /**
   * Calls an export with an input; a string is passed as UTF-8. Calls run one at a time, in order. Never rejects: the record holds
   * the error. Any export may be named; the gateway itself calls only `labelFunctions`.
   */
  call(fn: GuardFunction | (string & {}), input: string | Uint8Array, options: EntryOptions): Promise<GuardCallRecord> {
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

  async #call(fn: string, input: string | Uint8Array, options: EntryOptions): Promise<GuardCallRecord> {
    const text = typeof input === 'string' ? input : guestText(input);
    const call = { function: fn as GuardFunction, input: text };
    if (this.#poison !== null) {
      const error = `WASM guard '${this.name}' is unavailable after a previous trap: ${this.#poison.error}`;
      return failedRecord(call, { error, trace: this.#poison.trace, memoryBytes: this.#memoryBytes, poisoned: true });
    }
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
      shared.set(words.call, 1);
      shared.wake();
    });
    const failure = failureOf(result.outcome, shared, this.#stacks, this.#closed !== null);
    if (failure?.isTrap === true) this.#poison = { error: failure.error, trace: failure.trace };
    const record = recordOf(call, result, readJournalContent(shared, result.parts), failure, this.#memoryBytes);
    this.#memoryBytes = record.memory?.after ?? null;
    return record;
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

const emptyLoad: LoadRecord = { log: [], logDropped: 0, stdout: '', stderr: '', memoryBytes: null, durationMs: 0 };

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
  const { log, logDropped, stdout, stderr } = readJournalContent(shared, result.parts);
  const failure = failureOf(result.outcome, shared, stacks, false);
  const memory = shared.get(words.memory);
  const end = result.outcome.kind === 'returned' ? result.outcome.end : null;
  const record: LoadRecord = {
    log,
    logDropped,
    stdout,
    stderr,
    memoryBytes: failure !== null || memory < 0 ? null : memory,
    durationMs: end?.durationMs ?? result.elapsedMs,
  };
  if (failure !== null) {
    const prefix = result.outcome.kind === 'thread-ended' ? '' : instantiateFailed;
    return { record, failure: { error: prefix + failure.error, trace: failure.trace, stack: failure.stack } };
  }
  return { record, failure: facts.shapeError === null ? null : { error: facts.shapeError, trace: null, stack: null } };
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
