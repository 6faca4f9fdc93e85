/** The extension's table of contents: what it is made of, one line a feature. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import { CompileCache } from '../engine/runtime/compileCache.ts';
import { SpareWorkers } from '../engine/runtime/spareWorkers.ts';
import { chooseCommands } from './commands/choose.ts';
import { guardCommands } from './commands/guards.ts';
import { openTraceCommands } from './commands/openTrace.ts';
import { replayCommands } from './commands/replay.ts';
import { OpenSessions } from './panel/openSessions.ts';
import { traceEditor } from './panel/traceEditor.ts';
import type { Feature, Services } from './services.ts';
import { textDocuments } from './textDocuments.ts';
import { guardsView } from './trees/guardsView.ts';
import { tracesView } from './trees/tracesView.ts';

const features: readonly Feature[] = [
  textDocuments,
  openTraceCommands,
  traceEditor,
  replayCommands,
  chooseCommands,
  guardCommands,
  tracesView,
  guardsView,
];

export function activate(context: vscode.ExtensionContext): void {
  const workerFile = join(context.extensionPath, 'dist', 'worker.js');
  const spare = new SpareWorkers(workerFile);
  const services: Services = {
    context,
    engine: { workerFile, cache: new CompileCache(), spare },
    sessions: new OpenSessions(),
    log: vscode.window.createOutputChannel('Guardscope', { log: true }),
  };
  context.subscriptions.push(services.log, { dispose: () => void spare.close() });
  for (const feature of features) context.subscriptions.push(feature(services));
}
