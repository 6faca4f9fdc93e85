/** Writes the results of `node --test` as the report of a stage: Node pipes the lines to `--test-reporter-destination`. */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestEvent } from 'node:test/reporters';
import type { ReportLine } from './report.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Node asks for a default export. A file is `planned` with its first event and `finished` by the runner, which knows the files. */
export default async function* nodeReport(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const { name, file, details } = data;
    // With process isolation each file is a test of its own around the tests in it.
    const where = file === undefined ? name : relative(root, file);
    const isFile = file === undefined || name === file;
    const failed: unknown = 'error' in details ? (details.error.cause ?? details.error) : undefined;
    const skipped = data.skip !== undefined || data.todo !== undefined;
    if (isFile && failed === undefined) continue;
    const line: ReportLine = {
      kind: 'test',
      file: where,
      id: `${name} ${data.line ?? 0}`,
      name,
      ok: failed === undefined && !skipped,
      ...(failed === undefined
        ? {}
        : { error: failed instanceof Error ? (failed.stack ?? failed.message) : JSON.stringify(failed) }),
      ...(skipped ? { error: 'The test was skipped' } : {}),
      ms: details.duration_ms,
    };
    yield `${JSON.stringify(line)}\n`;
  }
}
