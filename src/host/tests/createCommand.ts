/** "Create Guard Test…": accepts what the guard of an open trace decides now, for all calls, one call, the changed ones, or a range. */
import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { Failure } from '../../core/base/failure.ts';
import { callRangeText, guardTestSuffix } from '../../core/guardTest/guardTest.ts';
import { createGuardTest } from '../../engine/guardTests/createGuardTest.ts';
import { traceHash } from '../../engine/guardTests/traceHash.ts';
import { captureFolders, isBelow } from '../base/captureFolders.ts';
import type { Services } from '../base/services.ts';
import type { TraceDocument } from '../base/traceDocument.ts';
import { requireTrust } from '../base/trust.ts';

interface CallsItem extends vscode.QuickPickItem {
  /** The calls as in a test; null: all. Undefined: the user enters them. */
  readonly calls: string | null | undefined;
}

/**
 * Asks which calls the test is of, unless `call` (from 0) is given, and where it is written; opens the new test. Throws what `createGuardTest` throws,
 * `host/untrusted`, and `guardtest/no-session` without an open trace.
 */
export async function createTest({ sessions, engine }: Services, call: number | undefined): Promise<void> {
  requireTrust('Create Guard Test');
  const document = sessions.active;
  if (document === undefined) {
    throw new Failure('guardtest/no-session', 'No trace is open', 'Run "Guardscope: Open Trace…" first');
  }
  const { total } = document.session.changes.state;
  if (total > 0) {
    throw new Failure(
      'guardtest/hypothetical',
      'The decisions on show are hypothetical, because you changed calls; a guard test accepts those of the trace as it was captured',
      'Drop the changes in the panel, then create the test',
    );
  }
  const calls = call === undefined ? await askForCalls(document) : String(call + 1);
  if (calls === undefined) return;
  const target = await askForFile(document, calls);
  if (target === undefined) return;
  const { session } = document;
  const { guard, policy, config, mode, server, deadlineMs } = session.settings;
  const folder = dirname(target.fsPath);
  const trace = await Promise.all(session.paths.map((path) => keptTrace(path, folder)));
  const accepted = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Deciding the calls of ${basename(target.fsPath)}` },
    () =>
      createGuardTest(
        target.fsPath,
        { trace, guard, policy, config, mode, server, lookups: null, deadlineMs, calls },
        engine,
      ),
  );
  await vscode.window.showTextDocument(target);
  const decisions = accepted === 1 ? '1 decision' : `${accepted} decisions`;
  void vscode.window.showInformationMessage(
    `${basename(target.fsPath)} accepts ${decisions}. Review them before you commit the file; the Test Explorer runs it.`,
  );
}

/** Undefined when the user cancels; null: all calls. */
async function askForCalls({ session }: TraceDocument): Promise<string | null | undefined> {
  const { length } = session.trace.calls;
  const changed = session.trace.calls.flatMap(({ index }) =>
    session.row(index).changes === undefined ? [] : [index + 1],
  );
  const items: readonly CallsItem[] = [
    { label: `All ${length} calls`, calls: null },
    ...(changed.length === 0
      ? []
      : [
          {
            label: `The ${changed.length} changed calls`,
            detail: callRangeText(changed),
            calls: callRangeText(changed),
          },
        ]),
    { label: 'Some calls…', detail: 'For example 3-9,12', calls: undefined },
  ];
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Select the calls that the test is of' });
  if (picked === undefined || picked.calls !== undefined) return picked?.calls;
  const title = 'Calls of the guard test';
  return vscode.window.showInputBox({ title, prompt: `Numbers from 1 to ${length}, such as 3-9,12` });
}

async function askForFile({ uri }: TraceDocument, calls: string | null): Promise<vscode.Uri | undefined> {
  const name = basename(uri.fsPath).replace(/(\.guardtrace)?\.jsonl$/, '');
  const part = calls === null ? '' : `-${calls.replaceAll(',', '_')}`;
  const workspace = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath;
  const folder = isCapture(uri.fsPath) && workspace !== undefined ? workspace : dirname(uri.fsPath);
  return vscode.window.showSaveDialog({
    title: 'Create Guard Test',
    defaultUri: vscode.Uri.file(join(folder, `${name}${part}${guardTestSuffix}`)),
    filters: { 'Guard tests': ['json'] },
  });
}

function isCapture(path: string): boolean {
  return captureFolders().some((folder) => isBelow(folder, path));
}

/** A capture is copied beside the test, because older captures are deleted. Other traces stay where they are. */
async function keptTrace(path: string, folder: string): Promise<string> {
  if (!isCapture(path)) return path;
  const copy = join(folder, basename(path));
  try {
    await copyFile(path, copy, constants.COPYFILE_EXCL);
  } catch (thrown) {
    const isSame = await Promise.all([traceHash([path]), traceHash([copy])]).then(
      ([one, other]) => one === other,
      () => false,
    );
    if (isSame) return copy;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const hint = 'Choose another folder for the test';
    throw new Failure('guardtest/trace-not-kept', `Cannot copy the capture "${path}" beside the test: ${reason}`, hint);
  }
  return copy;
}
