/** Watches the guard call that runs in the thread of a session, and ends it at its deadline or when the session is cancelled. */
import { graceMs } from '../../runtime/shared/abi.ts';
import { answers, contexts, type SharedState, words } from '../../runtime/shared/workerContract.ts';
import { watchMs } from '../shared/sessionContract.ts';

/** Why a thread has to be stopped: its call did not end by itself after its context had ended. */
export type StopReason = 'deadline' | 'canceled';

/**
 * The thread writes the number and the times of its call into shared words, so that a call costs no message. The watch looks when the
 * running call is due, and otherwise every `watchMs`; a call with less time than that is announced by a message (`look`).
 */
export class CallWatch {
  readonly #shared: SharedState;
  readonly #onStop: (reason: StopReason, call: number) => void;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** `onStop` has to terminate the thread. `call` is 0 when no guest is running. */
  constructor(shared: SharedState, onStop: (reason: StopReason, call: number) => void) {
    this.#shared = shared;
    this.#onStop = onStop;
    this.look();
  }

  /** Looks at the running call now. */
  readonly look = (): void => {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    const call = this.#shared.get(words.liveCall);
    const [beganAt = 0, deadlineMs = Infinity] = this.#shared.times;
    const leftMs = beganAt + deadlineMs - (performance.timeOrigin + performance.now());
    // The times belong to the call only if it is still running.
    if (call === 0 || this.#shared.get(words.liveCall) !== call || leftMs > 0) {
      this.#timer = setTimeout(this.look, call === 0 ? watchMs : Math.min(Math.ceil(leftMs), watchMs));
      return;
    }
    if (!this.#endContext(call)) this.#timer = setTimeout(this.look, watchMs);
  };

  /** Cancels the session: ends its running call, and stops the thread if that does not end by itself. */
  cancel(): void {
    if (this.#closed) return;
    this.close();
    const shared = this.#shared;
    shared.set(words.cancel, 1);
    shared.set(words.context, contexts.canceled);
    shared.set(words.answer, answers.deadline);
    shared.wake();
    setTimeout(() => this.#onStop('canceled', shared.get(words.liveCall)), graceMs);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** Ends the context of a call; false when the thread has gone on to another call. */
  #endContext(call: number): boolean {
    const shared = this.#shared;
    if (Atomics.compareExchange(shared.words, words.context, -call, contexts.deadline) !== -call) return false;
    shared.set(words.answer, answers.deadline);
    shared.wake();
    this.#timer = setTimeout(() => {
      if (shared.get(words.liveCall) === call) this.#onStop('deadline', call);
      else this.look();
    }, graceMs);
    return true;
  }
}
