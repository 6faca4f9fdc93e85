/** `replay`: decides every call of a trace anew with a guard and a policy, as production would. */
import type { DecisionRecord, EnforcementMode } from '../../core/difc/decision.ts';
import { readTraceFile } from '../../engine/capture/traceFile.ts';
import { type ReplayOptions, replayTrace } from '../../engine/replay/replayTrace.ts';
import { openGuard, readPolicy, requirePolicy, requireServer, requireTrace } from '../../engine/session/inputs.ts';
import type { Arguments } from '../args.ts';
import { type Command, exitCodes } from '../command.ts';
import { DecisionTable } from '../decisionTable.ts';
import { cliEngine, defaultDeadlineMs } from '../engine.ts';
import type { Output } from '../output.ts';

const modes: readonly EnforcementMode[] = ['strict', 'filter', 'propagate'];

export const replay: Command = {
  name: 'replay',
  summary: 'Replay a captured session through a guard and print what each call was decided and why.',
  positions: ['TRACE'],
  flags: {
    guard: {
      kind: 'value',
      value: 'FILE',
      help: 'The guard (.wasm); "noop" for the gateway\'s guard without rules; not needed with a write-sink policy',
    },
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
    const path = args.position(0, 'TRACE');
    const { options, deadlineMs } = readOptions(args);
    const policyPath = args.value('policy') ?? null;
    const policy = await readPolicy(policyPath);
    for (const problem of policy.problems) output.problem(problem);
    const usable = requirePolicy(policy, policyPath);
    // A write-sink policy brings its own guard.
    const guardPath = usable?.kind === 'write-sink' ? (args.value('guard') ?? null) : args.required('guard');
    const trace = requireTrace(await readTraceFile(path), path);
    for (const problem of trace.problems) output.problem(problem);
    const server = requireServer(trace, args.value('server') ?? null);
    const { guard, problems } = await openGuard(guardPath, usable, { ...cliEngine(), deadlineMs });
    for (const problem of problems) output.problem(problem);
    try {
      const chosen = { ...options, deadlineMs, ...(server === null ? {} : { server }) };
      const decisions = replayTrace(trace, { guard, policy: usable?.payload, ...chosen });
      await print(decisions, args.has('json'), args.has('explain'), output);
      return guard.healthy ? exitCodes.fine : exitCodes.trapped;
    } finally {
      await guard.close();
    }
  },
};

/** Reads what needs no file first, so that a slip of the keyboard costs no reading. */
function readOptions(args: Arguments): { readonly options: Partial<ReplayOptions>; readonly deadlineMs: number } {
  const mode = args.oneOf('mode', modes);
  const backend = args.oneOf('backend', ['recorded', 'none'] as const) ?? 'recorded';
  return {
    options: { backend, ...(mode === undefined ? {} : { mode }) },
    deadlineMs: args.count('deadline') ?? defaultDeadlineMs,
  };
}

async function print(
  decisions: AsyncIterable<DecisionRecord>,
  json: boolean,
  explain: boolean,
  output: Output,
): Promise<void> {
  const table = new DecisionTable(output, explain);
  for await (const record of decisions) {
    if (output.closed) return;
    if (json) await output.json(record);
    else await table.add(record);
  }
  if (!json) await table.end();
}
