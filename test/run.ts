/**
 * `npm test`: runs every check of the repository in named stages, also after a failure; `npm test -- pure editor` runs only these stages.
 * The last line is `N passed, N failed`: tests count one each, and so do a file that did not finish and a command that failed.
 */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readReport, tally, type Tally } from './runner/report.ts';
import { root, type Stage, stages } from './runner/stages.ts';
import { patiently } from './support/patience.ts';

/** Time without a finished test after which a stage is stopped: longer than any test or check takes. */
const silenceMs = patiently(5 * 60_000);

/**
 * Number of stages that run at a time. The two long ones, `processes` and `editor`, wait for what they started in a quarter of their time;
 * the third lane uses that.
 */
const lanes = 3;

/** More flaky files than this fail the run, because they indicate a fault of the product or its tests. */
const mostFlaky = 2;

interface Row extends Tally {
  readonly name: string;
  readonly seconds: number;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => stages.every((stage) => stage.name !== name));
if (unknown.length > 0) {
  console.error(`There is no stage ${unknown.join(', ')}; the stages are ${stages.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const reports = join(root, 'test', '.reports');
mkdirSync(reports, { recursive: true });
const chosen = stages.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const waiting = [...chosen];
const rows = (await Promise.all(Array.from({ length: lanes }, takeTurns))).flat();
summarize(
  rows.sort(
    (a, b) => chosen.findIndex(({ name }) => name === a.name) - chosen.findIndex(({ name }) => name === b.name),
  ),
);

/** Runs waiting stages until none is left. */
async function takeTurns(): Promise<readonly Row[]> {
  const done: Row[] = [];
  for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift()) done.push(await runStage(stage));
  return done;
}

async function runStage({ name, check }: Stage): Promise<Row> {
  const report = join(reports, `${name}.jsonl`);
  rmSync(report, { force: true });
  console.log(`── ${name}`);
  const began = performance.now();
  const limit = new AbortController();
  const watch = watchProgress(report, () => limit.abort());
  const others = await check({ report, signal: limit.signal });
  clearInterval(watch);
  const { passed, failures, flaky } = tally(readReport(report));
  const cut = limit.signal.aborted
    ? [`${name} was cut off: nothing finished for ${(silenceMs / 60_000).toFixed(0)} minutes`]
    : [];
  // The last output of a tool repeats the failed tests.
  const all = [...failures, ...cut, ...(failures.length === 0 && cut.length === 0 ? others : [])];
  const row = { name, passed, failures: all, flaky, seconds: (performance.now() - began) / 1000 };
  for (const failure of all) console.log(`${name}: ${failure}`);
  console.log(`── ${lineOf(row)}`);
  return row;
}

/** Calls `stop` when a report has not grown for `silenceMs`. */
function watchProgress(report: string, stop: () => void): NodeJS.Timeout {
  let size = -1;
  let grewAt = performance.now();
  return setInterval(() => {
    const now = statSync(report, { throwIfNoEntry: false })?.size ?? 0;
    if (now !== size) [size, grewAt] = [now, performance.now()];
    else if (performance.now() - grewAt > silenceMs) stop();
  }, 1000);
}

function lineOf({ name, passed, failures, seconds }: Row): string {
  const count = passed > 0 ? `${passed} passed` : '';
  const state = failures.length === 0 ? 'ok' : `${failures.length} FAILED`;
  return `${name.padEnd(10)} ${state.padEnd(12)} ${`${seconds.toFixed(1)} s`.padStart(8)}  ${count}`.trimEnd();
}

function summarize(all: readonly Row[]): void {
  console.log('');
  for (const row of all) console.log(lineOf(row));
  const flaky = all.flatMap((row) => row.flaky);
  for (const { file, error } of flaky)
    console.log(`FLAKY ${file}: it failed and passed when it was run again\n${error}`);
  const passed = all.reduce((total, row) => total + row.passed, 0);
  const failed = all.reduce((total, row) => total + row.failures.length, 0) + (flaky.length > mostFlaky ? 1 : 0);
  if (flaky.length > 0)
    console.log(`flaky: ${flaky.length} (${flaky.map(({ file }) => JSON.stringify(file)).join(', ')})`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
