/** Writes vitest's results to the report of a stage (`GUARDSCOPE_REPORT`), one line for each test and file as it finishes. */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reporter, TestCase, TestModule, TestSpecification } from 'vitest/node';
import { appendReport, type ReportLine } from './report.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The error of vitest, as far as it is shown. */
type Failure = { readonly message: string; readonly stack?: string | undefined; readonly diff?: string | undefined };

/** See `report.ts` for the lines. A skipped test is a failure, because a test that does not run must be removed. */
export class ReportWriter implements Reporter {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    for (const { moduleId } of specifications) this.#write({ kind: 'planned', file: nameOf(moduleId) });
  }

  onTestCaseResult(test: TestCase): void {
    const { state, errors } = test.result();
    this.#write({
      kind: 'test',
      file: nameOf(test.module.moduleId),
      id: test.id,
      name: test.fullName,
      ok: state === 'passed',
      ...(state === 'passed' ? {} : { error: state === 'failed' ? textOf(errors ?? []) : 'The test was skipped' }),
      ms: test.diagnostic()?.duration ?? 0,
    });
  }

  onTestModuleEnd(module: TestModule): void {
    const file = nameOf(module.moduleId);
    const errors = [...module.errors(), ...[...module.children.allSuites()].flatMap((suite) => suite.errors())];
    // A file that fails outside its tests (an import, a hook) has no failed test to count.
    if (errors.length > 0)
      this.#write({
        kind: 'test',
        file,
        id: 'file',
        name: '(outside its tests)',
        ok: false,
        error: textOf(errors),
        ms: 0,
      });
    const { duration, setupDuration, collectDuration } = module.diagnostic();
    this.#write({ kind: 'finished', file, ms: duration + setupDuration + collectDuration });
  }

  onTestRunEnd(_modules: readonly TestModule[], errors: readonly Failure[]): void {
    for (const [at, error] of errors.entries())
      this.#write({
        kind: 'test',
        file: 'vitest',
        id: `error ${at}`,
        name: 'unhandled error',
        ok: false,
        error: textOf([error]),
        ms: 0,
      });
  }

  #write(line: ReportLine): void {
    appendReport(this.#path, line);
  }
}

const nameOf = (moduleId: string): string => relative(root, moduleId);

function textOf(errors: readonly Failure[]): string {
  return errors.map(({ message, stack, diff }) => [stack ?? message, diff ?? ''].join('\n').trim()).join('\n');
}
