/** Records what a guest does in one entry, up to the limits of abi.ts. */
import {
  keptLogLines,
  maxBackendBytes,
  maxBackendRecords,
  maxGrowEvents,
  maxLogBytes,
  maxStreamBytes,
} from '../shared/abi.ts';
import type { BackendCallEnd } from '../../../core/difc/record/guardCall.ts';
import { answerFlags, backendEnds, type JournalWriter } from '../shared/journal.ts';
import { LogTailWriter } from '../shared/logTail.ts';
import type { GuestMemory } from './memory.ts';
import { type SharedState, words } from '../shared/workerContract.ts';

/**
 * The journal of the current entry; `begin` starts the next one. Times are milliseconds since `begin`. Journal entries whose time is not in
 * the record have none, because reading the clock is a large part of their cost.
 */
export class EntryJournal {
  readonly #shared: SharedState;
  readonly #writer: JournalWriter;
  readonly #memory: GuestMemory;
  readonly #tail: LogTailWriter;
  readonly #takeOutput: ((bytes: Uint8Array) => void) | null;
  #startedAt = 0;
  #attempt = 0;
  #logLines = 0;
  #logBytes = 0;
  #logIsFull = false;
  #streamBytes = { stdout: 0, stderr: 0 };
  #backendCalls = 0;
  #backendBytes = 0;
  #grows = 0;
  #memoryBytes = -1;

  /** `takeOutput` gets the guard's output in place of the journal, as a view that is valid during the call. */
  constructor(
    shared: SharedState,
    writer: JournalWriter,
    memory: GuestMemory,
    takeOutput: ((bytes: Uint8Array) => void) | null = null,
  ) {
    this.#takeOutput = takeOutput;
    this.#shared = shared;
    this.#writer = writer;
    this.#memory = memory;
    this.#tail = new LogTailWriter(shared);
  }

  /** Starts the journal of the next entry. */
  begin(): void {
    this.#startedAt = performance.now();
    this.#attempt = -1;
    this.#logLines = 0;
    this.#logBytes = 0;
    this.#logIsFull = false;
    this.#streamBytes = { stdout: 0, stderr: 0 };
    this.#backendCalls = 0;
    this.#backendBytes = 0;
    this.#grows = 0;
    this.#tail.begin();
    this.#writer.begin();
    this.#memoryBytes = this.#memory.exists ? this.#memory.size : -1;
    this.#shared.set(words.memory, this.#memoryBytes);
  }

  /** Milliseconds since `begin`. */
  now(): number {
    return performance.now() - this.#startedAt;
  }

  /** Last known size of the linear memory in bytes; -1 without a memory. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** Compares the size of the memory with the last known one and records a growth with who caused it. */
  watchMemory(by: 'host' | 'guest'): void {
    if (!this.#memory.exists) return;
    const size = this.#memory.size;
    if (size === this.#memoryBytes) return;
    if (this.#memoryBytes >= 0 && this.#grows < maxGrowEvents) {
      this.#writer.add('grow', this.now(), this.#memoryBytes, size, by === 'host' ? 0 : 1);
      this.#grows++;
    }
    this.#memoryBytes = size;
    this.#shared.set(words.memory, size);
  }

  /** Records that an attempt begins. */
  attempt(bufferSize: number): void {
    this.#attempt++;
    this.#writer.add('attempt', 0, bufferSize);
  }

  /** Records that the export returned. */
  returned(code: number, hint: number): void {
    this.#writer.add('returned', 0, code, hint);
  }

  /** Records the guard's output. */
  output(bytes: Uint8Array): void {
    if (this.#takeOutput === null) this.#writer.add('output', 0, 0, 0, 0, bytes);
    else this.#takeOutput(bytes);
  }

  /**
   * Records a log line, which lies in the guest's memory: one of the first, or one of the last. A guest deep in recursion may log at every
   * level, so lines over the limit must not allocate: each garbage collection scans the whole stack.
   */
  log(level: number, offset: number, length: number): void {
    const number = this.#logLines++;
    const attempt = Math.max(this.#attempt, 0);
    this.#logIsFull ||= number >= keptLogLines || this.#logBytes + length > maxLogBytes;
    const message = this.#logIsFull ? null : this.#memory.read(offset, length);
    if (message === null) {
      this.#tail.add(level, attempt, number, this.now(), this.#memory, offset, length);
      return;
    }
    this.#logBytes += length;
    this.#writer.add('log', this.now(), level, attempt, 0, message);
  }

  /** Records a write to standard output or error up to the limit, and one byte more, by which the host sees that there was more. */
  stream(name: 'stdout' | 'stderr', bytes: Uint8Array): void {
    const room = maxStreamBytes + 1 - this.#streamBytes[name];
    if (room <= 0 || bytes.length === 0) return;
    const recorded = bytes.subarray(0, room);
    this.#streamBytes[name] += recorded.length;
    this.#writer.add(name, 0, 0, 0, 0, recorded);
  }

  /** Records that a look-up begins. False when there are too many; then its answer is not recorded either. */
  ask(capacity: number, tool: Uint8Array, args: Uint8Array): boolean {
    if (this.#backendCalls >= maxBackendRecords) return false;
    this.#backendCalls++;
    const name = this.#withinLimit(tool);
    const recordedArgs = this.#withinLimit(args);
    this.#writer.add('ask', this.now(), capacity, Math.max(this.#attempt, 0), name.length, name, recordedArgs);
    return true;
  }

  /** Records that the last look-up ended. */
  answer(durationMs: number, code: number, end: BackendCallEnd, flags: number, text: Uint8Array): void {
    const recorded = this.#withinLimit(text);
    const recordedFlags = recorded === text ? flags : flags & answerFlags.reached;
    this.#writer.add('answer', durationMs, code, backendEnds.indexOf(end), recordedFlags, recorded);
  }

  /** The bytes, or none when they exceed the limit for all look-ups of the call. */
  #withinLimit(bytes: Uint8Array): Uint8Array {
    if (this.#backendBytes + bytes.length > maxBackendBytes) return noBytes;
    this.#backendBytes += bytes.length;
    return bytes;
  }
}

const noBytes = new Uint8Array(0);
