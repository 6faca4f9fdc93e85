/** A report of guard tests in SARIF 2.1.0: a result for each part of a decision that is not as accepted, at its place in the test. */
import { relative, sep } from 'node:path';
import type { Position, Problem, Severity } from '../../core/base/parsed.ts';
import { changeTitles } from '../../core/difc/record/changeKind.ts';
import type { FailedCall } from '../../core/guardTest/compareAccepted.ts';
import type { CaseResult, GuardTestResult } from '../../engine/guardTests/testResult.ts';
import { version } from '../base/version.ts';

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

/** The code of a decision that is not the accepted one. */
const changed = {
  severity: 'error',
  code: 'guardtest/decision-changed',
  message: 'A call is not decided as accepted',
} as const;

/** The text of the report. */
export function sarifReport(results: readonly GuardTestResult[]): string {
  const found = results.flatMap((result) => [
    ...result.problems.map((problem) => problemResult(problem, result.path)),
    ...result.cases.flatMap((each) => resultsOf(each, result)),
  ]);
  const rules = new Set([changed.code, ...found.map(({ ruleId }) => ruleId)]);
  const driver = {
    name: 'Guardscope',
    version: version(),
    rules: [...rules]
      .sort()
      .map((id) => (id === changed.code ? { id, shortDescription: { text: changed.message } } : { id })),
  };
  const report = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results: found }],
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

interface SarifResult {
  readonly ruleId: string;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly object[];
  readonly partialFingerprints?: Readonly<Record<string, string>>;
}

function resultsOf(each: CaseResult, { path, read }: GuardTestResult): readonly SarifResult[] {
  const title = each.title === '' ? '' : ` (${each.title})`;
  const of = (call: FailedCall, text: string, pointer: string | null, kind: string): SarifResult => ({
    ruleId: changed.code,
    level: levels[changed.severity],
    message: { text: `Call ${(call.actual ?? call.expected)?.call ?? 0}, ${call.tool}${title}: ${text}` },
    locations: [locationOf(path, pointer === null ? undefined : read?.placeAt(pointer))],
    partialFingerprints: {
      'guardscopeCall/v1': `${each.title} ${(call.expected ?? call.actual)?.call ?? 0} ${kind}`.trim(),
    },
  });
  return [
    ...each.problems.map((problem) => problemResult(problem, path)),
    ...(each.diff?.calls ?? []).flatMap((call): readonly SarifResult[] => {
      if (call.expected === null) return [of(call, 'is decided, and is not accepted', null, 'added')];
      if (call.actual === null) return [of(call, 'is accepted, and is not decided', call.pointer, 'removed')];
      return call.changes.map(({ kind, text, pointer }) => of(call, `${changeTitles[kind]} ${text}`, pointer, kind));
    }),
  ];
}

function problemResult({ code, severity, message, hint, position }: Problem, path: string): SarifResult {
  const text = hint === undefined ? message : `${message}. ${hint}`;
  return {
    ruleId: code,
    level: levels[severity],
    message: { text },
    locations: [locationOf(position?.file ?? path, position)],
  };
}

/** Files below the working folder have paths relative to it, so that services find them in the repository. */
function locationOf(file: string, position: Position | undefined): object {
  const path = relative(process.cwd(), file).split(sep).join('/');
  const uri = encodeURI(path).replaceAll('#', '%23').replaceAll('?', '%3F');
  const region =
    position?.line === undefined
      ? {}
      : {
          region: {
            startLine: position.line,
            ...(position.column === undefined ? {} : { startColumn: position.column }),
          },
        };
  return { physicalLocation: { artifactLocation: { uri, uriBaseId: '%SRCROOT%' }, ...region } };
}
