/** A session in a thread of its own: the trace, the guards and the decisions are there; the host gets items as bytes, each once. */
import type { ModuleCopy } from '../../runtime/shared/moduleFacts.ts';
import { encodeGoJson } from '../../../core/go/goJson.ts';
import type { Problem } from '../../../core/base/parsed.ts';
import { Failure } from '../../../core/base/failure.ts';
import type { EditedCall } from '../../../core/whatIf/callChanges.ts';
import type { CompileCache, Preparation } from '../../runtime/host/compileCache.ts';
import { requestPreparation } from '../../runtime/host/requestPreparation.ts';
import type { SpareWorkers } from '../../runtime/host/spareWorkers.ts';
import { WorkerThread } from '../../runtime/host/workerThread.ts';
import type { ForkSpec, InterruptedCall, ReplaySpec, TraceOutline } from '../shared/sessionContract.ts';
import {
  type CallItem,
  callItems,
  lateRecords,
  type ReplayItem,
  type ReplayItems,
  type ReplayResult,
} from './sessionItems.ts';
import { readInThread, type ReplayStop, type SessionBackend, ThreadReplay } from './sessionThread.ts';

/** What a session needs of the process, and the signal that ends its first use. */
export interface ThreadServices {
  /** Path of the bundled worker. */
  readonly workerFile: string;
  readonly cache?: CompileCache;
  readonly spare?: SpareWorkers;
  readonly signal?: AbortSignal;
}

/** Takes what a replay gives when all calls are decided. */
export interface LateRecords {
  onDecided(findings: readonly Problem[]): void;
  /** `bytes`: the record as JSON in UTF-8, valid during the call. */
  onRecords(records: readonly { readonly index: number; readonly bytes: Uint8Array }[]): void;
}

/** What a replay does, without what the session itself adds. */
export interface ReplayWish extends Omit<ReplaySpec, 'interrupted' | 'skip' | 'asksHost' | 'recordsLast'> {
  /** Takes the records of calls whose items came without one, when all calls are decided; absent: each comes with its item. */
  readonly recordsLast?: LateRecords;
  /** Answers look-ups that neither the trace nor a fixture answers; absent: they are misses. The same question is asked once. */
  readonly backend?: SessionBackend;
}

export class ThreadSession {
  readonly outline: TraceOutline;
  readonly #paths: readonly string[];
  readonly #services: Omit<ThreadServices, 'signal'>;
  #signal: AbortSignal | undefined;
  #thread: WorkerThread;
  #replayed: Replayed | null = null;

  private constructor(paths: readonly string[], services: ThreadServices, thread: WorkerThread, outline: TraceOutline) {
    this.#paths = paths;
    this.#services = services;
    this.#signal = services.signal;
    this.#thread = thread;
    this.outline = outline;
  }

  /** Reads the traces of one session in a new thread. Rejects with the reader's failure, or with the reason of the signal. */
  static async open(paths: readonly string[], services: ThreadServices): Promise<ThreadSession> {
    const thread = startThread(services);
    try {
      return new ThreadSession(paths, services, thread, await readInThread(thread, paths, services.signal));
    } catch (thrown) {
      await thread.stop();
      throw thrown;
    }
  }

  /** Whether the thread can be asked; one that is not replaying ends only when it is out of memory. */
  get isAlive(): boolean {
    return this.#thread.isAlive;
  }

  /** Begins another use of the session, with the signal that ends it. */
  useAgain(signal: AbortSignal | undefined): this {
    this.#signal = signal;
    return this;
  }

  /** A guard's module, compiled in the session's thread unless the cache has it. `options`: what its copy has beyond the guard. */
  prepare(bytes: Uint8Array, options: ModuleCopy = {}): Promise<Preparation> {
    this.#services.spare?.warmWith(bytes);
    return requestPreparation(this.#thread, bytes, this.#services.cache, options);
  }

  /**
   * Replays the trace. A guard call that overran or killed its thread is not entered again: the session runs once more up to there in a new
   * thread, with the end of this call as its record, and goes on, so that the other guards keep working. Items that were given before
   * are not given again. Returns null when the signal aborted. Throws the failure of a thread that died outside of a guard, and
   * `trace/changed` when the file has other calls when it is read again.
   */
  replay({ backend, ...wish }: ReplayWish): ReplayItems {
    const asked = backend === undefined ? undefined : remembering(backend);
    this.#replayed = { wish, backend: asked, interrupted: [] };
    return this.#replay(this.#replayed, 0);
  }

  /**
   * Decides a call of the replayed session again, and all calls behind it, with the changes of some of them; their items come as from a
   * replay. The session must have been replayed up to that call (`until`), with guards that export their state. What `replay` says about
   * guard calls that overrun holds for those of the fork, and a fork begins anew when one does. Throws `replay/not-kept` when the call cannot
   * be changed.
   */
  async *fork(call: number, changes: readonly EditedCall[] = []): ReplayItems {
    const replayed = this.#replayed;
    if (replayed === null) throw new TypeError('a fork needs a session that was replayed');
    const { gives } = replayed.wish;
    let interrupted: readonly InterruptedCall[] = [];
    let given = 0;
    for (;;) {
      const spec: ForkSpec = { call, changes, gives, interrupted, skip: given };
      const end = yield* this.#take({ kind: 'fork', spec }, replayed.backend, (items) => (given += items));
      if (end.kind !== 'interrupted') return endOf(end);
      interrupted = withInterrupted(interrupted, end.call);
      await this.#renewThread();
      const again = this.#replay(replayed, Infinity);
      while ((await again.next()).done !== true);
    }
  }

  /**
   * As `fork`, for any call and any guards: where the state before the call was not kept, the session is decided again from its first call,
   * and the items from the call on are given.
   */
  async *decideFrom(call: number, changes: readonly EditedCall[]): ReplayItems {
    const replayed = this.#replayed;
    if (replayed === null) throw new TypeError('a session is decided again after it was replayed');
    try {
      return yield* this.fork(call, changes);
    } catch (thrown) {
      if (!(thrown instanceof Failure) || thrown.code !== 'replay/not-kept') throw thrown;
    }
    const { until: _until, recordsLast: _recordsLast, ...wish } = replayed.wish;
    const { backend } = replayed;
    const steps = this.replay({ ...wish, changes, ...(backend === undefined ? {} : { backend }) });
    let step = await steps.next();
    for (; step.done !== true; step = await steps.next()) {
      const items = step.value.filter((item) => item.kind !== 'loaded' && callOf(item) >= call);
      if (items.length > 0) yield items;
    }
    return step.value;
  }

  /** `skip`: number of items that are not given. */
  async *#replay(replayed: Replayed, skip: number): ReplayItems {
    const { backend } = replayed;
    const { recordsLast, ...wish } = replayed.wish;
    const late = skip === 0 ? recordsLast : undefined;
    let given = skip;
    let isLoaded = skip > 0;
    for (;;) {
      const { interrupted } = replayed;
      const spec: ReplaySpec = {
        ...wish,
        recordsLast: late !== undefined,
        asksHost: backend !== undefined,
        interrupted,
        skip: given,
      };
      const steps = this.#take({ kind: 'replay', spec }, backend, (items) => (given += items), late);
      let step = await steps.next();
      for (; step.done !== true; step = await steps.next()) {
        if (step.value.every(({ kind }) => kind !== 'loaded')) yield step.value;
        else if (!isLoaded) {
          isLoaded = true;
          yield step.value;
        }
      }
      if (step.value.kind !== 'interrupted') return endOf(step.value);
      replayed.interrupted = withInterrupted(interrupted, step.value.call);
      await this.#renewThread();
    }
  }

  /** The items of one request, and how it ended. `onItems`: called when the host is done with a batch, with their number. */
  async *#take(
    request: ConstructorParameters<typeof ThreadReplay>[1],
    backend: SessionBackend | undefined,
    onItems: (items: number) => void,
    late?: LateRecords,
  ): AsyncGenerator<readonly ReplayItem[], ReplayStop> {
    const replay = new ThreadReplay(this.#thread, request, this.#signal, backend);
    for (;;) {
      const step = await replay.next();
      if (step.kind === 'loaded') yield [step];
      else if (step.kind === 'batch') {
        yield callItems(step.bytes);
        onItems(step.items);
        replay.release(step);
      } else if (step.kind === 'decided') late?.onDecided(step.findings);
      else if (step.kind === 'records') {
        late?.onRecords(lateRecords(step.bytes));
        replay.release(step);
      } else return step;
    }
  }

  /** A new thread that has read the trace, in place of one that was stopped in a guard call. */
  async #renewThread(): Promise<void> {
    await this.#thread.stop();
    this.#thread = startThread(this.#services);
    const { fingerprint } = await readInThread(this.#thread, this.#paths, this.#signal);
    if (fingerprint === this.outline.fingerprint) return;
    const message = `The calls of "${this.#paths.join('", "')}" changed while they were replayed`;
    throw new Failure('trace/changed', message, 'Replay the trace again');
  }

  /** Stops the thread. */
  close(): Promise<void> {
    return this.#thread.stop();
  }
}

function callOf(item: CallItem): number {
  return item.kind === 'lookup' ? item.lookup : item.digest().row.index;
}

/** A replay of the session, so far as a new thread needs it to come to the same state. */
interface Replayed {
  readonly wish: Omit<ReplayWish, 'backend'>;
  readonly backend: SessionBackend | undefined;
  /** The guard calls that overran or killed their thread. */
  interrupted: readonly InterruptedCall[];
}

/** The end that a caller gets; null when the signal aborted. */
function endOf(stop: Exclude<ReplayStop, { readonly kind: 'interrupted' }>): ReplayResult | null {
  if (stop.kind === 'failed') throw stop.failure;
  return stop.kind === 'done' ? stop : null;
}

/** The answers of a backend, each asked for once, so that a session that is run again gets the same ones. */
function remembering(backend: SessionBackend): SessionBackend {
  const known = new Map<string, ReturnType<SessionBackend>>();
  return (server, tool, args) => {
    const key = `${server}\u0000${tool}\u0000${encodeGoJson(args)}`;
    const answer = known.get(key) ?? backend(server, tool, args);
    known.set(key, answer);
    return answer;
  };
}

/**
 * The interrupted calls with the latest one. In the next run, the thread looks for the function that this one was in; when it overruns again
 * while it does so, it gives up.
 */
function withInterrupted(before: readonly InterruptedCall[], latest: InterruptedCall): readonly InterruptedCall[] {
  const probed = before.map((call) => ({ ...call, isProbed: true as const }));
  return probed.some(({ number }) => number === latest.number) ? probed : [...probed, latest];
}

function startThread({ spare, workerFile }: ThreadServices): WorkerThread {
  return spare?.take() ?? new WorkerThread(workerFile);
}
