/** Prepares the servers of a session for its thread: reads and compiles their guards. */
import { createHash } from 'node:crypto';
import { serialize } from 'node:v8';
import type { ModuleCopy } from '../../runtime/shared/moduleFacts.ts';
import { type Failure, toFailure } from '../../../core/base/failure.ts';
import type { Problem } from '../../../core/base/parsed.ts';
import { type GuardSource, notLoaded, readGuard } from '../../guard/openGuard.ts';
import { notDecided, requireCreated, type ServerToOpen } from '../../replay/openSession.ts';
import { emptyLoad, instantiateFailed } from '../../runtime/shared/loadRecord.ts';
import type { GuardLoad, GuardSpec, ServerSpec } from '../shared/sessionContract.ts';
import type { ThreadSession } from './threadSession.ts';

/** Servers whose guards can be instantiated, and what is known about the others. */
export class PreparedServers {
  readonly specs: readonly ServerSpec[];
  readonly #problems: readonly Problem[];
  readonly #failures: Map<string, Failure>;
  readonly #sources: ReadonlyMap<string, GuardSource>;

  private constructor(
    specs: readonly ServerSpec[],
    problems: readonly Problem[],
    failures: Map<string, Failure>,
    sources: ReadonlyMap<string, GuardSource>,
  ) {
    this.specs = specs;
    this.#problems = problems;
    this.#failures = failures;
    this.#sources = sources;
  }

  /**
   * Reads and compiles the guards. A guard that cannot be used is a failure of its server. `options`: what the copies of the modules have
   * beyond the guards; their state for forks.
   */
  static async prepare(
    session: ThreadSession,
    servers: readonly ServerToOpen[],
    options: ModuleCopy = {},
  ): Promise<PreparedServers> {
    const specs: ServerSpec[] = [];
    const problems: Problem[] = [];
    const failures = new Map<string, Failure>();
    const sources = new Map<string, GuardSource>();
    for (const each of servers) {
      try {
        requireCreated(each);
        const source = await readGuard(each.guardPath, each.policy);
        sources.set(each.server, source);
        specs.push({
          server: each.server,
          rules: each.rules,
          guard: await guardSpec(session, source, each.guardName, options),
        });
        if (source.kind === 'wasm') problems.push(...source.problems);
      } catch (thrown) {
        failures.set(each.server, toFailure(thrown));
      }
    }
    return new PreparedServers(specs, problems, failures, sources);
  }

  /** Takes how the guards loaded. Throws the first failure when no guard can be used. */
  take(loads: readonly GuardLoad[]): void {
    for (const { server, record, failure } of loads) {
      const source = this.#sources.get(server);
      if (failure === null || source?.kind !== 'wasm') continue;
      this.#failures.set(server, notLoaded(source, { ...failure, record }));
    }
    const [first] = this.#failures.values();
    if (first !== undefined && this.specs.every(({ server }) => this.#failures.has(server))) throw first;
  }

  /** Hash of the guards, their policies and rules: two runs of one trace with the same hash decide the same. */
  get inputsHash(): string {
    const hash = createHash('sha256');
    for (const { server, rules, guard } of this.specs) {
      hash.update(serialize([server, rules, guard.kind, guard.kind === 'write-sink' ? guard.policy : null]));
      if (guard.kind === 'wasm') hash.update(guard.module.bytes);
    }
    return hash.digest('hex');
  }

  /** Whether the guard of a server cannot be used; the session does not have it. */
  get hasFailures(): boolean {
    return this.#failures.size > 0;
  }

  /** The servers that the session does not have, with the failure of their guard. */
  get failures(): ReadonlyMap<string, Failure> {
    return this.#failures;
  }

  /** Warnings about the guards, and the failures of those that cannot be used. */
  get problems(): readonly Problem[] {
    return [...this.#problems, ...[...this.#failures].map(([server, failure]) => notDecided(server, failure))];
  }
}

async function guardSpec(
  session: ThreadSession,
  source: GuardSource,
  name: string,
  options: ModuleCopy,
): Promise<GuardSpec> {
  if (source.kind === 'noop') return { kind: 'noop' };
  if (source.kind === 'write-sink') {
    const { accept, sinkVisibility } = source.policy;
    return { kind: 'write-sink', policy: { accept, sinkVisibility } };
  }
  const { bytes, sourceMap } = source;
  const preparation = await session.prepare(bytes, options);
  if (preparation.ok) return { kind: 'wasm', name, module: { ready: preparation.ready, bytes, sourceMap } };
  const { error, panic } = preparation;
  throw notLoaded(source, {
    error: instantiateFailed + error,
    stack: null,
    record: emptyLoad,
    ...(panic === null ? {} : { panic }),
  });
}
