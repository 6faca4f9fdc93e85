/** `check`: makes the calls that go wrong in production, and prints a report of what a guard does with them. */
import { checkGuard } from '../../engine/check/checkGuard.ts';
import { type Command, exitCodes } from '../base/command.ts';
import { cliEngine } from '../base/engine.ts';
import { withPolicyFlag } from '../base/printReplay.ts';
import { printCheck } from '../reports/printCheck.ts';

/** A guard call takes some milliseconds; one that takes this long hangs. */
const defaultCheckMs = 10_000;

export const check: Command = {
  name: 'check',
  summary: 'Check a guard against the ABI, odd inputs, failing look-ups, a long life, and a captured session.',
  positions: ['GUARD'],
  flags: {
    policy: { kind: 'value', value: 'FILE', help: 'The allow-only policy for label_agent (default: all repositories)' },
    trace: { kind: 'value', value: 'TRACE', help: 'A captured session: its calls are checked and changed' },
    server: { kind: 'value', value: 'ID', help: 'The server of the session that the guard is for' },
    deadline: {
      kind: 'value',
      value: 'MS',
      help: `Maximum duration of a guard call, in milliseconds (default: ${defaultCheckMs})`,
    },
    json: { kind: 'switch', help: 'Print one JSON object for each check, and one with the counts' },
  },
  async run(args, output) {
    const guard = args.position(0, 'GUARD');
    const trace = args.value('trace');
    const results = await checkGuard(
      {
        guard,
        policy: args.value('policy') ?? null,
        traces: trace === undefined ? [] : [trace],
        server: args.value('server') ?? null,
        deadlineMs: args.count('deadline', { least: 1 }) ?? defaultCheckMs,
      },
      cliEngine(),
      { onProblem: (problem) => output.problem(withPolicyFlag(problem)) },
    );
    const { mistakes } = await printCheck(results, args.has('json'), output);
    const start = results.find(({ check: id }) => id === 'session-start');
    if (start?.findings.some(({ code }) => unusable.has(code)) === true) return exitCodes.guardFailed;
    return mistakes > 0 ? exitCodes.differs : exitCodes.fine;
  },
};

/** Findings about the first call of a session with which nothing of the guard works. */
const unusable: ReadonlySet<string> = new Set(['check/trap', 'check/hangs', 'check/unusable-answer']);
