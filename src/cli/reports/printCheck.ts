/** Prints the report of a check: by section as text, or one JSON object for each check. */
import { type CheckResult, checkSections, type CheckSection } from '../../core/check/checkModel.ts';
import {
  type CheckCounts,
  countResults,
  type ReportLine,
  sectionLines,
  summaryText,
} from '../../core/check/checkText.ts';
import { type Output, paint } from '../base/output.ts';

const colours = { title: 'bold', passed: 'green', finding: 'yellow', dim: 'dim' } as const;

/** Prints all results, and returns the counts. */
export async function printCheck(
  results: readonly CheckResult[],
  asJson: boolean,
  output: Output,
): Promise<CheckCounts> {
  const counts = countResults(results);
  if (asJson) {
    for (const result of results) await output.json({ kind: 'check', ...result });
    await output.json({ kind: 'summary', ...counts });
    return counts;
  }
  for (const section of Object.keys(checkSections) as CheckSection[]) {
    for (const line of sectionLines(section, results)) await printLine(line, output);
  }
  await output.line(paint('bold', summaryText(counts)));
  return counts;
}

function printLine({ text, tone }: ReportLine, output: Output): Promise<void> {
  return tone === 'plain' ? output.line(text) : output.line(paint(colours[tone], text));
}
