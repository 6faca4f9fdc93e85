/** The webview panel of "New Call…", next to the panel of the session. */
import * as vscode from 'vscode';
import { DisposableStore } from '../../core/base/lifecycle.ts';
import { Peer } from '../../core/base/rpc.ts';
import type { ComposeDraft, ComposeHostContract, ComposeViewContract } from '../../core/protocol/compose.ts';
import { panelHtml } from '../panel/html.ts';
import { webviewPort } from '../panel/panelLink.ts';
import type { Services } from '../base/services.ts';
import type { ComposedServer } from './composedServer.ts';

/** Opens the view for a server, with an optional draft. Closing the view stops the server. */
export class ComposePanel {
  readonly server: ComposedServer;
  readonly #panel: vscode.WebviewPanel;
  readonly #peer: Peer<ComposeHostContract, ComposeViewContract>;

  constructor(services: Services, server: ComposedServer, draft: ComposeDraft | null, onClose: () => void) {
    const { context } = services;
    const roots = [vscode.Uri.joinPath(context.extensionUri, 'dist')];
    const title = `New Call: ${server.state.server}`;
    const options = { enableScripts: true, localResourceRoots: roots, retainContextWhenHidden: true };
    const store = new DisposableStore();
    this.server = server;
    this.#panel = vscode.window.createWebviewPanel('guardscope.compose', title, vscode.ViewColumn.Beside, options);
    server.viewColumn = () => this.#panel.viewColumn;
    this.#panel.webview.html = panelHtml(this.#panel.webview, context.extensionUri, 'compose');
    this.#peer = store.add(
      new Peer<ComposeHostContract, ComposeViewContract>(webviewPort(this.#panel.webview, store), {
        hello: () => ({ state: server.state, draft }),
        send: (call) => server.send(call),
        cancel: () => {
          server.cancel();
          return null;
        },
        restart: () => {
          void server.start();
          return null;
        },
        stop: async () => {
          await server.stop();
          return null;
        },
        showSession: async () => {
          await server.showSession();
          return null;
        },
      }),
    );
    // A closed view does not answer; its pending requests are rejected.
    const ignoreClosed = (request: Promise<null>): void => void request.catch(() => undefined);
    store.add(server.onDidChange(() => ignoreClosed(this.#peer.ask('changed', server.state))));
    store.add(server.onProgress((text) => ignoreClosed(this.#peer.ask('progress', { text }))));
    this.#panel.onDidDispose(() => {
      store.dispose();
      server.dispose();
      onClose();
    });
  }

  /** Reveals the view and fills in a draft. */
  show(draft: ComposeDraft | null): void {
    this.#panel.reveal();
    if (draft !== null) void this.#peer.ask('draft', draft).catch(() => undefined);
  }
}
