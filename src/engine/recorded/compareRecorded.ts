/** Makes what was recorded the baseline of a view: the decisions of the guard that the capture has, and the ends that a log of the gateway has. */
import { Failure } from '../../core/base/failure.ts';
import { busiestServer } from '../../core/trace/model/busiestServer.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import { type RecordedEnds, recordedEnds, recordedOutcome } from '../../core/replay/recordedOutcome.ts';
import type { ServerRules } from '../../core/session/sessionRules.ts';
import { readRunInputs, type ReplaySettings, serversOf } from '../session/runInputs.ts';
import { RunResults } from '../session/runResults.ts';
import type { TraceView } from '../session/traceView.ts';
import { decideRecorded } from './decideRecorded.ts';

/** What a view calls this baseline. */
export const recordedLabel = 'what was recorded';

/** Throws `session/nothing-recorded` when the trace does not say how its calls were decided. */
export async function compareRecorded(view: TraceView): Promise<void> {
  const results = new RunResults();
  try {
    const { trace } = view;
    const rules = await rulesOfRun(view.settings, trace);
    for await (const record of decideRecorded(trace, { main: view.paths[0] ?? '', rules })) results.add(record, false);
    const ends = endsOf(() => view.trace);
    if (results.done === 0 && trace.calls.every(({ index }) => ends(index) === null)) throw nothingRecorded();
    view.comparison.compareWith({ ...results.asBaseline(recordedLabel), label: recordedLabel, ends });
  } finally {
    results.dispose();
  }
}

/** The recorded ends of the calls of a trace, which may grow. */
function endsOf(now: () => Trace): (index: number) => ReturnType<typeof recordedOutcome> {
  let trace: Trace | null = null;
  let ends: RecordedEnds = { format: 'unknown', noting: new Set() };
  return (index) => {
    const current = now();
    if (trace !== current) {
      trace = current;
      ends = recordedEnds(current);
    }
    const call = current.calls[index];
    return call === undefined ? null : recordedOutcome(call, ends);
  };
}

/** The rules of the servers as a run of the view has them. Inputs that cannot be used leave the defaults. */
export async function rulesOfRun(settings: ReplaySettings, trace: Trace): Promise<ReadonlyMap<string, ServerRules>> {
  const ignored = (): void => undefined;
  try {
    const inputs = await readRunInputs(settings, trace, new Map(), {
      configProblems: ignored,
      policyProblems: ignored,
    });
    const { servers } = serversOf(inputs, trace, settings.server ?? busiestServer(trace) ?? '');
    return new Map(servers.map(({ server, rules }) => [server, rules]));
  } catch (thrown) {
    if (thrown instanceof Failure) return new Map();
    throw thrown;
  }
}

export function nothingRecorded(): Failure {
  return new Failure(
    'session/nothing-recorded',
    'The trace does not say how its calls were decided when it was recorded',
    "Capture with a guard (guardscope tap --guard), or open the gateway's rpc-messages.jsonl beside its mcp-gateway.log",
  );
}
