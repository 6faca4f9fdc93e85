/** Makes the guard calls of checks: each fresh instance is independent of the last, also after a trap or a deadline. */
import { Failure } from '../../core/base/failure.ts';
import type { ProbedCallRecord } from '../../core/difc/record/guardCall.ts';
import type { GuardProbe, ProbeBackend } from '../../core/check/checkModel.ts';
import type { BackendSource } from '../../core/guard/backend.ts';
import { type GuardServices, type GuardSource, notLoaded } from '../guard/openGuard.ts';
import { WorkerGuard } from '../runtime/host/workerGuard.ts';

/** A guard that is a module. */
export type ModuleSource = GuardSource & { readonly kind: 'wasm' };

/** The running guard of a check. */
export class GuardBench {
  readonly #source: ModuleSource;
  readonly #services: GuardServices;
  readonly #deadlineMs: number;
  #guard: WorkerGuard;
  /** Whether a call has entered the instance. */
  #isUsed = false;
  /** The `label_agent` that stops the guard; null when it does not. */
  #deadStart: ProbedCallRecord | null = null;

  private constructor(source: ModuleSource, services: GuardServices, deadlineMs: number, guard: WorkerGuard) {
    this.#source = source;
    this.#services = services;
    this.#deadlineMs = deadlineMs;
    this.#guard = guard;
  }

  /** Loads the guard. `deadlineMs`: for each guard call. Throws `guard/not-loaded` with the gateway's text. */
  static async open(source: ModuleSource, services: GuardServices, deadlineMs: number): Promise<GuardBench> {
    return new GuardBench(source, services, deadlineMs, await load(source, services, deadlineMs));
  }

  /** Makes one call. A hang costs the thread of the instance; the next fresh one gets a new thread. */
  async call(probe: GuardProbe): Promise<ProbedCallRecord> {
    const { function: name, input, fresh, starts, outputBytes, backend } = probe;
    if (fresh === true) await this.#renew();
    // A guard that does not survive the beginning of a session is checked without it, so that the other checks say something.
    if (starts === true && this.#deadStart !== null) return this.#deadStart;
    this.#isUsed = true;
    const record = await this.#guard.call(name, input, {
      backend: sourceOf(backend),
      deadlineMs: this.#deadlineMs,
      ...(outputBytes === undefined ? {} : { outputBytes }),
    });
    if (starts === true && record.poisoned) this.#deadStart = record;
    return record;
  }

  close(): Promise<void> {
    return this.#guard.close();
  }

  async #renew(): Promise<void> {
    if (!this.#isUsed) return;
    this.#isUsed = false;
    if (this.#guard.isRunning) {
      this.#guard.restart();
      return;
    }
    await this.#guard.close();
    this.#guard = await load(this.#source, this.#services, this.#deadlineMs);
  }
}

async function load(source: ModuleSource, services: GuardServices, deadlineMs: number): Promise<WorkerGuard> {
  const { bytes, sourceMap } = source;
  const loaded = await WorkerGuard.load(bytes, { ...services, name: 'guard', sourceMap, deadlineMs });
  if (!loaded.ok) throw notLoaded(source, loaded);
  return loaded.guard;
}

function sourceOf(backend: ProbeBackend | undefined): BackendSource {
  if (backend === undefined) return { kind: 'none' };
  return { kind: 'live', ask: async (tool, args) => backend(tool, args) };
}

/** A guard that can be checked. Throws `check/built-in` for the gateway's own guards. */
export function requireModule(source: GuardSource): ModuleSource {
  if (source.kind === 'wasm') return source;
  const hint = 'Choose the .wasm file of your guard';
  throw new Failure(
    'check/built-in',
    `The ${source.kind} guard is a part of the gateway, so there is nothing to check`,
    hint,
  );
}
