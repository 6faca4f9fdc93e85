/** `test`: runs guard tests, accepts new decisions, and makes a test of a session. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Failure } from '../../core/base/failure.ts';
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import type { AcceptChoice } from '../../core/guardTest/acceptDecisions.ts';
import { createGuardTest } from '../../engine/guardTests/createGuardTest.ts';
import { findGuardTests } from '../../engine/guardTests/findGuardTests.ts';
import { runGuardTest } from '../../engine/guardTests/runGuardTest.ts';
import { acceptInFile } from '../../engine/guardTests/testFile.ts';
import type { GuardTestResult } from '../../engine/guardTests/testResult.ts';
import { type Arguments, usage } from '../base/args.ts';
import { type Command, type ExitCode, exitCodes } from '../base/command.ts';
import { cliEngine } from '../base/engine.ts';
import type { Output } from '../base/output.ts';
import { junitReport } from '../reports/guardTestJunit.ts';
import { testMarkdown } from '../reports/guardTestMarkdown.ts';
import { sarifReport } from '../reports/guardTestSarif.ts';
import { printGuardTest, printTestCounts, testResultLines } from '../reports/printGuardTests.ts';

const modes: readonly EnforcementMode[] = ['strict', 'filter', 'propagate'];

/** Flags that only make a test. */
const newTestFlags = ['guard', 'policy', 'config', 'mode', 'server', 'lookups', 'deadline', 'calls'] as const;

export const test: Command = {
  name: 'test',
  summary: 'Run guard tests (*.guardtest.json): traces whose decisions were accepted; or make one.',
  positions: ['PATH…'],
  flags: {
    update: { kind: 'switch', help: 'Accept what the guards decide now, and write it into the tests' },
    call: { kind: 'value', value: 'N', help: 'With --update: accept only call N' },
    field: {
      kind: 'value',
      value: 'NAME',
      help: 'With --call: accept only this member of the call, such as outcome or items',
    },
    junit: { kind: 'value', value: 'FILE', help: 'Write a report in the XML of JUnit, for CI systems' },
    sarif: { kind: 'value', value: 'FILE', help: 'Write a report in SARIF 2.1.0, for code scanning' },
    markdown: { kind: 'value', value: 'FILE', help: 'Write a summary of what changed in Markdown, for a pull request' },
    json: { kind: 'switch', help: 'Print one JSON object for each test and what it is run with' },
    create: {
      kind: 'value',
      value: 'FILE',
      help: 'Make a guard test of the traces PATH…, and accept what the guard decides now',
    },
    guard: { kind: 'value', value: 'FILE', help: 'With --create: the guard (.wasm), or "noop"' },
    policy: { kind: 'value', value: 'FILE', help: 'With --create: the guard policy (JSON)' },
    config: { kind: 'value', value: 'FILE', help: "With --create: the gateway's configuration" },
    mode: { kind: 'value', value: 'MODE', help: 'With --create: the mode if the guard does not set one' },
    server: { kind: 'value', value: 'ID', help: 'With --create: the server that guard and policy are for' },
    lookups: {
      kind: 'value',
      value: 'FILE',
      help: 'With --create: answers (JSON) to look-ups that the trace has no answer to',
    },
    deadline: { kind: 'value', value: 'MS', help: 'With --create: maximum duration of a guard call, in milliseconds' },
    calls: {
      kind: 'value',
      value: 'RANGE',
      help: 'With --create: the calls that are compared, such as 3-9,12 (default: all)',
    },
  },
  async run(args, output) {
    const file = args.value('create');
    if (file !== undefined) return create(file, args, output);
    const other = newTestFlags.find((flag) => args.value(flag) !== undefined);
    if (other !== undefined) throw usage('test', `--${other} needs --create`);
    const choice = readChoice(args);
    const first = args.optional(0);
    const paths = await findGuardTests(first === undefined ? ['.'] : args.positionsFrom(0, 'PATH'));
    const services = cliEngine();
    const results: GuardTestResult[] = [];
    for (const path of paths) {
      const result = await runGuardTest(resolve(path), services);
      if (result === null) continue;
      results.push(result);
      if (args.has('json')) for (const line of testResultLines(result)) await output.json(line);
      else await printGuardTest(result, choice !== null, output);
      if (choice !== null) await update(result, choice, output);
    }
    if (!args.has('json')) await printTestCounts(results, output);
    await writeReports(args, results);
    return exitCodeOf(results, choice !== null);
  },
};

async function create(file: string, args: Arguments, output: Output): Promise<ExitCode> {
  const other =
    ['update', 'json'].find((flag) => args.has(flag)) ??
    ['call', 'field', ...Object.keys(reports)].find((flag) => args.value(flag) !== undefined);
  if (other !== undefined) throw usage('test', `--create cannot be used with --${other}`);
  const value = (name: string): string | null => args.value(name) ?? null;
  if (['guard', 'config', 'policy'].every((name) => value(name) === null)) {
    throw usage('test', '--create needs --guard, --config or --policy');
  }
  const accepted = await createGuardTest(
    file,
    {
      trace: args.positionsFrom(0, 'PATH'),
      guard: value('guard'),
      policy: value('policy'),
      config: value('config'),
      mode: args.oneOf('mode', modes) ?? null,
      server: value('server'),
      lookups: value('lookups'),
      deadlineMs: args.count('deadline', { least: 1 }) ?? null,
      calls: value('calls'),
    },
    cliEngine(),
  );
  await output.line(
    `"${file}" accepts ${accepted === 1 ? '1 decision' : `${accepted} decisions`}; review them before you commit the file`,
  );
  return exitCodes.fine;
}

/** The reports by the flag that names their file. */
const reports: Readonly<Record<string, (results: readonly GuardTestResult[]) => string>> = {
  junit: junitReport,
  sarif: sarifReport,
  markdown: testMarkdown,
};

async function writeReports(args: Arguments, results: readonly GuardTestResult[]): Promise<void> {
  for (const [flag, report] of Object.entries(reports)) {
    const file = args.value(flag);
    if (file === undefined) continue;
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, report(results));
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      const message = `The report "${file}" cannot be written: ${reason}`;
      throw new Failure('guardtest/report-unwritable', message, `Choose another file for --${flag}`);
    }
  }
}

/** What is accepted; null without `--update`. */
function readChoice(args: Arguments): AcceptChoice | null {
  const call = args.count('call', { least: 1 });
  const field = args.value('field');
  if (field !== undefined && call === undefined) throw usage('test', '--field needs --call');
  if (args.has('update')) return { ...(call === undefined ? {} : { call }), ...(field === undefined ? {} : { field }) };
  if (call !== undefined) throw usage('test', '--call needs --update');
  return null;
}

async function update(result: GuardTestResult, choice: AcceptChoice, output: Output): Promise<void> {
  const written = await acceptInFile(result, choice);
  if (written) output.note(`the decisions of "${result.path}" are accepted`);
}

/** What cannot be run counts more than what failed. After an update, what failed is accepted. */
function exitCodeOf(results: readonly GuardTestResult[], isUpdate: boolean): ExitCode {
  const cases = results.flatMap((result) => result.cases);
  if (cases.some(({ isNotLoaded }) => isNotLoaded)) return exitCodes.notLoaded;
  if (results.some(({ test: read }) => read === null) || cases.some(({ status }) => status === 'error'))
    return exitCodes.badInput;
  return !isUpdate && cases.some(({ status }) => status === 'failed') ? exitCodes.differs : exitCodes.fine;
}
