/** The worker's end of the link to the host. It sleeps on a word of shared memory, so a guest can wait for an answer synchronously. */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { encodeGoJson } from '../../../core/go/goJson.ts';
import type { JsonValue } from '../../../core/base/json.ts';
import type { CallInput } from './buffers.ts';
import { type HostMessage, type SharedState, type WorkerMessage, answers, words } from '../shared/workerContract.ts';

/** The host's answer to a look-up. `bytes` is a view, valid until the guest runs on. */
export type HostAnswer =
  | { readonly kind: 'result'; readonly bytes: Uint8Array }
  | { readonly kind: 'error'; readonly bytes: Uint8Array }
  | { readonly kind: 'deadline' };

/** The link of one worker. It works without the thread's event loop, which never runs. */
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

  /** Sleeps until the host increments `words.wake`; returns at once when it has done so since the last time. */
  sleep(): void {
    Atomics.wait(this.#shared.words, words.wake, this.#seen);
    this.#seen = this.#shared.get(words.wake);
  }

  /** Whether the host requests a call. The host posts the messages of a call first, so `takeMessages` must follow this. */
  takeCall(): boolean {
    return Atomics.exchange(this.#shared.words, words.call, 0) === 1;
  }

  /** Whether the host has posted messages that are not taken yet. */
  get hasMessages(): boolean {
    return this.#received !== this.#shared.get(words.posted);
  }

  /** Passes on the posted messages. Those of kind `bytes` are stored for `ask`. */
  takeMessages(receive: (message: HostMessage) => void): void {
    while (this.hasMessages) {
      const message = receiveMessageOnPort(this.#port)?.message as HostMessage | undefined;
      if (message === undefined) return;
      this.#received++;
      if (message.kind === 'bytes') this.#bytes = message.bytes;
      else receive(message);
    }
  }

  /** The input of the requested call: a view that does not change until the call ends. */
  input(): CallInput {
    const length = this.#shared.get(words.inputLength);
    return { length, bytes: this.#shared.input.subarray(0, length) };
  }

  /**
   * Asks the host's backend and sleeps until it has answered or the call's context has ended. `server`: whose guard asks, in a thread with
   * several.
   */
  ask(tool: string, args: JsonValue, server = ''): HostAnswer {
    const shared = this.#shared;
    shared.set(words.answer, answers.none);
    this.post({ kind: 'ask', server, tool, args: encodeGoJson(args) });
    while (shared.get(words.answer) === answers.none) this.sleep();
    this.takeMessages(() => {});
    const kind = shared.get(words.answer);
    if (kind === answers.deadline) return { kind: 'deadline' };
    const length = shared.get(words.answerLength);
    const bytes = length <= shared.answer.length ? shared.answer.subarray(0, length) : this.#takeBytes();
    return { kind: kind === answers.result ? 'result' : 'error', bytes };
  }

  /** The bytes that were posted because they do not fit into the shared memory. */
  #takeBytes(): Uint8Array {
    const bytes = this.#bytes ?? new Uint8Array(0);
    this.#bytes = null;
    return bytes;
  }
}
