/** Guard tests in the Test Explorer: finds them, runs them on request or continuously, and accepts decisions. */
import * as vscode from 'vscode';
import { guardTestSuffix } from '../../core/guardTest/guardTest.ts';
import { commands, testController } from '../base/ids.ts';
import { excludeGlob } from '../base/settings.ts';
import { type Feature, gather, type Services, showFailure } from '../base/services.ts';
import { type AcceptArgument, acceptFieldOfItem, acceptOfItem } from './acceptCommands.ts';
import { createTest } from './createCommand.ts';
import { TestItems } from './testItems.ts';
import { TestRuns } from './testRuns.ts';

const testGlob = `**/*${guardTestSuffix}`;
const mostTests = 2000;

export const testExplorer: Feature = (services) =>
  gather((store) => {
    const controller = store.add(vscode.tests.createTestController(testController, 'Guard tests'));
    const diagnostics = store.add(vscode.languages.createDiagnosticCollection('guardscope.guardTest'));
    const items = new TestItems(controller, diagnostics);
    const runs = new TestRuns(services, controller, items);
    controller.createRunProfile(
      'Run guard tests',
      vscode.TestRunProfileKind.Run,
      (request, token) => runs.handle(request, token),
      true,
      undefined,
      true,
    );
    const findAll = async (): Promise<void> => {
      const uris = await vscode.workspace.findFiles(testGlob, excludeGlob(), mostTests);
      const found = uris.filter(({ scheme }) => scheme === 'file');
      for (const uri of found) await items.update(uri);
      const paths = new Set(found.map(({ fsPath }) => fsPath));
      for (const path of items.filesOf(undefined)) if (!paths.has(path)) items.delete(vscode.Uri.file(path));
    };
    controller.refreshHandler = findAll;
    const watcher = store.add(vscode.workspace.createFileSystemWatcher(testGlob));
    const update = (uri: vscode.Uri): void => void items.update(uri);
    for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) store.add(event(update));
    store.add(acceptCommand(services, commands.acceptDecisions, (argument) => acceptOfItem(argument, { items, runs })));
    store.add(
      acceptCommand(services, commands.acceptField, (argument) => acceptFieldOfItem(argument, { items, runs })),
    );
    store.add(
      vscode.commands.registerCommand(commands.createTest, async (argument: unknown) => {
        try {
          await createTest(services, callOf(argument));
        } catch (thrown) {
          showFailure(services.log, thrown);
        }
      }),
    );
    // What it says about its traces may be old when a test is opened.
    store.add(
      vscode.workspace.onDidOpenTextDocument(({ uri }) => {
        if (items.fileItem(uri.fsPath) !== undefined && uri.scheme === 'file') update(uri);
      }),
    );
    void findAll();
  });

/** The panel names a call; menus give a file. */
function callOf(argument: unknown): number | undefined {
  const isObject = typeof argument === 'object' && argument !== null;
  return isObject && 'call' in argument && typeof argument.call === 'number' ? argument.call : undefined;
}

function acceptCommand(
  { log }: Services,
  id: string,
  run: (argument: AcceptArgument | undefined) => Promise<void>,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (argument: AcceptArgument | undefined) => {
    try {
      await run(argument);
    } catch (thrown) {
      showFailure(log, thrown);
    }
  });
}
