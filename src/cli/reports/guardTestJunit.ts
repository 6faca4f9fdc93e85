/** A report of guard tests in the XML of JUnit: a suite for each combination, a case for each call. */
import { relative } from 'node:path';
import { formatProblem, type Problem } from '../../core/base/parsed.ts';
import { cutText } from '../../core/base/cutText.ts';
import { jsonText } from '../../core/base/jsonText.ts';
import { visibleLines } from '../../core/base/visible.ts';
import type { AcceptedCall } from '../../core/guardTest/acceptedCall.ts';
import type { FailedCall } from '../../core/guardTest/compareAccepted.ts';
import type { CaseResult, GuardTestResult } from '../../engine/guardTests/testResult.ts';
import { failedCallLines } from './printGuardTests.ts';

const argsLength = 60;

/** A suite as XML, with its numbers. */
interface Suite {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly ms: number;
  readonly lines: readonly string[];
}

/** The text of the report. */
export function junitReport(results: readonly GuardTestResult[]): string {
  const suites = results.flatMap(suitesOf);
  const sum = (of: 'tests' | 'failures' | 'errors' | 'ms'): number =>
    suites.reduce((total, suite) => total + suite[of], 0);
  const numbers = `tests="${sum('tests')}" failures="${sum('failures')}" errors="${sum('errors')}" time="${seconds(sum('ms'))}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="guardscope" ${numbers}>`,
    ...suites.flatMap(({ lines }) => lines),
    '</testsuites>',
    '',
  ].join('\n');
}

function suitesOf({ path, problems, cases }: GuardTestResult): readonly Suite[] {
  const file = relative(process.cwd(), path);
  if (cases.length === 0) return [suiteOf(file, file, [brokenCase(file, problems)], 0)];
  return cases.map((each) => {
    const name = each.title === '' ? file : `${file} (${each.title})`;
    return suiteOf(name, file, casesOf(each, file), each.ms);
  });
}

/** One case of JUnit. */
interface Case {
  readonly ends: 'passed' | 'failed' | 'error';
  readonly lines: readonly string[];
}

function suiteOf(name: string, file: string, cases: readonly Case[], ms: number): Suite {
  const failures = cases.filter(({ ends }) => ends === 'failed').length;
  const errors = cases.filter(({ ends }) => ends === 'error').length;
  const numbers = `tests="${cases.length}" failures="${failures}" errors="${errors}" time="${seconds(ms)}"`;
  const head = `  <testsuite name="${xml(name)}" file="${xml(file)}" ${numbers}>`;
  const lines = [head, ...cases.flatMap((each) => each.lines), '  </testsuite>'];
  return { tests: cases.length, failures, errors, ms, lines };
}

function casesOf({ status, problems, diff, decided }: CaseResult, file: string): readonly Case[] {
  if (decided === null || diff === null) {
    const [first, ...others] = problems;
    const broken = brokenCase(file, first === undefined ? [] : [first, ...others]);
    return [status === 'failed' ? { ...broken, ends: 'error' } : broken];
  }
  const failed = new Map(diff.calls.map((call) => [call.actual?.call ?? -(call.expected?.call ?? 0), call]));
  const gone = diff.calls.filter(({ actual }) => actual === null);
  return [
    ...decided.calls.map((call) => callCase(file, call, failed.get(call.call))),
    ...gone.flatMap((call) => (call.expected === null ? [] : [callCase(file, call.expected, call)])),
  ];
}

function callCase(file: string, call: AcceptedCall, failed: FailedCall | undefined): Case {
  const name = `call ${call.call}: ${call.tool} ${cutText(jsonText(call.args), argsLength)}`;
  const head = `    <testcase classname="${xml(file)}" name="${xml(name)}"`;
  if (failed === undefined) return { ends: 'passed', lines: [`${head}/>`] };
  const [, ...lines] = failedCallLines(failed);
  const [first = ''] = lines;
  return {
    ends: 'failed',
    lines: [
      `${head}>`,
      `      <failure message="${xml(first.trim().replaceAll(/ {2,}/g, ' '))}">${xml(lines.map((line) => line.trim()).join('\n'))}</failure>`,
      '    </testcase>',
    ],
  };
}

/** A test that could not be run. */
function brokenCase(file: string, problems: readonly Problem[]): Case {
  const text = problems.map((problem) => formatProblem(problem)).join('\n');
  return {
    ends: 'error',
    lines: [
      `    <testcase classname="${xml(file)}" name="run">`,
      `      <error message="${xml(problems[0]?.message ?? '')}">${xml(text)}</error>`,
      '    </testcase>',
    ],
  };
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

/** XML 1.0 has no place for most control characters, so they are escaped as everywhere in the output. */
function xml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    '\n': '&#10;',
    '\t': '&#9;',
  };
  return visibleLines(text)
    .replaceAll(/[\uFFFE\uFFFF]/g, '\uFFFD')
    .replaceAll(/[&<>"\n\t]/g, (char) => names[char] ?? char);
}
