/** Writes the results of `node --test` as lines of a stage's report: Node pipes them to `--test-reporter-destination`. */
// Not TypeScript: Node 20 loads a reporter before anything that `--import` names.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Node asks for a default export. See `report.ts` for the lines.
 * @param {AsyncIterable<import('node:test/reporters').TestEvent>} events
 * @returns {AsyncGenerator<string>}
 */
export default async function* nodeReport(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const { name, file, details, line, skip, todo } = data;
    const failed = 'error' in details ? (details.error.cause ?? details.error) : undefined;
    // Each file is also reported as a test around its tests, which counts only when it fails.
    if ((file === undefined || name === file) && failed === undefined) continue;
    const skipped = skip !== undefined || todo !== undefined;
    const error = failed instanceof Error ? (failed.stack ?? failed.message) : JSON.stringify(failed);
    /** @type {import('./report.ts').ReportLine} */
    const result = {
      kind: 'test',
      file: relative(root, file ?? name),
      id: `${name} ${line ?? 0}`,
      name,
      ok: failed === undefined && !skipped,
      ...(failed === undefined ? {} : { error }),
      ...(skipped ? { error: 'The test was skipped' } : {}),
      ms: details.duration_ms,
    };
    yield `${JSON.stringify(result)}\n`;
  }
}
