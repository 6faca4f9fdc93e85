/** Webview panels, tabs, and the definitions of MCP servers of the fake VS Code API. */
import { Emitter } from '../../../src/core/base/event.ts';
import type { Uri } from './values.ts';

/** A panel with a webview. A test is the page: it listens to `toPage` and fires `toHost`. */
export class FakeWebviewPanel {
  readonly viewType: string;
  readonly title: string;
  readonly viewColumn: number;
  /** How often the extension brought the panel to the front. */
  reveals = 0;
  readonly toPage = new Emitter<unknown>();
  readonly toHost = new Emitter<unknown>();
  readonly #closed = new Emitter<void>();
  readonly onDidDispose = this.#closed.event;
  readonly webview = {
    html: '',
    cspSource: 'vscode-webview:',
    asWebviewUri: (uri: Uri): Uri => uri,
    // Structured as by VS Code, so that only plain data passes.
    postMessage: async (message: unknown): Promise<void> => this.toPage.fire(structuredClone(message)),
    onDidReceiveMessage: this.toHost.event,
  };

  constructor(viewType: string, title: string, viewColumn: number) {
    this.viewType = viewType;
    this.title = title;
    this.viewColumn = viewColumn;
  }

  reveal(): void {
    this.reveals++;
  }

  /** The user closes the panel. */
  dispose(): void {
    this.#closed.fire();
    for (const emitter of [this.#closed, this.toPage, this.toHost]) emitter.dispose();
  }
}

export class TabInputTextDiff {
  readonly original: Uri;
  readonly modified: Uri;

  constructor(original: Uri, modified: Uri) {
    this.original = original;
    this.modified = modified;
  }
}

export class TabInputText {
  readonly uri: Uri;

  constructor(uri: Uri) {
    this.uri = uri;
  }
}

/** A tab of a text or a diff. */
export interface FakeTab {
  readonly input: TabInputTextDiff | TabInputText;
}

export class McpStdioServerDefinition {
  readonly label: string;
  readonly command: string;
  args: readonly string[];
  env: Readonly<Record<string, string | null>>;
  readonly version: string;
  cwd: Uri | undefined;

  constructor(
    ...[label, command, args, env, version]: [string, string, string[], Readonly<Record<string, string | null>>, string]
  ) {
    this.label = label;
    this.command = command;
    this.args = args;
    this.env = env;
    this.version = version;
  }
}

export class McpHttpServerDefinition {
  readonly label: string;
  uri: Uri;
  headers: Readonly<Record<string, string>>;
  readonly version: string;

  constructor(...[label, uri, headers, version]: [string, Uri, Readonly<Record<string, string>>, string]) {
    this.label = label;
    this.uri = uri;
    this.headers = headers;
    this.version = version;
  }
}

export class RelativePattern {
  readonly base: Uri;
  readonly pattern: string;

  constructor(base: Uri, pattern: string) {
    this.base = base;
    this.pattern = pattern;
  }
}

export const QuickPickItemKind = { Separator: -1, Default: 0 };
