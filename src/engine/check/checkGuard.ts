/** Checks one guard: makes the subject, from a captured session when there is one, and runs all checks one after the other. */
import { Failure } from '../../core/base/failure.ts';
import type { JsonObject, JsonValue } from '../../core/base/json.ts';
import type { Problem } from '../../core/base/parsed.ts';
import { allChecks } from '../../core/check/allChecks.ts';
import { type CheckEnd, type Check, type CheckResult, checkResultOf } from '../../core/check/checkModel.ts';
import { requireRecordedServer } from '../../core/trace/model/requireTrace.ts';
import { listedTools } from '../../core/trace/model/toolList.ts';
import type { CheckSubject, CoveredTool } from '../../core/check/subject/checkSubject.ts';
import { madeUpSubject, openPolicy } from '../../core/check/subject/madeUpSubject.ts';
import { SessionSamples } from '../../core/check/subject/sessionSubject.ts';
import { type GuardServices, readGuard } from '../guard/openGuard.ts';
import { readPolicy, requirePolicy } from '../guard/readPolicy.ts';
import { readTraces } from '../traceFiles/readTraces.ts';
import { readOfferedTools } from '../traceFiles/offeredTools.ts';
import { runTrace } from '../runs/runTrace.ts';
import { ThreadSession } from '../sessionWorker/host/threadSession.ts';
import { GuardBench, requireModule } from './guardBench.ts';

/** What is checked, and with what. Paths of files; null: none. */
export interface CheckFiles {
  readonly guard: string;
  readonly policy: string | null;
  /** Captured sessions of one client. */
  readonly traces: readonly string[];
  /** The server of the session that the guard is for; null: the one with the most calls. */
  readonly server: string | null;
  /** Milliseconds for each guard call. */
  readonly deadlineMs: number;
}

export interface CheckOptions {
  /** Receives problems of the files. */
  readonly onProblem?: (problem: Problem) => void;
  /** Receives each result when its check has ended. */
  readonly onResult?: (result: CheckResult) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs all checks. Throws a `Failure` when a file cannot be used (`guard/…`, `policy/…`, `trace/…`), and `check/built-in` for a guard that is
 * not a module. With an aborted signal, the results so far.
 */
export async function checkGuard(
  files: CheckFiles,
  services: GuardServices,
  { onProblem = () => undefined, onResult = () => undefined, signal }: CheckOptions = {},
): Promise<readonly CheckResult[]> {
  const source = requireModule(await readGuard(files.guard, null));
  const parsed = await readPolicy(files.policy);
  for (const problem of parsed.problems) onProblem(problem);
  const payload: JsonValue = requireAllowOnly(requirePolicy(parsed, files.policy), files.policy);
  const bench = await GuardBench.open(source, services, files.deadlineMs);
  try {
    const subject =
      files.traces.length === 0 ? madeUpSubject(payload) : await sessionSubject(files, payload, services, onProblem);
    const results: CheckResult[] = [];
    for (const check of allChecks) {
      if (signal?.aborted === true) break;
      const result = checkResultOf(check, await runCheck(check, subject, bench));
      results.push(result);
      onResult(result);
    }
    return results;
  } finally {
    await bench.close();
  }
}

/** Runs one check to its end. */
async function runCheck(check: Check, subject: CheckSubject, bench: GuardBench): Promise<CheckEnd> {
  const run = check.run(subject);
  if ('findings' in run) return run;
  let step = run.next();
  while (step.done !== true) step = run.next(await bench.call(step.value));
  return step.value;
}

/** The payload of `label_agent`. Throws `check/write-sink`: the gateway gives such a policy to its own guard. */
function requireAllowOnly(policy: ReturnType<typeof requirePolicy>, path: string | null): JsonValue {
  if (policy === null) return openPolicy;
  if (policy.kind === 'allow-only') return policy.payload;
  throw new Failure(
    'check/write-sink',
    `"${path ?? ''}" is a write-sink policy, which the gateway never gives to a guard of yours`,
    'Choose an allow-only policy',
  );
}

async function sessionSubject(
  { guard, policy, traces, server, deadlineMs }: CheckFiles,
  payload: JsonValue,
  services: GuardServices,
  onProblem: (problem: Problem) => void,
): Promise<CheckSubject> {
  const session = await ThreadSession.open(traces, services);
  try {
    for (const problem of session.outline.problems) onProblem(problem);
    const files = { config: null, guard, policy, mode: null, server, deadlineMs };
    const run = await runTrace(session, files, { onProblem });
    const decided = requireRecordedServer(session.outline.calls, server);
    const samples = new SessionSamples();
    try {
      for (const record of run?.all() ?? []) samples.add(record);
      return samples.subject(payload, await coveredTools(traces, decided), run?.end.findings ?? []);
    } finally {
      run?.dispose();
    }
  } finally {
    await session.close();
  }
}

/** The tools that the server listed; null when no client asked for them. Logs of the gateway do not have the schemas of the arguments. */
async function coveredTools(traces: readonly string[], server: string | null): Promise<readonly CoveredTool[] | null> {
  const [trace] = traces;
  if (trace === undefined) return null;
  try {
    return (await readOfferedTools(trace)).map(({ name, definition }) => coveredTool(name, definition));
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
  }
  const { toolLists = [] } = (await readTraces(traces)).trace;
  const lists = toolLists.filter((list) => server === null || list.server === server);
  return lists.at(-1)?.tools.map((tool) => ({ ...tool, inputSchema: null })) ?? null;
}

function coveredTool(name: string, definition: JsonObject): CoveredTool {
  const [listed] = listedTools({ result: { tools: [definition] } });
  const { readOnly = null, destructive = null } = listed ?? {};
  return { name, readOnly, destructive, inputSchema: definition['inputSchema'] ?? null };
}
