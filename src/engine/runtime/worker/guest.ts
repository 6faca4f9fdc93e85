/** A guest that can be entered: one exported function at a time, with wazero's rules for contexts, exits and traps (wazero spec 6). */
import { trapTexts } from '../../../core/wasm/adapt/instrument.ts';
import { canceledExit, deadlineExit, GuestError, exitError } from '../shared/guestError.ts';
import type { ModuleFacts } from '../shared/moduleFacts.ts';
import type { EntryJournal } from './entryJournal.ts';
import { guestErrorOf, trapSiteOf } from './traps.ts';
import { fromGuest, toGuest } from './slotValues.ts';
import type { WasmFunction, WasmGlobal, WasmInstance } from '../shared/webAssembly.ts';
import { type SharedState, contexts, words } from '../shared/workerContract.ts';

/** Whether a call ends when its context does; the gateway's `dealloc` calls do not (gateway spec 1.5). */
export type Cancellable = 'cancellable' | 'uncancellable';

/** One instance's functions and whether it was closed. Closed for good does not mean silent: its code still runs. */
export class Guest {
  readonly #shared: SharedState;
  readonly #journal: EntryJournal;
  readonly #facts: ModuleFacts;
  readonly #onClose: () => void;
  #instance: WasmInstance | null = null;
  #exitCode: number | null = null;

  /** `onClose` gives back what the module's system holds, once. */
  constructor(shared: SharedState, journal: EntryJournal, facts: ModuleFacts, onClose: () => void) {
    this.#shared = shared;
    this.#journal = journal;
    this.#facts = facts;
    this.#onClose = onClose;
  }

  attach(instance: WasmInstance): void {
    this.#instance = instance;
  }

  /** Closes the guest; the first exit code stays. */
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
   * Calls an exported function with raw i32 values; the result's low 32 bits as signed i32, or null when there is none.
   * Throws `GuestError`.
   */
  invoke(name: string, args: readonly number[], cancellable: Cancellable = 'cancellable'): number | null {
    const signature = this.#facts.functions.get(name);
    if (signature === undefined) throw new GuestError(`function ${name} not exported from WASM module`);
    const values = toGuest(signature, args);
    if (cancellable === 'cancellable' && this.#contextEnded()) throw exitError(this.#exitCode ?? 0);
    let result: ReturnType<WasmFunction>;
    try {
      result = this.#enter(name, values);
    } finally {
      this.#journal.watchMemory('guest');
      if (cancellable === 'cancellable') this.#contextEnded();
    }
    if (this.#exitCode !== null) throw exitError(this.#exitCode);
    return fromGuest(signature.results, result);
  }

  /** Runs the start function; the module exports it under a private name, which its facts do not list. */
  start(name: string): void {
    if (this.#contextEnded()) throw exitError(this.#exitCode ?? 0);
    this.#enter(name, []);
    this.#contextEnded();
    if (this.#exitCode !== null) throw exitError(this.#exitCode);
  }

  /** To be called in a host function after it waited: a guest whose context has ended stops at the next loop header. */
  closeIfContextEnded(): void {
    this.#contextEnded();
  }

  #enter(name: string, values: Parameters<WasmFunction>): ReturnType<WasmFunction> {
    const entry = this.#instance?.exports[name];
    if (typeof entry !== 'function') throw new GuestError(`function ${name} not exported from WASM module`);
    try {
      return entry(...values);
    } catch (thrown) {
      if (trapSiteOf(thrown, this.#facts) === trapTexts.closed) throw exitError(this.#exitCode ?? 0);
      throw guestErrorOf(thrown, this.#facts);
    }
  }

  /** The flag that the loop headers of the guest test; null when it has none. */
  #closedFlag(): WasmGlobal | null {
    const { closedFlag } = this.#facts;
    if (closedFlag === null) return null;
    const flag = this.#instance?.exports[closedFlag];
    return typeof flag === 'object' && 'value' in flag ? flag : null;
  }

  /** Whether the call's context has ended; if so, the guest is closed from now on (wazero spec 6.4). */
  #contextEnded(): boolean {
    const context = this.#shared.get(words.context);
    if (context === contexts.live) return false;
    this.close(context === contexts.deadline ? deadlineExit : canceledExit);
    return true;
  }
}
