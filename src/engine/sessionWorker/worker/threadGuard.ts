/** A guard in the thread of its session: a guard call is a function call, with the records, texts and poisoning of `WorkerGuard`. */
import type { GuardCallRecord, GuardFunction } from '../../../core/difc/record/guardCall.ts';
import { GuestStacks } from '../../runtime/shared/guestStacks.ts';
import { escapedGuestText, guestText } from '../../runtime/shared/guestText.ts';
import { failureOf, type Poison, poisonedRecord, recordOf } from '../../runtime/shared/guardCallRecord.ts';
import { instanceName, type LoadFailure, loadEnd, type LoadRecord } from '../../runtime/shared/loadRecord.ts';
import type { FrameAddress } from '../../runtime/shared/guestError.ts';
import type { ReadyModule } from '../../runtime/shared/moduleFacts.ts';
import { type EntryEnd, words } from '../../runtime/shared/workerContract.ts';
import { GuardInstance } from '../../runtime/worker/instance.ts';
import { prepareModule } from '../../runtime/worker/prepareModule.ts';
import { pageSize } from '../../../core/wasm/decode/memoryCap.ts';
import { trapTexts } from '../../../core/wasm/adapt/instrument.ts';
import type { ThreadModule } from '../shared/sessionContract.ts';
import type { GuardSnapshot, NoSnapshot } from '../snapshots/guardSnapshot.ts';
import { copyImage, type PageStore } from '../snapshots/pageStore.ts';
import type { GuardThread } from './guardThread.ts';
import type { LookupSource } from './threadLookups.ts';

/** A guard, or the gateway's full error. */
export type ThreadLoad =
  | { readonly ok: true; readonly guard: ThreadGuard; readonly record: LoadRecord }
  | ({ readonly ok: false; readonly record: LoadRecord } & LoadFailure);

/** What answers the look-ups of a guard call, and when the call has to end. */
export interface ThreadCallOptions {
  readonly lookups: LookupSource;
  /** Deadline in milliseconds from now; 0: already passed; absent: none. */
  readonly deadlineMs?: number;
}

/** One guard instance. Its memory and globals persist between calls. */
export class ThreadGuard {
  readonly name: string;
  readonly #thread: GuardThread;
  readonly #module: ThreadModule;
  readonly #deadlineMs: number | undefined;
  readonly #number: number;
  /** A copy that counts the rounds of loops, when a call of this guard was interrupted: it finds the function that the call was in. */
  #counted: ReadyModule | null;
  #instance: GuardInstance;
  #stacks: GuestStacks;
  #memoryBytes: number | null = null;
  /** Output of the current call, as `guestText` and `escapedGuestText` give it. */
  #output = '';
  #escapedOutput: string | null = null;
  #poison: Poison | null = null;

  private constructor(name: string, thread: GuardThread, module: ThreadModule, deadlineMs: number | undefined) {
    this.name = name;
    this.#thread = thread;
    this.#module = module;
    this.#deadlineMs = deadlineMs;
    const { guard, isProbed } = thread.register();
    this.#number = guard;
    this.#counted = isProbed ? countedCopy(module) : null;
    this.#stacks = this.#newStacks();
    this.#instance = this.#newInstance();
  }

  /** Instantiates a module and runs its start function. */
  static load(name: string, thread: GuardThread, module: ThreadModule, deadlineMs?: number): ThreadLoad {
    const guard = new ThreadGuard(name, thread, module, deadlineMs);
    const { record, failure } = guard.#start();
    return failure === null ? { ok: true, guard, record } : { ok: false, ...failure, record };
  }

  /** Instantiates the module anew: without memory of earlier calls, and healthy again. */
  restart(): void {
    // The copy is for calls before the interrupted one only: the guard itself decides.
    this.#counted = null;
    this.#stacks = this.#newStacks();
    this.#instance = this.#newInstance();
    const { failure } = this.#start();
    this.#poison = failure === null ? null : { error: failure.error, trace: failure.trace };
  }

  /**
   * Keeps the state of the guard between two calls. Needs a module with `exportsState`. `before`: the last snapshot of this guard, whose
   * unchanged pages are not copied again.
   */
  snapshot(pages: PageStore, before: GuardSnapshot | null): GuardSnapshot | NoSnapshot {
    const memoryBytes = this.#memoryBytes;
    if (this.#poison !== null) return { memoryBytes, poison: this.#poison, instance: null, memory: null };
    const read = this.#instance.read();
    if ('reason' in read) return read;
    const { memory, exported, system, closed } = read;
    const image = memory === null ? null : pages.keep(memory, before?.memory ?? null);
    return { memoryBytes, poison: null, instance: { exported, system, closed }, memory: image };
  }

  /** Continues from a snapshot of this guard, or of another one of the same module, on a new instance. */
  restore({ memoryBytes, poison, instance, memory }: GuardSnapshot): void {
    this.#stacks = this.#newStacks();
    this.#instance = this.#newInstance();
    this.#poison = poison;
    this.#memoryBytes = memoryBytes;
    if (instance === null) return;
    const copied =
      memory === null
        ? null
        : { bytes: memory.pages.length * pageSize, copyTo: (target: Uint8Array) => copyImage(memory, target) };
    this.#instance.continueFrom(this.#ready.module, { ...instance, memory: copied });
  }

  get #ready(): ReadyModule {
    return this.#counted ?? this.#module.ready;
  }

  #newStacks(): GuestStacks {
    return new GuestStacks(this.#module.bytes, this.#ready, this.#module.sourceMap);
  }

  #newInstance(): GuardInstance {
    const { shared, writer, lookups } = this.#thread;
    return new GuardInstance(
      { shared, writer, responder: lookups, takeOutput: (output) => this.#takeOutput(output) },
      this.#ready.facts,
    );
  }

  #start(): { readonly record: LoadRecord; readonly failure: LoadFailure | null } {
    const { shared } = this.#thread;
    const { facts, module: code } = this.#ready;
    const entry = this.#thread.enter(this.#number, { kind: 'loading' }, this.#deadlineMs, () => {
      return this.#instance.start(code, instanceName(this.name));
    });
    const failed = failureOf(entry.outcome, shared, this.#stacks, false);
    const memory = shared.get(words.memory);
    const end = loadEnd(entry, entry.content, failed, { memory, shapeError: facts.shapeError });
    this.#memoryBytes = end.record.memoryBytes;
    return end;
  }

  /** Whether calls still enter the guest. */
  get healthy(): boolean {
    return this.#poison === null;
  }

  /** Last known size of the linear memory in bytes; null without a memory. */
  get memoryBytes(): number | null {
    return this.#memoryBytes;
  }

  /** Calls an export with an input; a string is passed as UTF-8. Any export may be named; the gateway calls only `labelFunctions`. */
  call(fn: GuardFunction | (string & {}), input: string | Uint8Array, options: ThreadCallOptions): GuardCallRecord {
    const text = typeof input === 'string' ? input : guestText(input);
    const call = { function: fn as GuardFunction, input: text };
    if (this.#poison !== null) return poisonedRecord(call, this.name, this.#poison, this.#memoryBytes);
    const { shared } = this.#thread;
    const { lookups, deadlineMs } = options;
    const run = (): EntryEnd => this.#instance.callForRounds(fn, this.#thread.encode(input), allRounds);
    const probe = (): readonly FrameAddress[] | null => this.#framesOfHang(fn, input);
    const entry = this.#thread.enter(
      this.#number,
      lookups,
      deadlineMs,
      run,
      this.#counted === null ? undefined : probe,
    );
    const failure = failureOf(entry.outcome, shared, this.#stacks, false);
    if (failure?.isTrap === true) this.#poison = { error: failure.error, trace: failure.trace };
    const content = { ...entry.content, output: this.#output, escapedOutput: this.#escapedOutput };
    const record = recordOf(call, entry, content, failure, this.#memoryBytes);
    this.#output = '';
    this.#escapedOutput = null;
    this.#memoryBytes = record.memory?.after ?? null;
    return record;
  }

  /** Where a call that does not end is after many rounds of its loops; null when it ends before. */
  #framesOfHang(fn: string, input: string | Uint8Array): readonly FrameAddress[] | null {
    const { failure } = this.#instance.callForRounds(fn, this.#thread.encode(input), roundsOfHang);
    return failure?.text.endsWith(trapTexts.rounds) === true ? failure.frames : null;
  }

  #takeOutput(bytes: Uint8Array): void {
    this.#output = guestText(bytes);
    this.#escapedOutput = escapedGuestText(bytes, this.#output);
  }
}

/** 2^32 - 1: no call runs so many within its deadline, and only a copy counts them. */
const allRounds = -1;

/** Rounds after which a call that was interrupted is in the function that keeps it: a tenth of a second or less. */
const roundsOfHang = 30_000_000;

/** The module again, with counted rounds; null when the copy is refused, for example because it is too large for V8. */
function countedCopy({ bytes, ready }: ThreadModule): ReadyModule | null {
  const prepared = prepareModule(bytes, { countsRounds: true, exportsState: ready.facts.state !== null });
  return prepared.kind === 'prepared' ? prepared : null;
}
