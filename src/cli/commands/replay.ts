/** `replay`: decides every call of a trace anew with a guard and a policy, as production would. */
import type { DecisionRecord, EnforcementMode } from '../../core/difc/decision.ts';
import { readTraceFile } from '../../engine/capture/traceFile.ts';
import { busiestServer, replayTrace } from '../../engine/replay/replayTrace.ts';
import { openGuard, readPolicy, requireTrace } from '../../engine/session/inputs.ts';
import { type Command, exitCodes } from '../command.ts';
import { DecisionTable } from '../decisionTable.ts';
import { cliEngine } from '../engine.ts';
import type { Output } from '../output.ts';

const modes: readonly EnforcementMode[] = ['strict', 'filter', 'propagate'];

export const replay: Command = {
  name: 'replay',
  summary: 'Replay a captured session through a guard and print what each call was decided and why.',
  positions: ['TRACE'],
  flags: {
    guard: { kind: 'value', value: 'FILE', help: 'The guard (.wasm); "noop" for the gateway\'s guard without rules' },
    policy: { kind: 'value', value: 'FILE', help: 'The guard policy (JSON)' },
    mode: {
      kind: 'value',
      value: 'MODE',
      help: 'strict, filter or propagate, for a guard that names none (default: strict)',
    },
    server: {
      kind: 'value',
      value: 'ID',
      help: 'The server whose calls are replayed (default: the one with the most)',
    },
    backend: {
      kind: 'value',
      value: 'SOURCE',
      help: "recorded (default) or none: who answers the guard's call_backend",
    },
    deadline: { kind: 'value', value: 'MS', help: 'Milliseconds a guard call may take (default: 60000)' },
    json: { kind: 'switch', help: 'One decision record (JSON) a line instead of a table' },
    explain: { kind: 'switch', help: 'Below each call that was not simply allowed: why, phase by phase' },
  },
  async run(args, output) {
    const trace = requireTrace(await readTraceFile(args.position(0, 'TRACE')), args.position(0, 'TRACE'));
    for (const problem of trace.problems) output.problem(problem);
    const policy = await readPolicy(args.value('policy') ?? null);
    for (const problem of policy.problems) output.problem(problem);
    const { guard, problems } = await openGuard(args.required('guard'), policy.value, cliEngine());
    for (const problem of problems) output.problem(problem);
    const server = args.value('server') ?? busiestServer(trace);
    const mode = args.oneOf('mode', modes);
    const deadlineMs = args.count('deadline');
    try {
      const decisions = replayTrace(trace, {
        guard,
        policy: policy.value?.payload,
        backend: args.oneOf('backend', ['recorded', 'none'] as const) ?? 'recorded',
        ...(server === null ? {} : { server }),
        ...(mode === undefined ? {} : { mode }),
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
      });
      await print(decisions, args.has('json'), args.has('explain'), output);
      return guard.healthy ? exitCodes.fine : exitCodes.trapped;
    } finally {
      await guard.close();
    }
  },
};

async function print(
  decisions: AsyncIterable<DecisionRecord>,
  json: boolean,
  explain: boolean,
  output: Output,
): Promise<void> {
  const table = new DecisionTable(output, explain);
  for await (const record of decisions) {
    if (json) await output.json(record);
    else await table.add(record);
  }
  if (!json) await table.end();
}
