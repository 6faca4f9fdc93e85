/** What the guards of one session share in its thread: the shared memory, the journal, the look-ups, and the number of the running call. */
import { maxInputBytes } from '../../runtime/shared/abi.ts';
import type { EntryOutcome } from '../../runtime/shared/guardCallRecord.ts';
import { JournalWriter } from '../../runtime/shared/journal.ts';
import { type JournalContent, readJournalContent } from '../../runtime/shared/journalContent.ts';
import { contexts, type EntryEnd, type SharedState, words } from '../../runtime/shared/workerContract.ts';
import type { CallInput } from '../../runtime/worker/buffers.ts';
import type { FrameAddress } from '../../runtime/shared/guestError.ts';
import type { InterruptedCall } from '../shared/sessionContract.ts';
import { type LookupSource, ThreadLookups } from './threadLookups.ts';

/** How a call into a guest of this thread ended, and what it did. */
export interface ThreadEntry {
  readonly outcome: EntryOutcome;
  readonly content: JournalContent;
  /** For an entry that did not return, measured by the host. */
  readonly elapsedMs: number;
}

/** Observes the calls into guests, for the host that ends them. */
export interface EntryWatch {
  /** A call begins. Its number counts all calls of the thread from 1. */
  begin(call: number, deadlineMs: number | undefined): void;
  end(): void;
  /** A part of the journal of the running call. */
  journal(call: number, part: Uint8Array): void;
}

/** The thread as its guards use it. Guard calls do not overlap. */
export class GuardThread {
  readonly shared: SharedState;
  readonly writer: JournalWriter;
  readonly lookups: ThreadLookups;
  readonly #watch: EntryWatch;
  #interrupted: ReadonlyMap<number, InterruptedCall> = new Map();
  /** Up to this call, the deadlines are those of a thread before this one: what returned there is not stopped here. */
  #lastInterrupted = 0;
  #parts: Uint8Array[] = [];
  #calls = 0;
  #guards = 0;
  #input = Buffer.alloc(0);

  /** `interrupted`: calls in which threads before this one were stopped; they are not entered. */
  constructor(shared: SharedState, watch: EntryWatch, interrupted: readonly InterruptedCall[] = []) {
    this.shared = shared;
    this.#watch = watch;
    this.countFromOne(interrupted);
    this.lookups = new ThreadLookups(shared);
    this.writer = new JournalWriter(shared, (part) => {
      this.#parts.push(part);
      watch.journal(this.#calls, part);
    });
  }

  /** Begins a run: the number of its first call is 1. `interrupted`: as for the constructor. */
  countFromOne(interrupted: readonly InterruptedCall[]): void {
    this.#calls = 0;
    this.#interrupted = new Map(interrupted.map((call) => [call.number, call]));
    this.#lastInterrupted = Math.max(0, ...this.#interrupted.keys());
  }

  /** Registers a guard; guards are numbered in the order in which they are loaded. */
  register(): { readonly guard: number; readonly isProbed: boolean } {
    const guard = this.#guards++;
    return { guard, isProbed: [...this.#interrupted.values()].some((call) => call.guard === guard && isOpen(call)) };
  }

  /** Runs one entry into the guest of a guard. `probe` finds the frames of a call that is interrupted. */
  enter(
    guard: number,
    source: LookupSource,
    deadlineMs: number | undefined,
    run: () => EntryEnd,
    probe?: () => readonly FrameAddress[] | null,
  ): ThreadEntry {
    const { shared } = this;
    const call = ++this.#calls;
    const interrupted = this.#interrupted.get(call);
    shared.set(words.liveGuard, guard);
    if (interrupted !== undefined) {
      const { outcome } = interrupted;
      const frames = probe !== undefined && isOpen(interrupted) ? this.#probe(call, source, probe) : null;
      shared.set(words.phase, interrupted.phase);
      return { ...interrupted, outcome: outcome.kind === 'stopped' ? { ...outcome, frames } : outcome };
    }
    this.#parts = [];
    this.lookups.use(source);
    const limit = call < this.#lastInterrupted && deadlineMs !== 0 ? undefined : deadlineMs;
    shared.set(words.context, limit !== undefined && limit <= 0 ? contexts.deadline : -call);
    this.#watch.begin(call, limit);
    if (shared.get(words.cancel) === 1) shared.set(words.context, contexts.canceled);
    const end = run();
    this.#watch.end();
    return { outcome: { kind: 'returned', end }, content: readJournalContent(shared, this.#parts), elapsedMs: 0 };
  }

  /** Runs the interrupted call as far as it takes to see where it was. The host stops a thread that overruns once more. */
  #probe(
    call: number,
    source: LookupSource,
    probe: () => readonly FrameAddress[] | null,
  ): readonly FrameAddress[] | null {
    this.lookups.use(source);
    this.shared.set(words.context, -call);
    this.#watch.begin(call, probeMs);
    const frames = probe();
    this.#watch.end();
    this.#parts = [];
    return frames;
  }

  /** The bytes of an input, valid until the next call. Of an input over the gateway's limit only the length is given. */
  encode(input: string | Uint8Array): CallInput {
    if (typeof input !== 'string') return { length: input.length, bytes: input };
    const fits = input.length * 3 <= this.#input.length;
    const length = fits ? 0 : Buffer.byteLength(input);
    if (length > maxInputBytes) return { length, bytes: this.#input.subarray(0, 0) };
    if (length > this.#input.length) this.#input = Buffer.alloc(Math.max(length, 2 * this.#input.length));
    const written = this.#input.write(input, 'utf8');
    return { length: written, bytes: this.#input.subarray(0, written) };
  }
}

/** Milliseconds for finding out where an interrupted call was. */
const probeMs = 2_000;

/** Whether the function that an interrupted call was in is still looked for. */
function isOpen({ isProbed, outcome }: InterruptedCall): boolean {
  return isProbed !== true && outcome.kind === 'stopped' && outcome.context === 'deadline';
}
