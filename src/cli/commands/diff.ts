/** `diff`: decides a trace twice, or reads the records of two replays, and prints what changed. */
import { basename } from 'node:path';
import { Failure } from '../../core/base/failure.ts';
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import { readLookups } from '../../engine/guard/readWrittenJson.ts';
import type { ChangedCall, RunDiff } from '../../core/diff/runDiff.ts';
import { compareWithRecorded, recordedRun } from '../../engine/recorded/recordedRun.ts';
import type { DecidedRun } from '../../engine/runs/decidedRun.ts';
import { readRecordFile } from '../../engine/runs/recordFile.ts';
import { type RunFiles, runTrace } from '../../engine/runs/runTrace.ts';
import { readTraces } from '../../engine/traceFiles/readTraces.ts';
import { ThreadSession } from '../../engine/sessionWorker/host/threadSession.ts';
import { type Arguments, usage } from '../base/args.ts';
import { type Command, type ExitCode, exitCodes } from '../base/command.ts';
import { cliEngine, growSlowly } from '../base/engine.ts';
import type { Output } from '../base/output.ts';
import { withPolicyFlag } from '../base/printReplay.ts';
import { compareRuns } from '../../engine/runs/compareRuns.ts';
import { confirmSlower } from '../../engine/runs/confirmSlower.ts';
import { type DiffPrinting, printDiff } from '../reports/printDiff.ts';

const modes: readonly EnforcementMode[] = ['strict', 'filter', 'propagate'];
const shownCalls = 200;

export const diff: Command = {
  name: 'diff',
  summary: 'Decide a trace with two guards, policies, modes or configurations, and print which decisions changed.',
  positions: ['TRACE…'],
  flags: {
    guard: { kind: 'value', value: 'FILE', help: 'The guard of the first run' },
    policy: { kind: 'value', value: 'FILE', help: 'The policy of the first run' },
    mode: { kind: 'value', value: 'MODE', help: 'The mode of the first run if the guard does not set one' },
    config: { kind: 'value', value: 'FILE', help: "The gateway's configuration of the first run" },
    'guard-b': { kind: 'value', value: 'FILE', help: 'The guard of the second run (default: that of the first)' },
    'policy-b': { kind: 'value', value: 'FILE', help: 'The policy of the second run (default: that of the first)' },
    'mode-b': { kind: 'value', value: 'MODE', help: 'The mode of the second run (default: that of the first)' },
    'config-b': {
      kind: 'value',
      value: 'FILE',
      help: 'The configuration of the second run (default: that of the first)',
    },
    server: { kind: 'value', value: 'ID', help: 'The server that guards and policies are for' },
    lookups: { kind: 'value', value: 'FILE', help: 'Answers (JSON) to look-ups that the trace has no answer to' },
    deadline: { kind: 'value', value: 'MS', help: 'Maximum duration of a guard call, in milliseconds' },
    times: {
      kind: 'switch',
      help: 'Also tell calls whose time in the guard grew; decides the second run up to three times more to be sure',
    },
    recorded: {
      kind: 'switch',
      help: 'Compare with what was recorded: the answers of the captured guard, or the log of the gateway',
    },
    limit: { kind: 'value', value: 'N', help: `Most changed calls to print (default: ${shownCalls})` },
    json: { kind: 'switch', help: 'Print one JSON object for each changed call, and one with the counts' },
    markdown: { kind: 'switch', help: 'Print Markdown, for example for a pull request' },
  },
  async run(args, output) {
    const paths = args.positionsFrom(0, 'TRACE');
    if (args.has('json') && args.has('markdown')) throw usage('diff', 'Use either --json or --markdown, not both');
    const first = filesOf(args, '');
    const second = filesOf(args, '-b');
    const limit = args.count('limit') ?? shownCalls;
    const as = args.has('json') ? 'json' : args.has('markdown') ? 'markdown' : 'table';
    growSlowly();
    if (args.has('recorded')) return diffWithRecorded(paths, first, { as, limit }, args, output);
    if (first.guard === null && first.config === null && first.policy === null && second.guard === null) {
      return diffOfRecords(paths, { as, limit }, output);
    }
    return diffOfTrace(paths, { first, second }, { as, limit }, args, output);
  },
};

async function diffOfTrace(
  paths: readonly string[],
  { first, second }: { readonly first: RunFiles; readonly second: RunFiles },
  printing: Omit<DiffPrinting, 'title'>,
  args: Arguments,
  output: Output,
): Promise<ExitCode> {
  const fixtures = await readLookups(args.value('lookups') ?? null);
  const session = await ThreadSession.open(paths, cliEngine());
  const runs: DecidedRun[] = [];
  try {
    for (const problem of session.outline.problems) output.problem(problem);
    for (const [name, files] of [
      ['first run: ', first],
      ['second run: ', second],
    ] as const) {
      const run = await runTrace(session, files, {
        fixtures,
        onProblem: (problem) => output.problem(withPolicyFlag(problem), name),
      });
      if (run !== null) runs.push(run);
    }
    const [before, after] = runs;
    if (before === undefined || after === undefined) return exitCodes.badInput;
    const title = `${paths.map((path) => basename(path)).join(' + ')}: ${changeText(first, second)}`;
    const again = (): Promise<DecidedRun | null> => runTrace(session, second, { fixtures });
    // What decides the same takes the same time, whatever the clock says.
    const isOther = before.end.inputs !== after.end.inputs;
    const slower = args.has('times') && isOther ? await confirmSlower(before, after, again) : new Map<number, never>();
    const changedCalls = (counted: RunDiff): Iterable<ChangedCall> => compareRuns(before, after, counted, slower);
    const counts = await printDiff(before, after, { ...printing, title, changedCalls }, output);
    if (!before.end.healthy || !after.end.healthy) {
      output.note(`the guard of the ${before.end.healthy ? 'second' : 'first'} run cannot be called any more`);
    }
    return counts.changed + counts.added + counts.removed > 0 ? exitCodes.differs : exitCodes.fine;
  } finally {
    for (const run of runs) run.dispose();
    await session.close();
  }
}

/** Compares one run with the session as it was recorded. */
async function diffWithRecorded(
  paths: readonly string[],
  files: RunFiles,
  printing: Omit<DiffPrinting, 'title'>,
  args: Arguments,
  output: Output,
): Promise<ExitCode> {
  if (files.guard === null && files.config === null && files.policy === null) {
    throw usage('diff', '--recorded compares a run with the recorded session: add --guard or --config');
  }
  const fixtures = await readLookups(args.value('lookups') ?? null);
  const { trace, files: read } = await readTraces(paths);
  const recorded = await recordedRun(trace, read[0] ?? '', { ...files, trustedBots: [] });
  const session = await ThreadSession.open(paths, cliEngine());
  let run: DecidedRun | null = null;
  try {
    for (const problem of session.outline.problems) output.problem(problem);
    run = await runTrace(session, files, { fixtures, onProblem: (problem) => output.problem(withPolicyFlag(problem)) });
    if (run === null) return exitCodes.badInput;
    const after = run;
    const now = basename(files.guard ?? files.policy ?? files.config ?? '');
    const title = `${paths.map((path) => basename(path)).join(' + ')}: as recorded → ${now}`;
    const changedCalls = (diff: RunDiff): Iterable<ChangedCall> => compareWithRecorded(recorded, after, diff);
    const { changed } = await printDiff(recorded.run, after, { ...printing, title, changedCalls }, output);
    if (!after.end.healthy) output.note('the guard cannot be called any more');
    return changed > 0 ? exitCodes.differs : exitCodes.fine;
  } finally {
    run?.dispose();
    recorded.run.dispose();
    await session.close();
  }
}

async function diffOfRecords(
  paths: readonly string[],
  printing: Omit<DiffPrinting, 'title'>,
  output: Output,
): Promise<ExitCode> {
  const [one, other, ...more] = paths;
  if (one === undefined || other === undefined || more.length > 0) {
    throw new Failure(
      'cli/usage',
      'Without a guard, a policy or a configuration, diff compares two files of records',
      'Name two files with the output of "replay --json", or add --guard or --config and what the second run has in its place; run "guardscope help diff" for usage',
    );
  }
  const before = await readRecordFile(one);
  try {
    const after = await readRecordFile(other);
    try {
      const title = `${basename(one)} → ${basename(other)}`;
      const counts = await printDiff(before, after, { ...printing, title }, output);
      return counts.changed + counts.added + counts.removed > 0 ? exitCodes.differs : exitCodes.fine;
    } finally {
      after.dispose();
    }
  } finally {
    before.dispose();
  }
}

/** What a run decides with: the flags with this suffix, and those without it where they are missing. */
function filesOf(args: Arguments, suffix: '' | '-b'): RunFiles {
  const value = (name: string): string | null => args.value(`${name}${suffix}`) ?? args.value(name) ?? null;
  const modeOf = (flag: string): EnforcementMode | undefined => args.oneOf(flag, modes);
  const config = value('config');
  // Another configuration has guards of its own; a guard of the first run would hide them.
  const replaced = suffix === '-b' && args.value('config-b') !== undefined;
  const own = (name: string): string | null => (replaced ? (args.value(`${name}-b`) ?? null) : value(name));
  return {
    config,
    guard: own('guard'),
    policy: own('policy'),
    mode: modeOf(`mode${suffix}`) ?? modeOf('mode') ?? null,
    server: args.value('server') ?? null,
    deadlineMs: args.count('deadline', { least: 1 }) ?? null,
  };
}

/** What the second run has in place of the first, such as `guard.wasm → new.wasm`. */
function changeText(first: RunFiles, second: RunFiles): string {
  const parts = (['config', 'guard', 'policy', 'mode'] as const).flatMap((name) => {
    const [was, is] = [first[name], second[name]];
    return was === is
      ? []
      : [
          `${was === null ? 'no' : basename(was)} ${was === null ? name : ''}→ ${is === null ? `no ${name}` : basename(is)}`,
        ];
  });
  return parts.length === 0 ? 'the same inputs twice' : parts.join(', ');
}
