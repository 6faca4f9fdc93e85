/** Writes down what a guest does in one entry, within the limits of what is kept. */
import {
  maxBackendBytes,
  maxBackendRecords,
  maxGrowEvents,
  maxLogBytes,
  maxLogLines,
  maxStreamBytes,
} from '../shared/abi.ts';
import type { BackendCallEnd } from '../../../core/difc/record/guardCall.ts';
import { answerFlags, backendEnds, type JournalWriter } from '../shared/journal.ts';
import type { GuestMemory } from './memory.ts';
import { type SharedState, words } from '../shared/workerContract.ts';

/** The record of one entry; `begin` starts the next. Times are ms since then. */
export class EntryJournal {
  readonly #shared: SharedState;
  readonly #writer: JournalWriter;
  readonly #memory: GuestMemory;
  #startedAt = 0;
  #attempt = 0;
  #logLines = 0;
  #logBytes = 0;
  #logDropped = 0;
  #streamBytes = { stdout: 0, stderr: 0 };
  #backendCalls = 0;
  #backendBytes = 0;
  #grows = 0;
  #memoryBytes = -1;

  constructor(shared: SharedState, writer: JournalWriter, memory: GuestMemory) {
    this.#shared = shared;
    this.#writer = writer;
    this.#memory = memory;
  }

  begin(): void {
    this.#startedAt = performance.now();
    this.#attempt = -1;
    this.#logLines = 0;
    this.#logBytes = 0;
    this.#logDropped = 0;
    this.#streamBytes = { stdout: 0, stderr: 0 };
    this.#backendCalls = 0;
    this.#backendBytes = 0;
    this.#grows = 0;
    this.#shared.set(words.logDropped, 0);
    this.#writer.begin();
    this.#memoryBytes = this.#memory.exists ? this.#memory.size : -1;
    this.#shared.set(words.memory, this.#memoryBytes);
  }

  /** Milliseconds since `begin`. */
  now(): number {
    return performance.now() - this.#startedAt;
  }

  /** Linear memory as last seen; -1 for none. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** Looks at the size of the memory, and notes who made it grow since the last look. */
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

  attempt(bufferSize: number): void {
    this.#attempt++;
    this.#writer.add('attempt', this.now(), bufferSize);
  }

  returned(code: number, hint: number): void {
    this.#writer.add('returned', this.now(), code, hint);
  }

  output(bytes: Uint8Array): void {
    this.#writer.add('output', this.now(), 0, 0, 0, bytes);
  }

  /** Whether a line of `length` bytes is still kept. */
  wantsLog(length: number): boolean {
    return this.#logLines < maxLogLines && this.#logBytes + length <= maxLogBytes;
  }

  /** Counts a line that is not kept. */
  dropLog(): void {
    this.#logDropped++;
    this.#shared.set(words.logDropped, this.#logDropped);
  }

  log(level: number, message: Uint8Array): void {
    this.#logLines++;
    this.#logBytes += message.length;
    this.#writer.add('log', this.now(), level, Math.max(this.#attempt, 0), 0, message);
  }

  /** Keeps what fits of a write to standard output or error. The first byte over the limit is kept as a sign that there was more. */
  stream(name: 'stdout' | 'stderr', bytes: Uint8Array): void {
    const room = maxStreamBytes + 1 - this.#streamBytes[name];
    if (room <= 0 || bytes.length === 0) return;
    const kept = bytes.subarray(0, room);
    this.#streamBytes[name] += kept.length;
    this.#writer.add(name, this.now(), 0, 0, 0, kept);
  }

  /** Notes that a `call_backend` begins; whether it is listed, that is whether its end is to be noted too. */
  ask(capacity: number, tool: Uint8Array, args: Uint8Array): boolean {
    if (this.#backendCalls >= maxBackendRecords) return false;
    this.#backendCalls++;
    const keptTool = this.#kept(tool);
    const keptArgs = this.#kept(args);
    this.#writer.add('ask', this.now(), capacity, Math.max(this.#attempt, 0), keptTool.length, keptTool, keptArgs);
    return true;
  }

  answer(durationMs: number, code: number, end: BackendCallEnd, flags: number, text: Uint8Array): void {
    const kept = this.#kept(text);
    const keptFlags = kept === text ? flags : flags & answerFlags.reached;
    this.#writer.add('answer', durationMs, code, backendEnds.indexOf(end), keptFlags, kept);
  }

  /** The bytes, or none when the call has had its share. */
  #kept(bytes: Uint8Array): Uint8Array {
    if (this.#backendBytes + bytes.length > maxBackendBytes) return noBytes;
    this.#backendBytes += bytes.length;
    return bytes;
  }
}

const noBytes = new Uint8Array(0);
