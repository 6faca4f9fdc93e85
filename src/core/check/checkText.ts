/** The report of all checks as lines of text, for the terminal and for a document of the editor. */
import { type CheckFinding, type CheckResult, checkSections, type CheckSection } from './checkModel.ts';

/** One line; `tone` is for terminals with colours. */
export interface ReportLine {
  readonly text: string;
  readonly tone: 'plain' | 'title' | 'passed' | 'finding' | 'dim';
}

const words = { passed: 'passed ', finding: 'FINDING', 'not-applicable': 'n/a    ' } as const;

/** The lines of one section; empty without results. */
export function sectionLines(section: CheckSection, results: readonly CheckResult[]): readonly ReportLine[] {
  const own = results.filter((result) => result.section === section);
  if (own.length === 0) return [];
  return [{ text: checkSections[section], tone: 'title' }, ...own.flatMap(resultLines), { text: '', tone: 'plain' }];
}

function resultLines({ outcome, title, detail, findings }: CheckResult): readonly ReportLine[] {
  const tone = outcome === 'passed' ? 'passed' : outcome === 'finding' ? 'finding' : 'dim';
  return [
    { text: `  ${words[outcome]}  ${title}${detail === '' ? '' : ` (${detail})`}`, tone },
    ...findings.flatMap(findingLines),
  ];
}

function findingLines({ severity, message, code, count, meaning, hint }: CheckFinding): readonly ReportLine[] {
  const [first = '', ...rest] = message.split('\n');
  const times = count === undefined ? '' : ` (and ${count - 1} more like this)`;
  return [
    { text: `    ${severity}: ${first}${times} [${code}]`, tone: 'plain' },
    ...rest.map((text): ReportLine => ({ text: `      ${text}`, tone: 'dim' })),
    { text: `      In production: ${meaning}`, tone: 'plain' },
    ...(hint === undefined ? [] : [{ text: `      Next step: ${hint}`, tone: 'plain' } as const]),
  ];
}

/** The whole report as text. */
export function reportText(results: readonly CheckResult[]): string {
  const sections = Object.keys(checkSections) as CheckSection[];
  const lines = sections.flatMap((section) => sectionLines(section, results)).map(({ text }) => text);
  return `${[...lines, summaryText(countResults(results))].join('\n')}\n`;
}

/** Numbers of results by outcome, and of findings that are mistakes: `info` is a fact to know. */
export interface CheckCounts {
  readonly passed: number;
  readonly withFindings: number;
  readonly notApplicable: number;
  readonly mistakes: number;
}

/** Counts the results of a report. */
export function countResults(results: readonly CheckResult[]): CheckCounts {
  const count = (outcome: CheckResult['outcome']): number => results.filter((each) => each.outcome === outcome).length;
  const mistakes = results.flatMap(({ findings }) => findings).filter(({ severity }) => severity !== 'info');
  return {
    passed: count('passed'),
    withFindings: count('finding'),
    notApplicable: count('not-applicable'),
    mistakes: mistakes.length,
  };
}

/** The last line of a report. */
export function summaryText({ passed, withFindings, notApplicable, mistakes }: CheckCounts): string {
  const found = mistakes === 0 ? 'no mistake was found' : `${mistakes} ${mistakes === 1 ? 'mistake' : 'mistakes'}`;
  return `${passed} checks passed, ${withFindings} with findings, ${notApplicable} not applicable: ${found}`;
}
