/** Enters exported functions of a guest by wazero's rules for contexts, exits and traps (wazero spec 6). */
import { trapTexts } from '../../../core/wasm/adapt/instrument.ts';
import { canceledExit, deadlineExit, type FrameAddress, GuestError, exitError } from '../shared/guestError.ts';
import type { ModuleFacts } from '../shared/moduleFacts.ts';
import type { EntryJournal } from './entryJournal.ts';
import { guestErrorOf, guestFramesHere, trapSiteOf } from './traps.ts';
import { fromGuest, toGuest } from './slotValues.ts';
import type { WasmFunction, WasmGlobal, WasmInstance } from '../shared/webAssembly.ts';
import { type SharedState, contexts, isLive, words } from '../shared/workerContract.ts';

/** Whether the end of the context ends a call. It does not end the gateway's `dealloc` calls (gateway spec 1.5). */
export type Cancellable = 'cancellable' | 'uncancellable';

/** How a guest was closed; null while it is open. */
export type ClosedGuest = { readonly exitCode: number; readonly closedAt: readonly FrameAddress[] | null } | null;

/**
 * The exported functions of one instance, and whether it was closed. After proc_exit or the end of the context, guest code may still
 * run until its next loop header or return.
 */
export class Guest {
  readonly #shared: SharedState;
  readonly #journal: EntryJournal;
  readonly #facts: ModuleFacts;
  readonly #onClose: () => void;
  #instance: WasmInstance | null = null;
  readonly #functions = new Map<string, WasmFunction>();
  #exitCode: number | null = null;
  /** Where the guest was when its deadline passed, for a guest that is closed in one of its host functions. */
  #closedAt: readonly FrameAddress[] | null = null;

  /** `onClose` is called once, when the guest is closed. */
  constructor(shared: SharedState, journal: EntryJournal, facts: ModuleFacts, onClose: () => void) {
    this.#shared = shared;
    this.#journal = journal;
    this.#facts = facts;
    this.#onClose = onClose;
  }

  attach(instance: WasmInstance): void {
    this.#instance = instance;
  }

  /** Whether and how the guest was closed. */
  get closed(): ClosedGuest {
    return this.#exitCode === null ? null : { exitCode: this.#exitCode, closedAt: this.#closedAt };
  }

  /** Makes a guest as closed as another instance of it was, without closing the system. */
  restore(closed: ClosedGuest): void {
    this.#exitCode = closed?.exitCode ?? null;
    this.#closedAt = closed?.closedAt ?? null;
    const flag = this.#closedFlag();
    if (flag !== null) flag.value = closed === null ? 0 : 1;
  }

  /** Closes the guest. Closing it again does not change its exit code. */
  close(exitCode: number): void {
    if (this.#exitCode !== null) return;
    this.#exitCode = exitCode;
    const flag = this.#closedFlag();
    if (flag !== null) flag.value = 1;
    this.#onClose();
  }

  /** Whether the module exports a function of that name. */
  has(name: string): boolean {
    return this.#facts.functions.has(name);
  }

  /**
   * Calls an exported function with raw i32 values. Returns the low 32 bits of the result as signed i32, or null when the function has
   * no result. Throws `GuestError`.
   */
  invoke(name: string, args: readonly number[], cancellable: Cancellable = 'cancellable'): number | null {
    const signature = this.#facts.functions.get(name);
    if (signature === undefined) throw new GuestError(`function ${name} not exported from WASM module`);
    const values = toGuest(signature, args);
    if (cancellable === 'cancellable' && this.#contextEnded()) throw this.#exit();
    let result: ReturnType<WasmFunction>;
    try {
      result = this.#enter(name, values);
    } finally {
      this.#journal.watchMemory('guest');
      if (cancellable === 'cancellable') this.#contextEnded();
    }
    if (this.#exitCode !== null) throw this.#exit();
    return fromGuest(signature.results, result);
  }

  /** Runs the start function. It is exported under a private name, which `facts.functions` does not list. */
  start(name: string): void {
    if (this.#contextEnded()) throw this.#exit();
    this.#enter(name, []);
    this.#contextEnded();
    if (this.#exitCode !== null) throw this.#exit();
  }

  /** Closes the guest when its context has ended, so that it stops at its next loop header; for host functions that have waited. */
  closeIfContextEnded(): void {
    this.#contextEnded();
  }

  #enter(name: string, values: Parameters<WasmFunction>): ReturnType<WasmFunction> {
    const entry = this.#functions.get(name) ?? this.#lookUp(name);
    if (typeof entry !== 'function') throw new GuestError(`function ${name} not exported from WASM module`);
    try {
      return entry(...values);
    } catch (thrown) {
      if (trapSiteOf(thrown, this.#facts) === trapTexts.closed) throw this.#exit();
      throw guestErrorOf(thrown, this.#facts);
    }
  }

  /** The exported function, remembered, because the object of the exports is slow to ask. */
  #lookUp(name: string): WasmFunction | null {
    const entry = this.#instance?.exports[name];
    if (typeof entry !== 'function') return null;
    this.#functions.set(name, entry);
    return entry;
  }

  /** Limits the rounds of all loops from now on; a call that needs more traps. Without effect on a module whose rounds are not counted. */
  limitRounds(rounds: number): void {
    const counter = this.#global(this.#facts.rounds);
    if (counter !== null) counter.value = rounds;
  }

  /** The flag that the guest's loop headers test; null when the module has none. */
  #closedFlag(): WasmGlobal | null {
    return this.#global(this.#facts.closedFlag);
  }

  #global(name: string | null): WasmGlobal | null {
    const global = name === null ? undefined : this.#instance?.exports[name];
    return typeof global === 'object' && 'value' in global ? global : null;
  }

  /** Whether the call's context has ended; if so, the guest is closed (wazero spec 6.4). */
  #contextEnded(): boolean {
    const context = this.#shared.get(words.context);
    if (isLive(context)) return false;
    if (context === contexts.deadline && this.#exitCode === null) this.#closedAt = guestFramesHere();
    this.close(context === contexts.deadline ? deadlineExit : canceledExit);
    return true;
  }

  #exit(): GuestError {
    return exitError(this.#exitCode ?? 0, this.#closedAt);
  }
}
