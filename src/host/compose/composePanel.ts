/** The view that composes calls, in a tab of its own beside the session. */
import * as vscode from 'vscode';
import { DisposableStore } from '../../core/base/lifecycle.ts';
import { Peer } from '../../core/base/rpc.ts';
import type { ComposeDraft, ComposeHostContract, ComposeViewContract } from '../../core/protocol/compose.ts';
import { panelHtml } from '../panel/html.ts';
import { webviewPort } from '../panel/panelLink.ts';
import type { Services } from '../base/services.ts';
import type { ComposedServer } from './composedServer.ts';

/** Opens the view for a server, which ends with it. `draft` is what it begins with. */
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
    server.placedBy = () => this.#panel.viewColumn;
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
    // A view that is gone does not answer, and needs nothing any more.
    const tell = (asked: Promise<null>): void => void asked.catch(() => undefined);
    store.add(server.onDidChange(() => tell(this.#peer.ask('changed', server.state))));
    store.add(server.onProgress((text) => tell(this.#peer.ask('progress', { text }))));
    this.#panel.onDidDispose(() => {
      store.dispose();
      server.dispose();
      onClose();
    });
  }

  /** Fills in another call. */
  show(draft: ComposeDraft | null): void {
    this.#panel.reveal();
    if (draft !== null) void this.#peer.ask('draft', draft).catch(() => undefined);
  }
}
