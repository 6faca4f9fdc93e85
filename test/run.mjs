/**
 * `npm test`: every check of the repository in named stages, one after the other, also after a failure.
 * `npm test -- lint unit` runs only those. The last line is `N passed, N failed`: tests count one each, and so does a
 * failed stage that has no tests.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './support/process.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'guardscope-test-'));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const minutes = 60_000;
const plain = { NO_COLOR: '1', FORCE_COLOR: '0' };

/** One row a stage: its name, how long it may take, and what it does. A stage gives `{ passed, failures }`, failures as texts. */
const stages = [
  { name: 'format', limit: 2 * minutes, check: () => command(bin('prettier'), ['--check', '.']) },
  { name: 'lint', limit: 2 * minutes, check: () => command(bin('oxlint'), ['--type-aware', '--deny-warnings']) },
  { name: 'types', limit: 3 * minutes, check: () => command('npm', ['run', '--silent', 'types']) },
  { name: 'unit', limit: 9 * minutes, check: unit },
  { name: 'oracle', limit: 5 * minutes, check: oracle },
  { name: 'package', limit: 2 * minutes, check: () => command('npm', ['run', '--silent', 'package']) },
  { name: 'browser', limit: 4 * minutes, check: browser },
  { name: 'vscode', limit: 10 * minutes, check: vscode },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => stages.every((stage) => stage.name !== name));
if (unknown.length > 0) {
  console.error(`There is no stage ${unknown.join(', ')}; the stages are ${stages.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

let current;
const rows = [];
try {
  for (const stage of stages.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    current = stage;
    console.log(`── ${stage.name}`);
    const started = Date.now();
    const { passed, failures } = await stage.check();
    rows.push({ name: stage.name, passed, failed: failures.length, seconds: (Date.now() - started) / 1000 });
    for (const failure of failures) console.log(failure);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
summarize();

/** Runs a command that passes or fails as a whole. */
async function command(file, args) {
  const { code, output } = await run(file, args, { cwd: root, env: plain, timeout: current.limit });
  return {
    passed: 0,
    failures: code === 0 ? [] : [`${lastLines(output)}\n${current.name} failed (exit code ${code})`],
  };
}

/** A fixed few generated guards through wazero itself, where there is Go; what it says of itself is shown, also that it could not run. */
async function oracle() {
  const { code, output } = await run(process.execPath, [join(root, 'test', 'oracle', 'run.mjs'), '--slice'], {
    cwd: root,
    env: plain,
    timeout: current.limit,
  });
  console.log(lastLines(output, 1));
  if (code === 0) return { passed: 0, failures: [] };
  return { passed: 0, failures: [`${lastLines(output)}\noracle failed (exit code ${code})`] };
}

/** The unit, golden and parity tests; vitest's report says how many there were. */
async function unit() {
  const report = join(scratch, 'unit.json');
  const args = ['run', '--config', 'test/vitest.config.ts', '--reporter=json', `--outputFile=${report}`];
  const { code, output } = await run(bin('vitest'), args, { cwd: root, env: plain, timeout: current.limit });
  if (!existsSync(report))
    return { passed: 0, failures: [`${lastLines(output)}\nunit wrote no report (exit code ${code})`] };
  const { numPassedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const tests = assertionResults.filter((test) => test.status === 'failed');
    const file = relative(root, name);
    // A file that fails before its first test has no failed test to count.
    if (tests.length === 0 && status === 'failed') return [`FAILED ${file}\n${lastLines(message)}`];
    return tests.map((test) => `FAILED ${file} > ${test.fullName}\n${firstLines(test.failureMessages.join('\n'))}`);
  });
  const skipped = numPendingTests + numTodoTests;
  if (skipped > 0) failures.push(`${skipped} unit tests were skipped; a test either runs or goes`);
  if (code !== 0 && failures.length === 0) failures.push(`${lastLines(output)}\nunit failed (exit code ${code})`);
  return { passed: numPassedTests, failures };
}

/** The panel alone in a browser, over invented data: states, sizes and themes that a session does not reach. */
async function browser() {
  const folder = join(root, 'test', 'webview');
  const specs = readdirSync(folder).filter((name) => name.endsWith('.spec.mjs'));
  const args = ['--test', '--test-reporter=tap', '--test-concurrency=2', ...specs.map((name) => join(folder, name))];
  const { code, output } = await run(process.execPath, args, { cwd: root, env: plain, timeout: current.limit });
  const passed = Number(/^# pass (\d+)$/m.exec(output)?.[1] ?? 0);
  const failed = [...output.matchAll(/^not ok \d+ - (.*)\n((?: .*\n)*)/gm)];
  const failures = failed.map(([, name, detail]) => `FAILED ${name}\n${firstLines(detail)}`);
  if ((code !== 0 || passed === 0) && failures.length === 0) {
    failures.push(`${lastLines(output)}\nbrowser failed (exit code ${code})`);
  }
  return { passed, failures };
}

/** The packaged extension in a real VS Code. */
async function vscode() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const vsix = join(root, `guardscope-${version}.vsix`);
  if (!existsSync(vsix))
    return { passed: 0, failures: [`vscode needs ${relative(root, vsix)}, which was not packaged`] };
  const report = join(scratch, 'vscode.json');
  const args = ['test/vscode/run.mjs', '--vsix', vsix, '--results', report];
  const { code } = await run(process.execPath, args, { cwd: root, echo: true, timeout: current.limit });
  if (!existsSync(report)) return { passed: 0, failures: [`vscode wrote no report (exit code ${code})`] };
  const results = JSON.parse(readFileSync(report, 'utf8'));
  return {
    passed: results.filter(({ ok }) => ok).length,
    failures: results.filter(({ ok }) => !ok).map(({ name, error }) => `FAILED ${name}\n${firstLines(error)}`),
  };
}

function summarize() {
  console.log('');
  for (const { name, passed, failed, seconds } of rows) {
    const count = passed > 0 ? `${passed} passed` : '';
    const state = failed === 0 ? 'ok' : `${failed} FAILED`;
    console.log(`${name.padEnd(8)} ${state.padEnd(12)} ${`${seconds.toFixed(1)} s`.padStart(8)}  ${count}`.trimEnd());
  }
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') > 0 ? 1 : 0;
}

function lastLines(text, count = 60) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

function firstLines(text) {
  return text.trimEnd().split('\n').slice(0, 12).join('\n');
}
