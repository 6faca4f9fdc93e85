/** Commands of the Test Explorer that accept what a guard decides now: everything of a test, one call, or one field of it. */
import * as vscode from 'vscode';
import { Failure } from '../../core/base/failure.ts';
import { changeTitles } from '../../core/difc/record/changeKind.ts';
import type { AcceptChoice } from '../../core/guardTest/acceptDecisions.ts';
import { acceptInFile } from '../../engine/guardTests/testFile.ts';
import type { GuardTestResult } from '../../engine/guardTests/testResult.ts';
import { requireTrust } from '../base/trust.ts';
import type { TestItems } from './testItems.ts';
import type { TestRuns } from './testRuns.ts';

/** The argument of a command: an item, or a message in the editor with its item. */
export type AcceptArgument = vscode.TestItem | { readonly test: vscode.TestItem };

export interface Accepting {
  readonly items: TestItems;
  readonly runs: TestRuns;
}

/** Accepts the call of an item, or everything of the test of another item. Throws what `acceptInFile` throws, `host/untrusted` and `guardtest/unsaved`. */
export async function acceptOfItem(argument: AcceptArgument | undefined, { items, runs }: Accepting): Promise<void> {
  const item = itemOf(argument);
  const place = item === undefined ? undefined : items.placeOf(item);
  if (place === undefined) return;
  await accept(place.path, place.call === null ? {} : { call: place.call }, { items, runs });
}

/** Asks for a part of a call that is not as accepted, and accepts only this. */
export async function acceptFieldOfItem(
  argument: AcceptArgument | undefined,
  { items, runs }: Accepting,
): Promise<void> {
  const item = itemOf(argument);
  const place = item === undefined ? undefined : items.placeOf(item);
  if (place === undefined) return;
  if (place.call === null) {
    void vscode.window.showInformationMessage('Select a call of the test: one field of it can be accepted.');
    return;
  }
  const { path, call } = place;
  const { cases } = await resultOf(path, { items, runs });
  const changes = cases.flatMap(({ diff }) =>
    (diff?.calls ?? []).filter(({ expected }) => expected?.call === call).flatMap((failed) => failed.changes),
  );
  const rows = changes.map(({ field, kind, text }) => ({
    label: field,
    description: changeTitles[kind],
    detail: text,
  }));
  const unique = rows.filter(({ label }, at) => rows.findIndex((row) => row.label === label) === at);
  if (unique.length === 0) {
    void vscode.window.showInformationMessage(`Call ${call} is decided as accepted.`);
    return;
  }
  const picked = await vscode.window.showQuickPick(unique, {
    placeHolder: `Select the part of call ${call} to accept`,
  });
  if (picked !== undefined) await accept(path, { call, field: picked.label }, { items, runs });
}

async function accept(path: string, choice: AcceptChoice, { items, runs }: Accepting): Promise<void> {
  requireTrust('Accept decisions');
  const isUnsaved = vscode.workspace.textDocuments.some(({ uri, isDirty }) => isDirty && uri.fsPath === path);
  if (isUnsaved) {
    const message = `"${vscode.workspace.asRelativePath(path)}" has changes that are not saved`;
    throw new Failure('guardtest/unsaved', message, 'Nothing was accepted. Save the file and try again');
  }
  const result = await resultOf(path, { items, runs });
  if (!(await acceptInFile(result, choice))) {
    void vscode.window.showInformationMessage(
      'There is nothing to accept: the test is decided as accepted, or it could not be run.',
    );
    return;
  }
  await rerun(path, { items, runs });
}

/** The last result of a test; it is run when there is none. */
async function resultOf(path: string, accepting: Accepting): Promise<GuardTestResult> {
  const known = accepting.runs.resultOf(path);
  if (known !== undefined) return known;
  await rerun(path, accepting);
  const result = accepting.runs.resultOf(path);
  if (result !== undefined) return result;
  throw new Failure('guardtest/not-run', `"${path}" was not run`, 'Try again');
}

async function rerun(path: string, { items, runs }: Accepting): Promise<void> {
  const item = items.fileItem(path);
  await runs.run(new vscode.TestRunRequest(item === undefined ? undefined : [item]), [path]);
}

function itemOf(argument: AcceptArgument | undefined): vscode.TestItem | undefined {
  return argument !== undefined && 'test' in argument ? argument.test : argument;
}
