/**
 * Tests Guardscope in a real VS Code: `npm run test:vscode [-- --vsix FILE] [--report FILE] [SPEC…]`.
 * A SPEC is a part of a spec's file name, or `host` for the tests inside the extension host; without any, all run.
 * A failed spec runs once more in a separate VS Code; the report contains both attempts, and the last line counts such flaky specs.
 */
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { appendReport, firstLines, type ReportLine, tally } from '../runner/report.ts';
import { launchBrowser, packaged } from './harness.ts';
import { hostFile, runHostTests } from './hostTests.ts';
import { chromium, codeServer } from './install.ts';
import { loadSpecs, RunningEditor, type Spec, type World } from './specs.ts';

const { values, positionals } = parseArgs({
  options: { vsix: { type: 'string' }, report: { type: 'string' } },
  allowPositionals: true,
});
const lines: ReportLine[] = [];
const names = positionals.filter((name) => name !== 'host');
const withHost = positionals.length === 0 || positionals.includes('host');
const specs = names.length > 0 || positionals.length === 0 ? await loadSpecs(names) : [];

for (const { file } of specs) report({ kind: 'planned', file });
if (withHost) report({ kind: 'planned', file: hostFile });
try {
  if (specs.length > 0) await runSpecs(specs);
  if (withHost) await runHostTests(say, report);
} catch (error) {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  report({ kind: 'test', file: 'test/vscode', id: 'start', name: 'VS Code comes up', ok: false, error: text, ms: 0 });
}
const { passed, failures, flaky } = tally(lines);
if (flaky.length > 0) say(`flaky: ${flaky.length} (${flaky.map(({ file }) => JSON.stringify(file)).join(', ')})`);
say(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;

async function runSpecs(all: readonly Spec[]): Promise<void> {
  const server = await codeServer(say);
  const browser = await launchBrowser(await chromium(say));
  const world: World = { server, browser, vsix: values.vsix ?? (await packaged()), report };
  try {
    const failed = await runIn(world, all);
    for (const spec of failed) {
      say(`  again: ${spec.title}`);
      await runIn(world, [spec]);
    }
  } finally {
    await browser.close();
  }
}

/** Runs specs in one VS Code; returns those that failed. */
async function runIn(world: World, all: readonly Spec[]): Promise<readonly Spec[]> {
  const editor = await RunningEditor.start(world);
  const failed: Spec[] = [];
  try {
    for (const spec of all) {
      const began = performance.now();
      if ((await editor.run(spec, report)) > 0) failed.push(spec);
      report({ kind: 'finished', file: spec.file, ms: performance.now() - began });
    }
  } finally {
    await editor.stop();
  }
  return failed;
}

function report(line: ReportLine): void {
  lines.push(line);
  if (values.report !== undefined) appendReport(values.report, line);
  if (line.kind !== 'test') return;
  say(`  ${line.ok ? 'ok    ' : 'FAILED'} ${line.name} (${(line.ms / 1000).toFixed(1)} s)`);
  if (line.error !== undefined) say(firstLines(stripVTControlCharacters(line.error), 20).replace(/^/gm, '    '));
}

function say(sentence: string): void {
  console.log(sentence);
}
