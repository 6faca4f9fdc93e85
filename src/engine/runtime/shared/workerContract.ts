/** The contract between host and worker: the messages, and the shared memory with the words that both read and write. */
import type { CassetteData } from '../../../core/trace/model/cassette.ts';
import type { OffsetMap } from '../../../core/wasm/adapt/offsetMap.ts';
import { logTailBytes, maxInputBytes } from './abi.ts';
import type { FrameAddress } from './guestError.ts';
import type { ModuleFacts, ModuleCopy } from './moduleFacts.ts';
import type { WasmModule } from './webAssembly.ts';

/** Messages of the host. The worker sleeps on `words.wake`, so each post is followed by `SharedState.wake`. */
export type HostMessage =
  | {
      readonly kind: 'prepare';
      readonly bytes: Uint8Array;
      readonly options?: ModuleCopy;
      /** Whether the answer has the copy of the module, to be kept. */
      readonly keeps?: boolean;
    }
  /** The guard that a spare thread warms up with. */
  | { readonly kind: 'warm'; readonly bytes: Uint8Array }
  | { readonly kind: 'instantiate'; readonly module: WasmModule; readonly facts: ModuleFacts; readonly name: string }
  /** A JSON string when an answer is nested some thousand levels deep, because posting such a value fails. */
  | { readonly kind: 'cassette'; readonly data: CassetteData | string }
  /** The answer of a look-up when it is too long for the shared memory. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** The export that the next call enters, when it is not one of `labelFunctions`. */
  | { readonly kind: 'function'; readonly name: string }
  /** A request to the session of the thread; `engine/sessionWorker` knows its form. */
  | { readonly kind: 'session'; readonly request: unknown };

/** Messages of the worker. */
export type WorkerMessage =
  | {
      readonly kind: 'prepared';
      readonly module: WasmModule;
      readonly facts: ModuleFacts;
      readonly frames: readonly string[];
      readonly offsets: OffsetMap;
      /** The module that was compiled, when the host keeps it. */
      readonly copy?: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: 'refused'; readonly error: string; readonly panic: string | null }
  /** A part of the journal, posted when the shared memory is full. */
  | { readonly kind: 'journal'; readonly bytes: Uint8Array }
  /** `args` is a JSON string, because posting a value fails when it is nested some thousand levels deep, which the gateway allows. */
  | { readonly kind: 'ask'; readonly server: string; readonly tool: string; readonly args: string }
  | { readonly kind: 'done'; readonly end: EntryEnd }
  /** A report of the session of the thread; `engine/sessionWorker` knows its form. */
  | { readonly kind: 'session'; readonly report: unknown };

/** How an entry into the guest (instantiation or call) ended. */
export interface EntryEnd {
  readonly failure: {
    readonly text: string;
    readonly frames: readonly FrameAddress[] | null;
    readonly closedAt: readonly FrameAddress[] | null;
    readonly isTrap: boolean;
  } | null;
  /** Memory in bytes on entry; -1 for a module without memory. */
  readonly memoryBefore: number;
  readonly memoryAfter: number;
  readonly durationMs: number;
}

/** Indexes of the 32-bit words in the shared memory. */
export const words = {
  /** Incremented by the host after every request; the worker sleeps on it. */
  wake: 0,
  /** Number of messages that the host has posted. */
  posted: 1,
  /** 1 when the host requests a call; the worker resets it. */
  call: 2,
  /** The export that the call enters: an index in `labelFunctions`, or their count for the export named by a message. */
  function: 3,
  /** Length of the call's input in bytes. An input over the gateway's limit is not written; only its length is. */
  inputLength: 4,
  /** One of `backends`. */
  backend: 5,
  /** Index of the agent call whose recorded answers the cassette gives. */
  cassetteCall: 6,
  /** One of `contexts`: whether the deadline has passed or the caller has cancelled the call. */
  context: 7,
  /** One of `answers`. */
  answer: 8,
  /** Length of the answer in bytes. */
  answerLength: 9,
  /** Last known size of the linear memory in bytes; -1 without a memory. */
  memory: 10,
  /** One of `phases`. */
  phase: 11,
  /** Length of the journal in bytes (low 20 bits) and number of posted parts (high bits), in one word so that they always agree. */
  journal: 12,
  /** Which half of the log's tail is written. */
  tailHalf: 13,
  /** Length in bytes of the first half of the log's tail; the next word has that of the second half. */
  tailLength: 14,
  /** The number of the session's running guard call, from 1; 0 between two calls. */
  liveCall: 16,
  /** 1 when the host has cancelled the session. */
  cancel: 17,
  /** Kibibytes of records that the host has taken. */
  taken: 18,
  /** The number of the guard that runs or ran the session's latest guard call, in the order in which the guards were loaded. */
  liveGuard: 19,
  /** Bytes of the first output buffer of a call that a check makes; 0: as in the gateway. */
  outputBytes: 20,
  /** How many of the bytes behind an output buffer the guest changed, in the call of a check. */
  strayBytes: 21,
  /** Number of `dealloc`s of the call that failed. */
  failedFrees: 22,
} as const;

/** Values of `words.backend`. */
export const backends = { none: 0, host: 1, cassette: 2, loading: 3 } as const;

/** Values of `words.context`: as in Go, a context is live, past its deadline, or cancelled. */
export const contexts = { live: 0, deadline: 1, canceled: 2 } as const;

/**
 * Whether a value of `words.context` is that of a live context. The worker of a session stores the negative number of its guard call, so
 * that the host ends the context of this call only, although the worker may have gone on to the next one.
 */
export function isLive(context: number): boolean {
  return context <= contexts.live;
}

/** Values of `words.answer`. */
export const answers = { none: 0, result: 1, error: 2, deadline: 3 } as const;

/** Values of `words.phase`: what the guest is doing. The error of a stopped call depends on it. */
export const phases = { idle: 0, allocInput: 1, allocOutput: 2, label: 3, dealloc: 4, start: 5 } as const;

/** The exports that the gateway calls, in the order of `words.function`. */
export const labelFunctions: readonly string[] = ['label_agent', 'label_resource', 'label_response'];

const wordBytes = 128;
/** Behind the 32-bit words, at a multiple of 8. */
const timesAt = 96;
const answerBytes = 256 * 1024;
/** Less than 2^20, so that a length fits into the low bits of `words.journal`. */
const journalBytes = 1024 * 1024 - 64;

/** Number of low bits in `words.journal` that hold the length. */
export const journalLengthBits = 20;

/**
 * The shared memory of one worker, as both threads use it. Untouched pages cost no memory.
 *
 * The worker's event loop never runs: the worker sleeps in `Atomics.wait` on `words.wake` and reads its port by hand. So the host
 * first writes what it wants, then announces it, and increments `words.wake` last:
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
 *                                                            writes the journal and `memory` while the guest runs
 *     `done` <------------------------------- message ----   phase := idle, posts `done`, sleeps
 *     reads the journal and `memory`
 *
 *     deadline or abort, at any moment while the call runs:
 *     context := deadline or canceled,
 *     answer := deadline, wake += 1, notify ------------->   a sleeping `call_backend` wakes and returns -1; the guest then stops
 *                                                            at its next loop header or return (wazero spec 6.4)
 *     no `done` within `graceMs`: terminates the thread;
 *     the journal and `phase` stay readable
 *
 * Rules that prevent races:
 * - Each word has one writer at a time. `call`, `context` and the input belong to the host (the worker only resets `call`); `phase`,
 *   `memory` and the journal belong to the worker; `answer` is reset by the worker before it posts `ask` and then set by the host.
 * - The host posts a message before it increments `posted`, and `posted` before `wake`. So a worker that sees the count can receive
 *   the message.
 * - A wake-up without a reason is harmless: both waiting loops check their condition again.
 * - The journal's word holds the length and the number of posted parts, so that both belong to the same moment.
 * - An answer that does not fit into `answer` travels as a message `bytes`, posted before the word is set.
 */
export class SharedState {
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array;
  /** The input of a call. */
  readonly input: Uint8Array;
  /** The answer of a look-up. */
  readonly answer: Uint8Array;
  /** See `JournalWriter`. */
  readonly journal: Uint8Array;
  readonly journalView: DataView;
  /** See `LogTailWriter`. */
  readonly tailBytes: Uint8Array;
  readonly tailView: DataView;
  /** Of the session's running guard call: when it began (`performance.timeOrigin` plus `now`), and its deadline, both in ms. */
  readonly times: Float64Array;

  constructor(buffer = new SharedArrayBuffer(wordBytes + journalBytes + answerBytes + maxInputBytes + logTailBytes)) {
    this.buffer = buffer;
    this.words = new Int32Array(buffer, 0, wordBytes / 4);
    this.journal = new Uint8Array(buffer, wordBytes, journalBytes);
    this.journalView = new DataView(buffer, wordBytes, journalBytes);
    this.answer = new Uint8Array(buffer, wordBytes + journalBytes, answerBytes);
    this.input = new Uint8Array(buffer, wordBytes + journalBytes + answerBytes, maxInputBytes);
    this.times = new Float64Array(buffer, timesAt, 2);
    const tailAt = buffer.byteLength - logTailBytes;
    this.tailBytes = new Uint8Array(buffer, tailAt, logTailBytes);
    this.tailView = new DataView(buffer, tailAt, logTailBytes);
  }

  get(word: number): number {
    return Atomics.load(this.words, word);
  }

  set(word: number, value: number): void {
    Atomics.store(this.words, word, value);
  }

  /** Wakes the worker. */
  wake(): void {
    Atomics.add(this.words, words.wake, 1);
    Atomics.notify(this.words, words.wake);
  }
}
