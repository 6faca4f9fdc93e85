/** Finds which calls of a session each clause of its policy decides, and waits for it. */
import { Failure } from '../../../core/base/failure.ts';
import type { Problem } from '../../../core/base/parsed.ts';
import type { Trace } from '../../../core/trace/model/traceModel.ts';
import type { SessionServices } from '../keptSessions.ts';
import type { ReplaySettings } from '../runInputs.ts';
import { TraceView } from '../traceView.ts';
import { DecidingClauses } from './decidingClauses.ts';

/** A session that was read. */
export interface ClauseSession {
  readonly paths: readonly string[];
  readonly trace: Trace;
}

/** What was found. It belongs to the caller's function only. */
export interface FoundClauses {
  readonly search: DecidingClauses;
  /** Number of decided calls. */
  readonly calls: number;
}

/**
 * Decides the session, and again without each clause. `onProblem`: receives the problems of the inputs. Throws `policy/not-decided` when the calls
 * cannot be decided, and `policy/clauses-not-found` when the decisions cannot be compared.
 */
export async function findClauses<T>(
  { paths, trace }: ClauseSession,
  settings: ReplaySettings,
  services: SessionServices,
  {
    onProblem,
    use,
  }: { readonly onProblem: (problem: Problem) => void; readonly use: (found: FoundClauses) => Promise<T> },
): Promise<T> {
  const view = new TraceView(paths, trace, settings, services);
  const search = new DecidingClauses(view, services, { restMs: 0, budgetMs: Infinity });
  try {
    await view.replay();
    for (const problem of view.inputs.problems) onProblem(problem);
    if (view.run.status !== 'done') {
      const message = view.run.message === '' ? 'The calls cannot be decided' : view.run.message;
      throw new Failure('policy/not-decided', message, 'Name the guard and the policy, or the configuration');
    }
    await new Promise<void>((resolve) => {
      search.onDidChange(() => {
        if (['found', 'impossible'].includes(search.search.kind)) resolve();
      });
      search.find();
    });
    if (search.search.kind === 'impossible') {
      const message = `The calls that each clause decides cannot be found: ${search.search.reason}`;
      throw new Failure('policy/clauses-not-found', message, 'Replay the trace to see what its decisions rest on');
    }
    return await use({ search, calls: view.run.done });
  } finally {
    search.dispose();
    view.dispose();
  }
}
