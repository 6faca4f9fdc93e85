/** The custom editor that shows a trace in the panel. VS Code restores it with the window. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { editors } from '../base/ids.ts';
import { type Feature, gather, type Services } from '../base/services.ts';
import { signalOf } from '../base/signals.ts';
import { panelHtml } from './html.ts';
import { showReading } from './showReading.ts';
import { linkPanel } from './panelLink.ts';
import { TraceDocument } from '../base/traceDocument.ts';

/** Registers the editor for captures and for the gateway's log. */
export const traceEditor: Feature = (services) =>
  gather((store) => {
    const provider = new TraceEditorProvider(services);
    for (const viewType of Object.values(editors)) {
      // A split editor shows the same session a second time, with its own selection, filter and tab.
      const options = { supportsMultipleEditorsPerDocument: true };
      store.add(vscode.window.registerCustomEditorProvider(viewType, provider, options));
    }
    const onTrusted = (): void => services.sessions.all.forEach((document) => document.trusted());
    store.add(vscode.workspace.onDidGrantWorkspaceTrust(onTrusted));
  });

class TraceEditorProvider implements vscode.CustomReadonlyEditorProvider<TraceDocument> {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  async openCustomDocument(
    uri: vscode.Uri,
    _context: vscode.CustomDocumentOpenContext,
    token: vscode.CancellationToken,
  ): Promise<TraceDocument> {
    const { engine, sessions, context } = this.#services;
    const closed = (document: TraceDocument): void => {
      sessions.delete(document);
      engine.kept?.forget(document.session.trace);
    };
    const document = await showReading(basename(uri.fsPath), (onRead) =>
      TraceDocument.open(uri, engine, context.workspaceState, closed, { signal: signalOf(token), onRead }),
    );
    sessions.add(document);
    return document;
  }

  resolveCustomEditor(document: TraceDocument, panel: vscode.WebviewPanel): void {
    const { context, sessions } = this.#services;
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(context.extensionUri, 'dist')] };
    webview.html = panelHtml(webview, context.extensionUri);
    const link = linkPanel(this.#services, document, panel);
    panel.onDidDispose(() => link.dispose());
    panel.onDidChangeViewState(() => {
      if (panel.active) sessions.activate(document);
    });
    if (panel.active) sessions.activate(document);
  }
}
