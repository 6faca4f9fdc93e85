/** The stages of `npm test`: the commands of each, and the source of its results. */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { patience, patienceVariable } from '../support/patience.ts';
import { type Finished, run } from '../support/processes/process.ts';
import { appendReport, lastLines } from './report.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The inputs of a stage. */
export interface StageContext {
  /** The file of the report. */
  readonly report: string;
  /** Aborted when the stage is stopped. */
  readonly signal: AbortSignal;
}

export interface Stage {
  readonly name: string;
  /** Runs the stage; returns failures that are not in the report. */
  readonly check: (context: StageContext) => Promise<readonly string[]>;
}

/** All stages, in the order in which they start: the longest first, because nothing shortens what starts last. */
export const stages: readonly Stage[] = [
  // These tests wait for their processes most of the time, so that one more at a time than there are cores ends sooner.
  { name: 'processes', check: (context) => vitest('processes', context, availableParallelism() + 1) },
  { name: 'editor', check: editor },
  { name: 'pure', check: (context) => vitest('pure', context) },
  { name: 'browser', check: browser },
  { name: 'oracle', check: oracle },
  { name: 'checks', check: checks },
];

const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
const environment = { NO_COLOR: '1', FORCE_COLOR: '0', [patienceVariable]: String(patience) };

/** Runs a command in the repository. */
function command(file: string, args: readonly string[], signal: AbortSignal, env = {}): Promise<Finished> {
  return run(file, args, { cwd: root, env: { ...environment, ...env }, signal });
}

/** Runs a TypeScript file of the tests in its own process. */
function script(args: readonly string[], signal: AbortSignal, env = {}): Promise<Finished> {
  return command(process.execPath, ['--import', 'tsx', ...args], signal, env);
}

/** Format, lint and types; each counts as one failure when it fails. */
async function checks({ signal }: StageContext): Promise<readonly string[]> {
  const commands: readonly (readonly [string, readonly string[]])[] = [
    ['npm', ['run', '--silent', 'format:check']],
    ['npm', ['run', '--silent', 'lint']],
    ['npm', ['run', '--silent', 'types']],
  ];
  const failures: string[] = [];
  for (const [file, args] of commands) {
    const { code, output } = await command(file, args, signal);
    if (code !== 0) failures.push(`${lastLines(output)}\n${[file, ...args].join(' ')} failed (exit code ${code})`);
  }
  return failures;
}

/** The unit, golden and parity tests: one project of test/vitest.config.ts. */
async function vitest(
  project: string,
  { report, signal }: StageContext,
  workers = availableParallelism(),
): Promise<readonly string[]> {
  const args = ['run', '--config', 'test/vitest.config.ts', '--project', project, '--maxWorkers', String(workers)];
  const { code, output } = await command(bin('vitest'), args, signal, { GUARDSCOPE_REPORT: report });
  return code === 0 ? [] : [`${lastLines(output, 20)}\nvitest ended with exit code ${code}`];
}

/** The panel in a browser with generated data: states, sizes and themes that a session does not reach. */
async function browser({ report, signal }: StageContext): Promise<readonly string[]> {
  const folder = join(root, 'test', 'webview');
  const specs = readdirSync(folder).filter((name) => /\.spec\.(ts|mjs)$/.test(name));
  const bundles = join(root, 'test', '.bundles', 'browser');
  const built = await command(process.execPath, ['esbuild.mjs', '--only=webview', `--outdir=${bundles}`], signal);
  if (built.code !== 0) return [`${lastLines(built.output)}\nThe panel could not be bundled (exit code ${built.code})`];
  for (const name of specs) appendReport(report, { kind: 'planned', file: `test/webview/${name}` });
  const reporter = [
    `--test-reporter=${join(root, 'test/runner/nodeReporter.mjs')}`,
    `--test-reporter-destination=${report}`,
  ];
  const args = ['--test', '--test-concurrency=2', ...reporter, ...specs.map((name) => join(folder, name))];
  const { code, output } = await script(args, signal, { BUNDLES: `${bundles}/` });
  if (signal.aborted) return [];
  for (const name of specs) appendReport(report, { kind: 'finished', file: `test/webview/${name}`, ms: 0 });
  return code === 0 ? [] : [`${lastLines(output, 20)}\nThe tests in the browser ended with exit code ${code}`];
}

/** The packaged extension in a real VS Code. */
async function editor({ report, signal }: StageContext): Promise<readonly string[]> {
  const packaged = await command('npm', ['run', '--silent', 'package'], signal);
  if (packaged.code !== 0) return [`${lastLines(packaged.output)}\nPackaging failed (exit code ${packaged.code})`];
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  const vsix = join(root, `guardscope-${version}.vsix`);
  const { code, output } = await script(['test/vscode/run.ts', '--vsix', vsix, '--report', report], signal);
  return code === 0 ? [] : [`${lastLines(output, 20)}\nThe tests in the editor ended with exit code ${code}`];
}

/** A fixed small set of generated guards in wazero; its output shows whether Go was available. */
async function oracle({ signal }: StageContext): Promise<readonly string[]> {
  const { code, output } = await script(['test/oracle/run.ts', '--slice'], signal);
  console.log(`oracle: ${lastLines(output, 1)}`);
  return code === 0 ? [] : [`${lastLines(output)}\nThe oracle ended with exit code ${code}`];
}
