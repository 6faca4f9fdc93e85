/** A summary of guard tests in Markdown for a pull request: a matrix of each test with several combinations, and what changed. */
import { relative } from 'node:path';
import { formatProblem } from '../../core/base/parsed.ts';
import { diffHeadline, diffMarkdown, markdownCell } from '../../core/diff/diffText.ts';
import type { CaseResult, GuardTestResult, TestStatus } from '../../engine/guardTests/testResult.ts';
import { testCountsText } from './printGuardTests.ts';

/** The text of the summary. */
export function testMarkdown(results: readonly GuardTestResult[]): string {
  const parts = results.flatMap((result): readonly string[] => {
    const file = relative(process.cwd(), result.path);
    const [problem] = result.problems;
    if (problem !== undefined)
      return [`### ${markdownCell(file)}`, '', `❌ ${markdownCell(formatProblem(problem))}`, ''];
    return [...matrixOf(result, file), ...result.cases.flatMap((each) => caseOf(each, file))];
  });
  return ['## Guard tests', '', `${testCountsText(results)}.`, '', ...parts].join('\n');
}

/** Traces as rows, guards and policies as columns; nothing for a test of one combination. */
function matrixOf({ cases }: GuardTestResult, file: string): readonly string[] {
  if (cases.length < 2) return [];
  const columns = [...new Set(cases.map(columnOf))];
  const rows = [...new Set(cases.map(rowOf))];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `### ${markdownCell(file)}`,
    '',
    line(['', ...columns.map((column) => markdownCell(column))]),
    line(['---', ...columns.map(() => '---')]),
    ...rows.map((row) => {
      const cells = columns.map((column) => cases.find((each) => rowOf(each) === row && columnOf(each) === column));
      return line([markdownCell(row), ...cells.map((each) => (each === undefined ? '' : resultText(each)))]);
    }),
    '',
  ];
}

function columnOf({ guard, policy }: CaseResult): string {
  return [guard, policy].filter((path) => path !== null).join(', ');
}

function rowOf({ trace }: CaseResult): string {
  return trace.join(' + ');
}

const marks: Readonly<Record<TestStatus, string>> = { passed: '✅', failed: '❌', error: '⚠️' };

function resultText({ status, diff, problems }: CaseResult): string {
  if (status === 'passed') return marks.passed;
  return `${marks[status]} ${markdownCell(diff === null ? (problems[0]?.message ?? '') : diffHeadline(diff.counts))}`;
}

function caseOf(each: CaseResult, file: string): readonly string[] {
  const { status, title, diff, problems } = each;
  if (status === 'passed' && problems.length === 0) return [];
  const name = title === '' ? file : `${file} (${title})`;
  const said = problems.map((problem) => `- ${markdownCell(formatProblem(problem))}`);
  const notes = said.length === 0 ? [] : [...said, ''];
  if (diff === null || status === 'passed') return [`### ${markdownCell(name)}`, '', ...notes];
  return [diffMarkdown(name, diff.counts, diff.calls), ...notes];
}
