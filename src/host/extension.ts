/** Activates the extension: creates the services and registers every feature. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore } from '../core/base/lifecycle.ts';
import { userModules } from '../engine/guard/userModules.ts';
import { CompileCache } from '../engine/runtime/host/compileCache.ts';
import { KeptSessions } from '../engine/session/keptSessions.ts';
import { SpareWorkers } from '../engine/runtime/host/spareWorkers.ts';
import { captureServers } from './capture/captureServer.ts';
import { exchangeCommands } from './capture/exchangeCommands.ts';
import { renewLauncher } from './capture/launcherOf.ts';
import { PublishedList } from './base/publishedList.ts';
import { sessionFiles } from './capture/sessionFiles.ts';
import { captureStatus } from './capture/statusBar.ts';
import { steerGuard } from './capture/steerGuard.ts';
import { watchLiveSessions } from './capture/watchLiveSessions.ts';
import { newCalls } from './compose/newCall.ts';
import { chooseCommands } from './commands/choose.ts';
import { guardCommands } from './trees/guardCommands.ts';
import { newGuardCommand } from './commands/newGuard.ts';
import { openTraceCommands } from './commands/openTrace.ts';
import { replayCommands } from './commands/replay.ts';
import { policyDiagnostics } from './diagnostics/policyDiagnostics.ts';
import { traceDiagnostics } from './diagnostics/traceDiagnostics.ts';
import { capturedServers } from './mcp/definitionProvider.ts';
import { OpenSessions } from './base/openSessions.ts';
import { compareCommand } from './panel/compareCommand.ts';
import { traceEditor } from './panel/traceEditor.ts';
import type { Feature, Services } from './base/services.ts';
import { whenTrusted } from './base/trust.ts';
import { textDocuments } from './base/textDocuments.ts';
import { guardLenses } from './source/guardLenses.ts';
import { interfaceHovers } from './source/interfaceHovers.ts';
import { testExplorer } from './tests/testExplorer.ts';
import { clauseCommands } from './policy/clauseCommands.ts';
import { policyFixes } from './policy/policyFixes.ts';
import { policyHovers } from './policy/policyHovers.ts';
import { policyLenses } from './policy/policyLenses.ts';
import { whatIf } from './policy/whatIf.ts';
import { editCalls } from './whatIf/editCalls.ts';
import { guardsView } from './trees/guardsView.ts';
import { sessionsView } from './trees/sessionsView.ts';

const features: readonly Feature[] = [
  textDocuments,
  openTraceCommands,
  traceEditor,
  compareCommand,
  replayCommands,
  chooseCommands,
  guardCommands,
  newGuardCommand,
  policyDiagnostics,
  traceDiagnostics,
  policyFixes,
  policyLenses,
  policyHovers,
  clauseCommands,
  whatIf,
  editCalls,
  sessionsView,
  guardsView,
  guardLenses,
  interfaceHovers,
  captureServers,
  capturedServers,
  captureStatus,
  steerGuard,
  sessionFiles,
  exchangeCommands,
  newCalls,
  testExplorer,
  renewLauncher,
];

export function activate(context: vscode.ExtensionContext): void {
  const workerFile = join(context.extensionPath, 'dist', 'worker.js');
  const spare = new SpareWorkers(workerFile, { standsBy: false });
  const kept = new KeptSessions();
  const store = new DisposableStore();
  const services: Services = {
    context,
    engine: { workerFile, cache: new CompileCache(userModules(workerFile)), spare, kept },
    sessions: new OpenSessions(),
    live: watchLiveSessions(store),
    published: new PublishedList(context),
    log: vscode.window.createOutputChannel('Guardscope', { log: true }),
  };
  store.add(whenTrusted(() => spare.standBy()));
  context.subscriptions.push(services.log, store, {
    dispose: () => {
      void kept.close();
      void spare.close();
    },
  });
  for (const feature of features) context.subscriptions.push(feature(services));
}
