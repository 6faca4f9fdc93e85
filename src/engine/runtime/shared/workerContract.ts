/** What host and worker share: the messages, and the memory whose words wake, tell and count without a message. */
import type { CassetteData } from '../../../core/trace/model/cassette.ts';
import { maxInputBytes } from './abi.ts';
import type { ModuleFacts } from './moduleFacts.ts';
import type { WasmModule } from './webAssembly.ts';

/** What the host posts. The worker sleeps on `words.wake`, so each post is followed by `SharedState.wake`. */
export type HostMessage =
  | { readonly kind: 'prepare'; readonly bytes: Uint8Array }
  | { readonly kind: 'instantiate'; readonly module: WasmModule; readonly facts: ModuleFacts; readonly name: string }
  /** As JSON text where an answer is nested some thousand levels deep, because posting such a value fails. */
  | { readonly kind: 'cassette'; readonly data: CassetteData | string }
  /** The answer that is waited for, when it is too long for the shared memory. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** The export that the next call enters, when it is none of the three. */
  | { readonly kind: 'function'; readonly name: string };

/** What the worker posts. */
export type WorkerMessage =
  | {
      readonly kind: 'prepared';
      readonly module: WasmModule;
      readonly facts: ModuleFacts;
      readonly frames: readonly string[];
    }
  | { readonly kind: 'refused'; readonly error: string; readonly panic: string | null }
  /** A part of the journal that no longer fits the shared memory. */
  | { readonly kind: 'journal'; readonly bytes: Uint8Array }
  /** `args` is JSON text: posting a value fails when it is nested some thousand levels deep, which the gateway allows. */
  | { readonly kind: 'ask'; readonly tool: string; readonly args: string }
  | { readonly kind: 'done'; readonly end: EntryEnd };

/** How an entry into the guest (instantiation or call) ended. */
export interface EntryEnd {
  readonly failure: {
    readonly text: string;
    readonly frames: readonly number[] | null;
    readonly isTrap: boolean;
  } | null;
  /** Memory in bytes on entry; -1 for a module without memory. */
  readonly memoryBefore: number;
  readonly memoryAfter: number;
  readonly durationMs: number;
}

/** Places of the 32-bit words in the shared memory. */
export const words = {
  /** Bumped by the host for whatever it wants; the worker sleeps on it. */
  wake: 0,
  /** How many messages the host has posted. */
  posted: 1,
  /** 1: a call is to be made. */
  call: 2,
  /** Which export the call enters: an index of `labelFunctions`, or their count for one named by a message. */
  function: 3,
  /** Bytes of the call's input; over the gateway's limit the bytes themselves are not there. */
  inputLength: 4,
  /** One of `backends`. */
  backend: 5,
  /** The agent call that a cassette is asked for. */
  cassetteCall: 6,
  /** One of `contexts`: whether the call's deadline or its caller has ended it. */
  context: 7,
  /** One of `answers`. */
  answer: 8,
  /** Bytes of the answer. */
  answerLength: 9,
  /** Linear memory in bytes as last seen; -1 for none. */
  memory: 10,
  /** One of `phases`. */
  phase: 11,
  /** Bytes of the journal (low 20 bits) and how many parts were posted before (high bits), in one word so that they agree. */
  journal: 12,
  /** Log lines that were not kept. */
  logDropped: 13,
} as const;

/** Values of `words.backend`. */
export const backends = { none: 0, host: 1, cassette: 2, loading: 3 } as const;

/** Values of `words.context`, as in Go: a context is live, past its deadline, or cancelled. */
export const contexts = { live: 0, deadline: 1, canceled: 2 } as const;

/** Values of `words.answer`. */
export const answers = { none: 0, result: 1, error: 2, deadline: 3 } as const;

/** Values of `words.phase`: what the guest is doing, for the error of a call that had to be stopped. */
export const phases = { idle: 0, allocInput: 1, allocOutput: 2, label: 3, dealloc: 4, start: 5 } as const;

/** The exports that the gateway calls, in the order of `words.function`. */
export const labelFunctions: readonly string[] = ['label_agent', 'label_resource', 'label_response'];

const wordBytes = 64;
const answerBytes = 256 * 1024;
/** Below 2^20, so that a length fits the low bits of `words.journal`. */
const journalBytes = 1024 * 1024 - 64;

/** Bits of `words.journal` that hold the length. */
export const journalLengthBits = 20;

/**
 * The shared memory of one worker, seen from either side. Pages cost nothing until they are touched.
 *
 * The worker's event loop never runs: it sleeps in `Atomics.wait` on `words.wake` and reads its port by hand. So everything that the
 * host wants is first written, then announced, and the bump of `words.wake` comes last:
 *
 *     host                                                   worker
 *     ----                                                   ------
 *     context := live                                        sleeps until `wake` differs from the value it saw last
 *     input bytes, inputLength, function, backend
 *     call := 1, wake += 1, notify  --------------------->   takes call (1 -> 0), then the messages that `posted` counts
 *                                                            phase := allocInput … label …; enters the guest
 *                                                              guest calls `call_backend` with a host backend:
 *     `ask`  <------------------------------- message ----     answer := none, posts `ask`, sleeps while answer is none
 *     answer bytes, answerLength
 *     answer := result or error, wake += 1, notify ------>     wakes, copies the answer into the guest, guest goes on
 *                                                            writes the journal and `memory` as it goes
 *     `done` <------------------------------- message ----   phase := idle, posts `done`, sleeps
 *     reads the journal and `memory`
 *
 *     deadline or abort, at any moment while the call runs:
 *     context := deadline or canceled,
 *     answer := deadline, wake += 1, notify ------------->   a sleeping `call_backend` wakes and returns -1; the guest then leaves
 *                                                            at its next loop header or return (wazero spec 6.4)
 *     no `done` within `graceMs`: terminates the thread;
 *     the journal and `phase` stay readable
 *
 * Rules that keep this free of races:
 * - One writer a word at a time: `call`, `context` and the input belong to the host, `phase`, `memory` and the journal to the worker;
 *   `answer` is reset by the worker before it posts `ask`, and set by the host only.
 * - A message is posted before `posted` is raised, and `posted` before `wake`: whoever sees the count can receive the message.
 * - A wake-up without a reason is harmless: both loops look again at what they wait for.
 * - The journal's word holds the length and the number of posted parts together, so that both always belong to the same moment.
 * - An answer that does not fit `answer` travels as a message `bytes`, posted before the word is set.
 */
export class SharedState {
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array;
  /** The input of a call. */
  readonly input: Uint8Array;
  /** The answer of a backend. */
  readonly answer: Uint8Array;
  readonly journal: Uint8Array;
  readonly journalView: DataView;

  constructor(buffer = new SharedArrayBuffer(wordBytes + journalBytes + answerBytes + maxInputBytes)) {
    this.buffer = buffer;
    this.words = new Int32Array(buffer, 0, wordBytes / 4);
    this.journal = new Uint8Array(buffer, wordBytes, journalBytes);
    this.journalView = new DataView(buffer, wordBytes, journalBytes);
    this.answer = new Uint8Array(buffer, wordBytes + journalBytes, answerBytes);
    this.input = new Uint8Array(buffer, wordBytes + journalBytes + answerBytes, maxInputBytes);
  }

  get(word: number): number {
    return Atomics.load(this.words, word);
  }

  set(word: number, value: number): void {
    Atomics.store(this.words, word, value);
  }

  /** Wakes the worker, whatever it waits for. */
  wake(): void {
    Atomics.add(this.words, words.wake, 1);
    Atomics.notify(this.words, words.wake);
  }
}
