/** Runs a session that was read with guards, policies or a configuration from files, and keeps all its records. */
import type { Problem } from '../../core/base/parsed.ts';
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import type { LookupFixture } from '../../core/trace/model/lookupFixtures.ts';
import { readConfigElsewhere } from '../gateway/configElsewhere.ts';
import { readPolicy, requirePolicy } from '../guard/readPolicy.ts';
import { replayedServers } from '../session/replayedServers.ts';
import { PreparedServers } from '../sessionWorker/host/preparedServers.ts';
import type { ThreadSession } from '../sessionWorker/host/threadSession.ts';
import { DecidedRun } from './decidedRun.ts';

/** What a run decides with. Paths of files; null: none. */
export interface RunFiles {
  readonly config: string | null;
  /** The guard and the policy of `server`, in place of those of the configuration. */
  readonly guard: string | null;
  readonly policy: string | null;
  readonly mode: EnforcementMode | null;
  /** Null: the server with the most calls. */
  readonly server: string | null;
  /** Milliseconds for the guard calls of a tool call; null: the default. */
  readonly deadlineMs: number | null;
}

export interface TraceRunOptions {
  /** Answers to look-ups that the trace does not have; default none. */
  readonly fixtures?: readonly LookupFixture[];
  /** Receives problems of policy, configuration and guards. */
  readonly onProblem?: (problem: Problem) => void;
  /** Index of the last call that is decided; default the last one of the trace. */
  readonly until?: number;
}

/**
 * Decides all calls. Throws a `Failure` when a file cannot be used, when the trace has no call of the server, or when no guard can be used:
 * `policy/…`, `config/…`, `gateway/…`, `guard/…`, `trace/no-such-server`. Null when the signal of the session aborted.
 */
export async function runTrace(
  session: ThreadSession,
  files: RunFiles,
  { fixtures = [], onProblem = () => undefined, until }: TraceRunOptions = {},
): Promise<DecidedRun | null> {
  const { servers, problems } = await serversOfFiles(session, files, onProblem);
  for (const problem of problems) onProblem(problem);
  const prepared = await PreparedServers.prepare(session, servers);
  const wish = { usesTrace: true, fixtures, lint: true, gives: 'records' } as const;
  const end = until === undefined ? {} : { until };
  const replayed = session.replay({ ...wish, ...end, servers: prepared.specs });
  const run = new DecidedRun();
  try {
    for (;;) {
      const step = await replayed.next();
      if (step.done === true) {
        if (step.value === null) return null;
        run.end = { ...step.value, inputs: prepared.inputsHash };
        return run;
      }
      for (const item of step.value) {
        if (item.kind === 'decision') run.add(item.record(), item.recordBytes);
        else if (item.kind === 'lookup') run.delete(item.lookup);
        else {
          prepared.take(item.guards);
          for (const problem of prepared.problems) onProblem(problem);
        }
      }
    }
  } catch (thrown) {
    run.dispose();
    throw thrown;
  }
}

async function serversOfFiles(
  session: ThreadSession,
  { config: file, policy: path, guard, mode, server, deadlineMs }: RunFiles,
  onProblem: (problem: Problem) => void,
): Promise<ReturnType<typeof replayedServers>> {
  const { calls, publicRepository } = session.outline;
  const parsed = await readPolicy(path);
  for (const problem of parsed.problems) onProblem(problem);
  const policy = requirePolicy(parsed, path);
  const config =
    file === null ? null : { file, inputs: await readConfigElsewhere(file, process.env, publicRepository) };
  return replayedServers(calls, { guard, policy, mode, deadlineMs, server }, config);
}
