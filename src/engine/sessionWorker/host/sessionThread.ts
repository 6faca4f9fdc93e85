/** The thread of a session, from the host's side: requests and their reports, and one replay with its batches and its end. */
import { Failure } from '../../../core/base/failure.ts';
import type { JsonValue } from '../../../core/base/json.ts';
import type { Problem } from '../../../core/base/parsed.ts';
import type { BackendAnswer } from '../../../core/guard/backend.ts';
import { asError, deliverAnswer } from '../../runtime/host/guestEntry.ts';
import { readJournalContent } from '../../runtime/shared/journalContent.ts';
import { threadDied } from '../../runtime/shared/runtimeErrors.ts';
import { words } from '../../runtime/shared/workerContract.ts';
import type { WorkerThread } from '../../runtime/host/workerThread.ts';
import type {
  GuardLoad,
  InterruptedCall,
  SessionReport,
  SessionRequest,
  TraceOutline,
} from '../shared/sessionContract.ts';
import { CallWatch, type StopReason } from './callWatch.ts';
import type { ReplayResult } from './sessionItems.ts';

/** What comes next of a replay: its guards, items as bytes (see `batchItems`), or its end. */
export type ReplayStep =
  | { readonly kind: 'loaded'; readonly guards: readonly GuardLoad[] }
  | { readonly kind: 'batch'; readonly bytes: Uint8Array; readonly items: number }
  | { readonly kind: 'decided'; readonly findings: readonly Problem[] }
  | { readonly kind: 'records'; readonly bytes: Uint8Array }
  | ReplayStop;

/** Answers look-ups that neither the trace nor a fixture answers. */
export type SessionBackend = (server: string, tool: string, args: JsonValue) => Promise<BackendAnswer>;

/** How a replay or fork in one thread ended. */
export type ReplayStop =
  | ({ readonly kind: 'done' } & ReplayResult)
  | { readonly kind: 'canceled' }
  /** The thread was stopped, or died, in a guard call. */
  | { readonly kind: 'interrupted'; readonly call: InterruptedCall }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Makes the thread read a trace file. Rejects with the reader's failure, or with the reason of the signal. */
export async function readInThread(
  thread: WorkerThread,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<TraceOutline> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const onAbort = (): void => void thread.stop();
    const done = (settle: () => void): void => {
      signal?.removeEventListener('abort', onAbort);
      thread.unlisten();
      settle();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    thread.listen({
      onMessage: (message) => {
        const report = message.kind === 'session' ? (message.report as SessionReport) : null;
        if (report?.kind === 'trace') done(() => resolve(report.outline));
        else if (report?.kind === 'failed') done(() => reject(failureOfReport(report)));
      },
      onEnd: (reason) =>
        done(() =>
          reject(signal?.aborted === true ? (signal.reason as Error) : threadDied(reason ?? 'it was stopped')),
        ),
    });
    requestOf(thread, { kind: 'read', paths });
  });
}

/** One replay or fork in a thread that has read the trace. */
export class ThreadReplay {
  readonly #thread: WorkerThread;
  readonly #watch: CallWatch;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#watch.cancel();
  readonly #steps: ReplayStep[] = [];
  #parts: { readonly call: number; readonly bytes: Uint8Array }[] = [];
  #wake: () => void = () => undefined;
  #stopped: { readonly reason: StopReason; readonly call: number } | null = null;
  #end: ReplayStop | null = null;

  constructor(
    thread: WorkerThread,
    request: Extract<SessionRequest, { readonly kind: 'replay' | 'fork' }>,
    signal: AbortSignal | undefined,
    backend?: SessionBackend,
  ) {
    this.#thread = thread;
    this.#signal = signal;
    this.#watch = new CallWatch(thread.shared, (reason, call) => {
      this.#stopped = { reason, call };
      void thread.stop();
    });
    thread.listen({
      onMessage: (message) => {
        if (message.kind === 'session') this.#receive(message.report as SessionReport);
        else if (message.kind === 'ask') void answerLookup(thread, message, backend);
      },
      onEnd: (reason) => this.#finish(this.#endOfThread(reason)),
    });
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    requestOf(thread, request);
    if (signal?.aborted === true) this.#watch.cancel();
  }

  /** What comes next; the end again when it has ended. The thread goes on when the batches before were released. */
  async next(): Promise<ReplayStep> {
    for (;;) {
      const step = this.#steps.shift() ?? this.#end;
      if (step !== null) return step;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Tells the thread that the host is done with a batch. */
  release({ bytes }: ReplayStep & { readonly kind: 'batch' | 'records' }): void {
    Atomics.add(this.#thread.shared.words, words.taken, Math.ceil(bytes.length / 1024));
    this.#thread.shared.wake();
  }

  #receive(report: SessionReport): void {
    switch (report.kind) {
      case 'loaded':
      case 'batch':
      case 'decided':
      case 'records':
        this.#steps.push(report);
        this.#wake();
        return;
      case 'journal':
        this.#parts = [...this.#parts.filter(({ call }) => call === report.call), report];
        return;
      case 'hurry':
        this.#watch.look();
        return;
      case 'done':
        this.#finish(report);
        return;
      case 'failed':
        this.#finish({ kind: 'failed', failure: failureOfReport(report) });
        return;
      case 'trace':
    }
  }

  #endOfThread(reason: string | null): ReplayStop {
    if (this.#signal?.aborted === true) return { kind: 'canceled' };
    const call = this.#stopped?.call ?? this.#thread.shared.get(words.liveCall);
    if (call === 0) return { kind: 'failed', failure: threadDied(reason ?? 'it was stopped') };
    return { kind: 'interrupted', call: this.#interruptedCall(call, reason) };
  }

  /** What the call did, from the journal in shared memory, which outlives the thread. */
  #interruptedCall(number: number, reason: string | null): InterruptedCall {
    const { shared } = this.#thread;
    const parts = this.#parts.filter(({ call }) => call === number).map(({ bytes }) => bytes);
    const isDeadline = reason === null && this.#stopped?.reason === 'deadline';
    return {
      number,
      guard: shared.get(words.liveGuard),
      outcome: isDeadline ? { kind: 'stopped', context: 'deadline' } : { kind: 'thread-ended', reason },
      phase: shared.get(words.phase),
      content: readJournalContent(shared, parts),
      elapsedMs: performance.timeOrigin + performance.now() - (shared.times[0] ?? 0),
    };
  }

  #finish(end: ReplayStop): void {
    if (this.#end !== null) return;
    this.#end = this.#signal?.aborted === true ? { kind: 'canceled' } : end;
    this.#watch.close();
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#thread.unlisten();
    this.#wake();
  }
}

/** Answers the look-up that the thread sleeps in. A thread that was stopped meanwhile does not take it. */
async function answerLookup(
  thread: WorkerThread,
  { server, tool, args }: { readonly server: string; readonly tool: string; readonly args: string },
  backend: SessionBackend | undefined,
): Promise<void> {
  const ask = backend ?? (() => Promise.resolve({ error: 'there is no backend' }));
  const answer = await ask(server, tool, JSON.parse(args) as JsonValue).catch(asError);
  if (thread.isAlive) deliverAnswer(thread, answer);
}

function requestOf(thread: WorkerThread, request: SessionRequest): void {
  if (thread.isAlive) thread.post({ kind: 'session', request });
}

function failureOfReport({ code, message, hint }: Extract<SessionReport, { readonly kind: 'failed' }>): Failure {
  return new Failure(code, message, hint);
}
