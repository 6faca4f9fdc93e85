/** One entry into a guest, from the host's side: starts it, answers its look-ups, ends it with its context, collects its journal. */
import { encodeGoJson } from '../../../core/go/goJson.ts';
import type { JsonValue } from '../../../core/base/json.ts';
import { graceMs } from '../shared/abi.ts';
import type { BackendAnswer, BackendSource } from '../../../core/guard/backend.ts';
import type { WorkerThread } from './workerThread.ts';
import type { EntryOutcome, EntrySpan } from '../shared/guardCallRecord.ts';
import { type WorkerMessage, answers, contexts, words } from '../shared/workerContract.ts';

/** Who answers the look-ups of an entry, and when it has to end. */
export interface EntryOptions {
  readonly backend: BackendSource;
  /** Deadline in milliseconds from now; 0: already passed; absent: none. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /**
   * Bytes of the first output buffer in place of the gateway's, for a check of the buffer protocol; the record then has `probe`. Not with a
   * start function.
   */
  readonly outputBytes?: number;
}

/** The outcome of an entry and the parts of its journal that were posted. */
export interface EntryResult extends EntrySpan {
  readonly parts: readonly Uint8Array[];
}

/** The longest delay of a Node timer. */
const longestDelayMs = 2 ** 31 - 1;

/** Runs one entry. `begin` asks the worker to enter the guest. Never rejects. */
export function runEntry(thread: WorkerThread, options: EntryOptions, begin: () => void): Promise<EntryResult> {
  return new Promise((resolve) => new GuestEntry(thread, options, resolve).run(begin));
}

class GuestEntry {
  readonly #thread: WorkerThread;
  readonly #backend: BackendSource;
  readonly #deadlineMs: number | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #resolve: (result: EntryResult) => void;
  readonly #parts: Uint8Array[] = [];
  readonly #startedAt = performance.now();
  readonly #onAbort = (): void => this.#endContext('canceled');
  #deadline: NodeJS.Timeout | undefined;
  #grace: NodeJS.Timeout | undefined;
  #context: 'live' | 'deadline' | 'canceled' = 'live';
  /** Number of look-ups answered from a list of answers. */
  #asked = 0;
  /** Aborts the look-up that is being answered; null when none is. */
  #asking: AbortController | null = null;

  constructor(thread: WorkerThread, options: EntryOptions, resolve: (result: EntryResult) => void) {
    this.#thread = thread;
    this.#backend = options.backend;
    this.#deadlineMs = options.deadlineMs;
    this.#signal = options.signal;
    this.#resolve = resolve;
  }

  run(begin: () => void): void {
    this.#thread.shared.set(words.context, contexts.live);
    if (this.#signal?.aborted === true) this.#endContext('canceled');
    else if (this.#deadlineMs !== undefined) this.#startDeadline(this.#deadlineMs);
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.#thread.listen({
      onMessage: (message) => this.#receive(message),
      onEnd: (reason) => this.#finish(this.#threadEndOutcome(reason)),
    });
    if (this.#thread.isAlive) begin();
  }

  #startDeadline(deadlineMs: number): void {
    if (deadlineMs <= 0) this.#endContext('deadline');
    else this.#deadline = setTimeout(() => this.#endContext('deadline'), Math.min(deadlineMs, longestDelayMs));
  }

  /** Marks the context as ended, wakes a guest that waits for an answer, and stops the thread unless the guest returns soon. */
  #endContext(context: 'deadline' | 'canceled'): void {
    if (this.#context !== 'live') return;
    this.#context = context;
    const { shared } = this.#thread;
    shared.set(words.context, contexts[context]);
    this.#endLookup();
    this.#asking?.abort();
    this.#grace = setTimeout(() => void this.#thread.stop(), graceMs);
  }

  #receive(message: WorkerMessage): void {
    if (message.kind === 'journal') this.#parts.push(message.bytes);
    else if (message.kind === 'ask') void this.#answer(message.tool, message.args);
    else if (message.kind === 'done') this.#finish({ kind: 'returned', end: message.end });
  }

  async #answer(tool: string, argsText: string): Promise<void> {
    if (this.#context !== 'live') {
      this.#endLookup();
      return;
    }
    const args = JSON.parse(argsText) as JsonValue;
    const asking = new AbortController();
    this.#asking = asking;
    const answer = await this.#ask(tool, args, asking.signal).catch(asError);
    if (this.#asking !== asking || asking.signal.aborted) return;
    this.#asking = null;
    deliverAnswer(this.#thread, answer);
  }

  async #ask(tool: string, args: JsonValue, signal: AbortSignal): Promise<BackendAnswer> {
    if (this.#backend.kind === 'live') return this.#backend.ask(tool, args, signal);
    const answer = this.#backend.kind === 'answers' ? this.#backend.answers[this.#asked++] : undefined;
    if (answer?.waitMs !== undefined) await delay(answer.waitMs, signal);
    return answer ?? { error: 'the backend has no more answers' };
  }

  #endLookup(): void {
    this.#thread.shared.set(words.answer, answers.deadline);
    this.#thread.shared.wake();
  }

  #threadEndOutcome(reason: string | null): EntryOutcome {
    if (this.#context === 'live' || reason !== null) return { kind: 'thread-ended', reason };
    return { kind: 'stopped', context: this.#context };
  }

  #finish(outcome: EntryOutcome): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#grace);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#asking?.abort();
    this.#asking = null;
    this.#thread.unlisten();
    this.#resolve({ outcome, parts: this.#parts, elapsedMs: performance.now() - this.#startedAt });
  }
}

/** A thrown value as the answer of a backend. */
export function asError(thrown: unknown): BackendAnswer {
  return { error: thrown instanceof Error ? thrown.message : String(thrown) };
}

/** The answer as the guest gets it: the kind of answer, and its text. A backend of a caller may answer with something else. */
function answerText(answer: BackendAnswer): { readonly kind: number; readonly text: string } {
  try {
    if ('error' in answer) return { kind: answers.error, text: answer.error };
    return { kind: answers.result, text: encodeGoJson(answer.result) };
  } catch (thrown) {
    return { kind: answers.error, text: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** Gives a thread that sleeps in a look-up its answer. */
export function deliverAnswer(thread: WorkerThread, answer: BackendAnswer): void {
  const { shared } = thread;
  const { kind, text } = answerText(answer);
  const fits = text.length * 3 <= shared.answer.length;
  const bytes = fits ? null : Buffer.from(text);
  const length = bytes === null ? writeText(shared.answer, text) : bytes.length;
  if (bytes !== null && length <= shared.answer.length) shared.answer.set(bytes);
  else if (bytes !== null) thread.post({ kind: 'bytes', bytes });
  shared.set(words.answerLength, length);
  shared.set(words.answer, kind);
  shared.wake();
}

/** Writes text as UTF-8 into shared memory, which `TextEncoder` refuses to do; returns the length in bytes. */
export function writeText(target: Uint8Array, text: string): number {
  return Buffer.from(target.buffer, target.byteOffset, target.byteLength).write(text, 'utf8');
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(ms, longestDelayMs));
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
