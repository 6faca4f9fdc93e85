/** The worker's side of the line to the host: it sleeps on a word of shared memory, so a guest can wait for an answer. */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { encodeGoJson } from '../../../core/go/goJson.ts';
import type { JsonValue } from '../../../core/base/json.ts';
import type { CallInput } from './buffers.ts';
import { type HostMessage, type SharedState, type WorkerMessage, answers, words } from '../shared/workerContract.ts';

/** What a sleeping guest was woken with. `bytes` is a view, valid until the guest runs on. */
export type HostAnswer =
  | { readonly kind: 'result'; readonly bytes: Uint8Array }
  | { readonly kind: 'error'; readonly bytes: Uint8Array }
  | { readonly kind: 'deadline' };

/** The line of one worker. Nothing here needs the thread's event loop, which therefore never runs. */
export class HostLink {
  readonly #shared: SharedState;
  readonly #port: MessagePort;
  #seen = 0;
  #received = 0;
  #bytes: Uint8Array | null = null;

  constructor(shared: SharedState, port: MessagePort) {
    this.#shared = shared;
    this.#port = port;
  }

  post(message: WorkerMessage, transfer: readonly ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  /** Sleeps until the host wants something that is not yet known. */
  sleep(): void {
    Atomics.wait(this.#shared.words, words.wake, this.#seen);
    this.#seen = this.#shared.get(words.wake);
  }

  /** Whether a call is to be made. The host posts what belongs to it first, so `takeMessages` must come after this. */
  takeCall(): boolean {
    return Atomics.exchange(this.#shared.words, words.call, 0) === 1;
  }

  /** Hands on the messages that were posted; bytes are kept for whoever expects them. */
  takeMessages(receive: (message: HostMessage) => void): void {
    while (this.#received !== this.#shared.get(words.posted)) {
      const message = receiveMessageOnPort(this.#port)?.message as HostMessage | undefined;
      if (message === undefined) return;
      this.#received++;
      if (message.kind === 'bytes') this.#bytes = message.bytes;
      else receive(message);
    }
  }

  /** The input of the call that begins: a view that stays as it is until the call ends. */
  input(): CallInput {
    const length = this.#shared.get(words.inputLength);
    return { length, bytes: this.#shared.input.subarray(0, length) };
  }

  /** Asks the host's backend and sleeps until it has answered, or until the call's context has ended. */
  ask(tool: string, args: JsonValue): HostAnswer {
    const shared = this.#shared;
    shared.set(words.answer, answers.none);
    this.post({ kind: 'ask', tool, args: encodeGoJson(args) });
    while (shared.get(words.answer) === answers.none) this.sleep();
    this.takeMessages(() => {});
    const kind = shared.get(words.answer);
    if (kind === answers.deadline) return { kind: 'deadline' };
    const length = shared.get(words.answerLength);
    const bytes = length <= shared.answer.length ? shared.answer.subarray(0, length) : this.#takeBytes();
    return { kind: kind === answers.result ? 'result' : 'error', bytes };
  }

  /** The bytes that came by message because they were too long for the shared memory. */
  #takeBytes(): Uint8Array {
    const bytes = this.#bytes ?? new Uint8Array(0);
    this.#bytes = null;
    return bytes;
  }
}
