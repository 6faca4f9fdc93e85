/** One guard instance in its worker: links the module, runs its start function, and runs the guard calls. */
import type { Lookups } from './lookupResponder.ts';
import { type CallInput, callExport } from './buffers.ts';
import { GuestError, HostPanic } from '../shared/guestError.ts';
import { type ClosedGuest, Guest } from './guest.ts';
import { type ExportedState, readState, writeState } from './exportedState.ts';
import { EnvFunctions } from './hostFunctions.ts';
import { GuestMemory, pagesFor } from './memory.ts';
import type { JournalWriter } from '../shared/journal.ts';
import type { ModuleFacts } from '../shared/moduleFacts.ts';
import { EntryJournal } from './entryJournal.ts';
import { GuestSystem, type SavedSystem } from './wasi/system.ts';
import { wasiFunctions, wasiModule } from './wasi/functions.ts';
import {
  type HostFunction,
  type WasmImports,
  type WasmInstance,
  type WasmMemory,
  type WasmModule,
  webAssembly,
} from '../shared/webAssembly.ts';
import { type EntryEnd, type SharedState, phases, words } from '../shared/workerContract.ts';

/** The parts of a worker that an instance uses. */
export interface WorkerParts {
  readonly shared: SharedState;
  readonly writer: JournalWriter;
  readonly responder: Lookups;
  /** Gets the output of a call in place of the journal; absent: the journal has it. */
  readonly takeOutput?: (bytes: Uint8Array) => void;
}

/** Everything that a later call of an instance depends on. */
export interface InstanceState {
  /** The linear memory; null without one. In a state that was just read it is a view, valid until the next call. */
  readonly memory: Uint8Array | null;
  readonly exported: ExportedState;
  readonly system: SavedSystem;
  readonly closed: ClosedGuest;
}

/** A linear memory to continue with; null without one. */
interface MemoryParts {
  readonly memory: { readonly bytes: number; copyTo(target: Uint8Array): void } | null;
}

/** Module names that are taken in wazero before the guard is instantiated (wazero spec 3.6). */
const takenNames: ReadonlySet<string> = new Set(['env', wasiModule]);

/** A guard instance. Its memory and globals persist between calls, also after errors. */
export class GuardInstance {
  readonly #shared: SharedState;
  readonly #facts: ModuleFacts;
  readonly #memory = new GuestMemory();
  readonly #journal: EntryJournal;
  readonly #guest: Guest;
  readonly #system: GuestSystem;
  readonly #env: EnvFunctions;
  #instance: WasmInstance | null = null;

  constructor(parts: WorkerParts, facts: ModuleFacts) {
    this.#shared = parts.shared;
    this.#facts = facts;
    this.#journal = new EntryJournal(parts.shared, parts.writer, this.#memory, parts.takeOutput);
    this.#system = new GuestSystem(this.#memory, (stream, bytes) => this.#journal.stream(stream, bytes));
    this.#guest = new Guest(parts.shared, this.#journal, facts, () => this.#system.close());
    this.#env = new EnvFunctions({
      guest: this.#guest,
      memory: this.#memory,
      journal: this.#journal,
      responder: parts.responder,
    });
  }

  /** Instantiates the module and runs its start function. The text of a failure is wazero's or the gateway's. */
  start(module: WasmModule, name: string): EntryEnd {
    return this.#enter(phases.start, () => {
      this.#link(module);
      this.#runStart();
      if (takenNames.has(name)) throw new GuestError(`module[${name}] has already been instantiated`);
    });
  }

  /** Makes one guard call. */
  call(name: string, input: CallInput): EntryEnd {
    const parts = { shared: this.#shared, guest: this.#guest, memory: this.#memory, journal: this.#journal };
    return this.#enter(phases.label, () => callExport(parts, name, input));
  }

  /** Makes one guard call that traps when its loops have run so many rounds; for a module whose rounds are counted. */
  callForRounds(name: string, input: CallInput, rounds: number): EntryEnd {
    this.#guest.limitRounds(rounds);
    return this.call(name, input);
  }

  /** The state between two calls, or why it cannot be kept: the rest of the sentence "the state of the guard cannot be kept, because …". */
  read(): InstanceState | { readonly reason: string } {
    const { state } = this.#facts;
    if (state === null || this.#instance === null) return { reason: 'it was loaded without exports of its state' };
    const exported = readState(this.#instance, state);
    if ('reason' in exported) return exported;
    const memory = this.#memory.exists ? this.#memory.read(0, this.#memory.size) : null;
    return { memory, exported, system: this.#system.save(), closed: this.#guest.closed };
  }

  /** Links the module as `start` does, and continues from a state of another instance of it instead of running the start function. */
  continueFrom(
    module: WasmModule,
    { memory, exported, system, closed }: Omit<InstanceState, 'memory'> & MemoryParts,
  ): void {
    const instance = this.#link(module);
    if (memory !== null) {
      const missing = pagesFor(memory.bytes - this.#memory.size);
      if (missing > 0 && !this.#memory.grow(missing)) throw new RangeError('the memory of the snapshot does not fit');
      memory.copyTo(this.#memory.read(0, this.#memory.size) ?? new Uint8Array(0));
    }
    writeState(instance, this.#facts.state, exported);
    this.#system.restore(system);
    this.#guest.restore(closed);
  }

  #enter(phase: number, run: () => void): EntryEnd {
    this.#journal.begin();
    this.#env.begin();
    this.#shared.set(words.phase, phase);
    const memoryBefore = this.#journal.memoryBytes;
    let failure: EntryEnd['failure'] = null;
    try {
      run();
    } catch (thrown) {
      if (!(thrown instanceof GuestError)) throw thrown;
      const { message: text, frames, closedAt, isTrap } = thrown;
      failure = { text, frames, closedAt, isTrap };
    }
    this.#journal.watchMemory('guest');
    this.#shared.set(words.phase, phases.idle);
    return { failure, memoryBefore, memoryAfter: this.#journal.memoryBytes, durationMs: this.#journal.now() };
  }

  #link(module: WasmModule): WasmInstance {
    const imports: WasmImports = {
      env: withOrigin('env', this.#env.functions),
      [wasiModule]: withOrigin(
        wasiModule,
        wasiFunctions(this.#system, (code) => this.#guest.close(code)),
      ),
    };
    let instance: WasmInstance;
    try {
      instance = new webAssembly.Instance(module, imports);
    } catch (thrown) {
      // What wazero refuses was refused before, so this is a limit of V8, such as the size of a table.
      throw new GuestError(thrown instanceof Error ? thrown.message : String(thrown));
    }
    this.#instance = instance;
    this.#guest.attach(instance);
    const { memoryExport } = this.#facts;
    if (memoryExport !== null) this.#memory.attach(instance.exports[memoryExport] as WasmMemory);
    this.#journal.watchMemory('guest');
    return instance;
  }

  #runStart(): void {
    const { start } = this.#facts;
    if (start === null) return;
    try {
      this.#guest.start(start.export);
    } catch (thrown) {
      if (thrown instanceof GuestError && !thrown.isExit) throw thrown.withPrefix(`${start.label} failed: `);
      throw thrown;
    }
  }
}

/** Wraps host functions so that a panic carries the function's name, which is the first frame of wazero's stack trace. */
function withOrigin(module: string, functions: Readonly<Record<string, HostFunction>>): Record<string, HostFunction> {
  const entries = Object.entries(functions).map(([name, run]) => {
    const wrapped: HostFunction = (...args) => {
      try {
        return run(...args);
      } catch (thrown) {
        if (thrown instanceof HostPanic) thrown.origin = `${module}.${name}`;
        throw thrown;
      }
    };
    return [name, wrapped] as const;
  });
  return Object.fromEntries(entries);
}
