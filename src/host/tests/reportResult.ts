/** Reports what became of a guard test to the Test Explorer: a state for each item, and messages with what was expected at their places. */
import * as vscode from 'vscode';
import type { Problem } from '../../core/base/parsed.ts';
import { changeTitles } from '../../core/difc/record/changeKind.ts';
import { diffHeadline } from '../../core/diff/diffText.ts';
import type { FailedCall } from '../../core/guardTest/compareAccepted.ts';
import { acceptedCallText } from '../../core/guardTest/writeGuardTest.ts';
import type { ReadGuardTest } from '../../core/guardTest/readGuardTest.ts';
import type { CaseResult, GuardTestResult } from '../../engine/guardTests/testResult.ts';
import { rangeAt, type TestItems } from './testItems.ts';

/** The `contextValue` of messages about a call, for the menu with *Accept*. */
const callMessage = 'guardscope.call';

/** Reports a test that was run. */
export function reportResult(run: vscode.TestRun, items: TestItems, result: GuardTestResult): void {
  const { path, read, problems, cases } = result;
  const file = items.fileItem(path);
  if (file === undefined) return;
  if (cases.length === 0)
    run.errored(
      file,
      problems.map((problem) => problemMessage(problem, file)),
    );
  for (const each of cases) {
    const item = items.caseItem(path, each);
    if (item !== undefined && read !== null) reportCase(run, item, each, read);
  }
}

function reportCase(run: vscode.TestRun, item: vscode.TestItem, each: CaseResult, read: ReadGuardTest): void {
  const { status, problems, diff, decided, ms, title } = each;
  const name = title === '' ? item.label : `${item.label} (${title})`;
  const said = problems.map((problem) => problemMessage(problem, item));
  print(run, `${name}: ${diff === null ? status : diffHeadline(diff.counts)}`);
  for (const { message } of problems) print(run, `  ${message}`);
  if (status === 'error') return run.errored(item, said, ms);
  const failed = new Map((diff?.calls ?? []).map((call) => [call.expected?.call ?? null, call]));
  // A call that is not accepted has no item of its own.
  const added = (diff?.calls ?? []).filter(({ expected }) => expected === null);
  item.children.forEach((child) => {
    const call = failed.get(Number(child.id));
    if (call === undefined) run.passed(child);
    else run.failed(child, callMessageOf(call, child, read));
  });
  const own = [...said, ...added.map((call) => callMessageOf(call, item, read))];
  if (status === 'failed') run.failed(item, own.length > 0 ? own : [], ms);
  else run.passed(item, ms);
  if (decided !== null && status === 'failed') {
    for (const call of diff?.calls ?? []) print(run, `  ${callText(call).replaceAll('\n', '\r\n    ')}`);
  }
}

function callMessageOf(call: FailedCall, item: vscode.TestItem, read: ReadGuardTest): vscode.TestMessage {
  const { expected, actual, changes, pointer } = call;
  const text = (one: FailedCall['expected']): string => (one === null ? '' : acceptedCallText(one));
  const message = vscode.TestMessage.diff(callText(call), text(expected), text(actual));
  const place = changes[0]?.pointer ?? pointer;
  if (item.uri !== undefined && place !== null)
    message.location = new vscode.Location(item.uri, rangeAt(read.placeAt(place)));
  message.contextValue = callMessage;
  return message;
}

function callText({ expected, actual, changes, tool }: FailedCall): string {
  const head = `Call ${(actual ?? expected)?.call ?? 0}, ${tool}`;
  if (expected === null) return `${head} is decided, and is not accepted`;
  if (actual === null) return `${head} is accepted, and is not decided`;
  return [
    `${head} is not decided as accepted`,
    ...changes.map(({ kind, text }) => `${changeTitles[kind]} ${text}`),
  ].join('\n');
}

function problemMessage({ message, hint, position }: Problem, { uri }: vscode.TestItem): vscode.TestMessage {
  const shown = new vscode.TestMessage(hint === undefined ? message : `${message}\n${hint}`);
  const file = position?.file === undefined ? uri : vscode.Uri.file(position.file);
  if (file !== undefined) shown.location = new vscode.Location(file, rangeAt(position ?? {}));
  return shown;
}

/** The Test Explorer shows output as a terminal does. */
function print(run: vscode.TestRun, line: string): void {
  run.appendOutput(`${line}\r\n`);
}
