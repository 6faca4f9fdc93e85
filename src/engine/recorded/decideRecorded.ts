/** Decides a captured session with the answers that its guard gave while it was captured: what the tap decided, or would have. */
import { decodeGoJson } from '../../core/go/goJson.ts';
import { isJsonObject, type JsonValue } from '../../core/base/json.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import type { GuardCallRecord } from '../../core/difc/record/guardCall.ts';
import type { Guard } from '../../core/guard/guard.ts';
import type { ServerRules } from '../../core/session/sessionRules.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import { WasmGuard } from '../guard/wasmGuard.ts';
import { replaySession } from '../replay/replayTrace.ts';
import { RecordedCalls } from './recordedCalls.ts';
import { RecordedWorker, restsOnMissing } from './recordedWorker.ts';

/** Milliseconds after which other work of this thread goes first. */
const sliceMs = 8;

/** What the decisions rest on beside the trace. */
export interface RecordedRules {
  /** The file of calls that name none. */
  readonly main: string;
  /** The rules of the servers; the policy is the recorded one. A server without rules has the defaults. */
  readonly rules: ReadonlyMap<string, ServerRules>;
  readonly signal?: AbortSignal;
}

/** The decisions of the calls whose guard calls the trace has. Nothing for a trace without guard calls. */
export async function* decideRecorded(
  trace: Trace,
  { main, rules, signal }: RecordedRules,
): AsyncGenerator<DecisionRecord> {
  if (trace.calls.every(({ guardLines = [] }) => guardLines.length === 0)) return;
  const recorded = await RecordedCalls.open(trace, main);
  try {
    const servers = await serversOf(trace, recorded, rules);
    const guards = new Map([...servers].map(([server, { guard }]) => [server, guard]));
    const session = { guards, rules: new Map([...servers].map(([server, each]) => [server, each.rules])) };
    let began = performance.now();
    const cancellable = signal === undefined ? session : { ...session, signal };
    for await (const record of replaySession(trace, cancellable, { lint: true })) {
      if (!restsOnMissing(record)) yield record;
      if (performance.now() - began < sliceMs) continue;
      await new Promise((resolve) => setImmediate(resolve));
      began = performance.now();
    }
  } finally {
    await recorded.close();
  }
}

/** The servers that a guard watched, each with its guard and its rules. */
async function serversOf(
  trace: Trace,
  recorded: RecordedCalls,
  rules: ReadonlyMap<string, ServerRules>,
): Promise<ReadonlyMap<string, { readonly guard: Guard; readonly rules: ServerRules }>> {
  const firsts = new Map<string, GuardCallRecord | null>();
  for (const call of trace.calls) {
    if (call.guardLines === undefined || (firsts.get(call.server) ?? null) !== null) continue;
    const made = await recorded.of(call);
    firsts.set(call.server, made.find((record) => record.function === 'label_agent') ?? null);
  }
  const callsOf = async (index: number): Promise<readonly GuardCallRecord[]> => {
    const call = trace.calls[index];
    return call === undefined ? [] : recorded.of(call);
  };
  return new Map(
    [...firsts].map(([server, first]) => {
      const guard = new WasmGuard('the recorded guard', new RecordedWorker(callsOf, first));
      return [server, { guard, rules: { ...rules.get(server), policy: policyOf(first) } }];
    }),
  );
}

/** The policy that label_agent got; undefined when it was not called, so that it is not called again either. */
function policyOf(first: GuardCallRecord | null): JsonValue | undefined {
  const input = first === null ? null : decodeGoJson(first.input);
  if (input?.ok !== true || !isJsonObject(input.value)) return undefined;
  const { 'allow-only': allowOnly } = input.value;
  return allowOnly === undefined ? undefined : { 'allow-only': allowOnly };
}
