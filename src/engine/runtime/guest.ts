/** A guest that can be entered: one exported function at a time, with wazero's rules for contexts, exits and traps (wazero spec 6). */
import { Script } from 'node:vm';
import { canceledExit, deadlineExit, ExitSignal, GuestError, exitError } from './guestError.ts';
import { closedRunMs } from './abi.ts';
import type { ModuleFacts } from './moduleFacts.ts';
import type { Recorder } from './recorder.ts';
import { guestErrorOf, guestPlace } from './traps.ts';
import { fromGuest, toGuest } from './values.ts';
import type { WasmFunction, WasmInstance } from './webAssembly.ts';
import { type SharedState, contexts, words } from './workerContract.ts';

/** Whether a call ends when its context does; the gateway's `dealloc` calls do not (gateway spec 1.5). */
export type Cancellable = 'cancellable' | 'uncancellable';

/** One instance's functions and whether it was closed. Closed for good does not mean silent: its code still runs. */
export class Guest {
  readonly #shared: SharedState;
  readonly #recorder: Recorder;
  readonly #facts: ModuleFacts;
  readonly #onClose: () => void;
  #instance: WasmInstance | null = null;
  #exitCode: number | null = null;
  /** While a closed guest runs: the places from which it called the host, and what was recorded before each. */
  #closedPlaces: Map<string, ReturnType<Recorder['mark']>> | null = null;

  /** `onClose` gives back what the module's system holds, once. */
  constructor(shared: SharedState, recorder: Recorder, facts: ModuleFacts, onClose: () => void) {
    this.#shared = shared;
    this.#recorder = recorder;
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
      this.#recorder.watchMemory('guest');
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

  /**
   * To be called first in a host function that a closed guest may reach. A closed guest is stopped at the first loop it enters
   * (wazero spec 6.3). V8 does not tell about loops, but whoever calls the host twice from the same place has gone round one:
   * then what it did since the first time is taken back, and it is stopped.
   */
  passHost(): void {
    if (this.#closedPlaces === null || this.#exitCode === null) return;
    const place = guestPlace();
    const before = this.#closedPlaces.get(place);
    if (before === undefined) {
      this.#closedPlaces.set(place, this.#recorder.mark());
      return;
    }
    this.#recorder.rewind(before);
    throw new ExitSignal(this.#exitCode);
  }

  #enter(name: string, values: Parameters<WasmFunction>): ReturnType<WasmFunction> {
    const entry = this.#instance?.exports[name];
    if (typeof entry !== 'function') throw new GuestError(`function ${name} not exported from WASM module`);
    const run = (): ReturnType<WasmFunction> => entry(...values);
    try {
      return this.#exitCode === null ? run() : this.#runClosed(run, this.#exitCode);
    } catch (thrown) {
      throw guestErrorOf(thrown, this.#facts);
    }
  }

  /** A loop that calls no host function is stopped by V8 after a while; unlike a worker, the instance survives that. */
  #runClosed<T>(run: () => T, exitCode: number): T {
    this.#closedPlaces = new Map();
    closedRun.current = run;
    try {
      return closedScript().runInThisContext({ timeout: closedRunMs }) as T;
    } catch (thrown) {
      if (isTimeout(thrown)) throw new ExitSignal(exitCode);
      throw thrown;
    } finally {
      this.#closedPlaces = null;
      closedRun.current = null;
    }
  }

  /** Whether the call's context has ended; if so, the guest is closed from now on (wazero spec 6.4). */
  #contextEnded(): boolean {
    const context = this.#shared.get(words.context);
    if (context === contexts.live) return false;
    this.close(context === contexts.deadline ? deadlineExit : canceledExit);
    return true;
  }
}

/** What the script below runs: `vm` takes only source text, so the function stands in a global. */
const closedRun: { current: (() => unknown) | null } = { current: null };
const closedRunName = 'guardscopeClosedRun';
let script: Script | null = null;

function closedScript(): Script {
  if (script !== null) return script;
  Object.defineProperty(globalThis, closedRunName, { value: closedRun });
  script = new Script(`${closedRunName}.current()`);
  return script;
}

function isTimeout(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
