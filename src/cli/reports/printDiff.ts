/** Prints what changed from one run to another: a table, Markdown, or one JSON object for each changed call. */
import { changedCallLines, diffCountLines, diffHeadline, diffMarkdown } from '../../core/diff/diffText.ts';
import { type ChangedCall, type DiffCounts, RunDiff } from '../../core/diff/runDiff.ts';
import { compareRuns } from '../../engine/runs/compareRuns.ts';
import type { DecidedRun } from '../../engine/runs/decidedRun.ts';
import { type Output, paint } from '../base/output.ts';

export interface DiffPrinting {
  readonly as: 'table' | 'markdown' | 'json';
  /** What is compared, for the title of the report. */
  readonly title: string;
  /** Most calls of a table or a Markdown report. */
  readonly limit: number;
  /** The calls that changed, as `diff` compares them; default: the calls of both runs. */
  readonly changedCalls?: (diff: RunDiff) => Iterable<ChangedCall>;
}

/** Compares the runs, prints what changed, and returns the counts. */
export async function printDiff(
  before: DecidedRun,
  after: DecidedRun,
  { as, title, limit, changedCalls = (diff) => compareRuns(before, after, diff) }: DiffPrinting,
  output: Output,
): Promise<DiffCounts> {
  const diff = new RunDiff();
  const kept: ChangedCall[] = [];
  let changed = 0;
  for (const call of changedCalls(diff)) {
    changed++;
    if (as === 'json') await output.json({ kind: 'call', ...call });
    else if (changed > limit) continue;
    else if (as === 'markdown') kept.push(call);
    else {
      const [head = '', ...lines] = changedCallLines(call);
      await output.line(paint('bold', head));
      for (const line of lines) await output.line(line);
    }
    if (output.closed) break;
  }
  const { counts } = diff;
  const repeats = before.end.inputs !== null && before.end.inputs === after.end.inputs && counts.changed > 0;
  if (repeats) {
    output.problem({
      severity: 'warning',
      code: 'diff/not-deterministic',
      message: `The guard is not deterministic: two runs with the same inputs decide ${counts.changed} of ${counts.compared} calls differently`,
      hint: 'Look for state that a call leaves behind, or for values that differ from run to run',
    });
  }
  if (as === 'markdown') await output.text(diffMarkdown(title, counts, kept));
  else if (as === 'json') {
    const { kinds, outcomes, ...numbers } = counts;
    const summary = { ...numbers, kinds: Object.fromEntries(kinds), outcomes: Object.fromEntries(outcomes) };
    await output.json({ kind: 'summary', ...summary, deterministic: !repeats });
  } else {
    if (changed > limit) await output.line(`… and ${changed - limit} more calls; --limit shows more`);
    if (changed > 0) await output.line('');
    await output.line(paint('bold', diffHeadline(counts)));
    for (const line of diffCountLines(counts)) await output.line('  ', line);
    if (before.guardMs > 0 && after.guardMs > 0) {
      await output.line(`guard time ${before.guardMs.toFixed(1)} → ${after.guardMs.toFixed(1)} ms`);
    }
  }
  return counts;
}
