/** Prints the decisions of a replay as they come, as a table or as records. */
import { jsonText } from '../../core/base/jsonText.ts';
import type { Problem } from '../../core/base/parsed.ts';
import { comparableRecord } from '../../core/diff/comparableRecord.ts';
import { hasStrictFinding } from '../../core/lint/strictFindings.ts';
import type { PreparedServers } from '../../engine/sessionWorker/host/preparedServers.ts';
import type { DecisionItem, ReplayItems } from '../../engine/sessionWorker/host/sessionItems.ts';
import type { DecisionDigest } from '../../core/replay/decisionDigest.ts';
import { DecisionTable, type TableColumns } from './decisionTable.ts';
import type { Output } from './output.ts';
import type { ReplayEnd } from './replayEnd.ts';
import type { IsShown } from './shownDecisions.ts';

/** How decisions are printed, and which. */
export interface Printing {
  readonly json: boolean;
  /** Whether records have the times that the run measured. */
  readonly times: boolean;
  readonly explain: boolean;
  readonly isShown: IsShown;
  readonly columns: TableColumns;
  /** Whether the summary of all calls follows a table; default true. */
  readonly summary?: boolean;
  /** Receives every decision in place of the output: nothing is printed call by call. */
  readonly onDigest?: (digest: DecisionDigest) => void;
}

/** How a printed replay ended. */
export interface PrintedReplay extends ReplayEnd {
  readonly findings: readonly Problem[];
  /** Number of decisions that were printed. */
  readonly printed: number;
}

/** Prints the decisions, and the problems of the guards before them. */
export async function printReplay(
  replayed: ReplayItems,
  prepared: PreparedServers,
  { json, times, explain, isShown, columns, summary = true, onDigest }: Printing,
  output: Output,
): Promise<PrintedReplay> {
  let works = true;
  let hasFindings = false;
  let printed = 0;
  const table = new DecisionTable(output, explain, columns);
  for (let step = await replayed.next(); ; step = await replayed.next()) {
    if (step.done === true || output.closed) {
      if (!json && summary) await table.end();
      const end = step.done === true ? step.value : null;
      return { works: works && end?.healthy !== false, hasFindings, findings: end?.findings ?? [], printed };
    }
    for (const item of step.value) {
      if (item.kind === 'loaded') {
        prepared.take(item.guards);
        for (const problem of prepared.problems) output.problem(withPolicyFlag(problem));
      } else if (item.kind === 'decision') {
        const digest = item.digest();
        const { index, status, server, marks } = digest.row;
        const shown = isShown({ index, outcome: status, server, marks });
        if (shown) printed++;
        works &&= !digest.failed;
        hasFindings ||= hasStrictFinding({ marks });
        if (onDigest !== undefined) {
          if (shown) onDigest(digest);
          await table.add(digest, null, false);
        } else if (!json) await table.add(digest, explain && shown ? item.record() : null, shown);
        else if (shown) await output.encodedJson(recordLine(item, times));
      }
    }
  }
}

/** A decision as a line of JSON; without `times`, the text is the same in every run. */
export function recordLine(decision: Pick<DecisionItem, 'record' | 'recordText'>, times: boolean): string {
  return times ? decision.recordText() : jsonText(comparableRecord(decision.record()));
}

/** Adds the flag `--policy` to the hint of a missing policy. */
export function withPolicyFlag(problem: Problem): Problem {
  if (problem.code !== 'policy/none') return problem;
  return { ...problem, hint: `Add --policy FILE. ${problem.hint ?? ''}`.trimEnd() };
}
