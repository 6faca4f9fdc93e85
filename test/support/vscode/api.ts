/** A fake of the parts of the VS Code API that the host rooms use. Anything else throws "fake vscode: … is not implemented". */
import { cp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic as RealDiagnostic } from 'vscode';
import { toDisposable } from '../../../src/core/base/lifecycle.ts';
import { events, fake, registered, strict } from './state.ts';
import { TabInputTextDiff } from './tabs.ts';
import { fakeDocument, Uri, type WorkspaceEdit } from './values.ts';

export { fake, fire, resetVscode, runCommand, type ShownMessage } from './state.ts';
export * from './tabs.ts';
export { Location, TestMessage, TestRunProfileKind, TestRunRequest, tests } from './testing.ts';
export * from './values.ts';
export { window } from './window.ts';

export const commands = strict('commands', {
  registerCommand(id: string, run: (...args: unknown[]) => unknown) {
    registered.set(id, run);
    return toDisposable(() => registered.delete(id));
  },
  async executeCommand(id: string, ...args: unknown[]): Promise<unknown> {
    if (id === 'setContext') {
      fake.context.set(String(args[0]), args[1]);
      return;
    }
    fake.executed.push([id, ...args]);
    if (id === 'vscode.diff') fake.tabs.push({ input: new TabInputTextDiff(args[0] as Uri, args[1] as Uri) });
    return (registered.get(id) ?? fake.answering.get(id))?.(...args);
  },
});

export const workspace = strict('workspace', {
  get workspaceFolders() {
    return fake.folders.length === 0 ? undefined : fake.folders.map((path, index) => folderAt(path, index));
  },
  get isTrusted() {
    return fake.trusted;
  },
  onDidGrantWorkspaceTrust: events.trusted.event,
  onDidChangeConfiguration: events.settings.event,
  onDidChangeWorkspaceFolders: events.folders.event,
  get textDocuments() {
    return fake.documents;
  },
  getWorkspaceFolder(uri: Uri) {
    const index = fake.folders.findIndex((folder) => uri.fsPath.startsWith(`${folder}/`));
    return index < 0 ? undefined : folderAt(fake.folders[index] ?? '', index);
  },
  asRelativePath(target: string | Uri): string {
    const path = typeof target === 'string' ? target : target.fsPath;
    const folder = fake.folders.find((each) => path.startsWith(`${each}/`));
    return folder === undefined ? path : path.slice(folder.length + 1);
  },
  getConfiguration(section = '') {
    const idOf = (name: string): string => (section === '' ? name : `${section}.${name}`);
    return {
      get: (name: string, otherwise?: unknown): unknown =>
        fake.settings.has(idOf(name)) ? fake.settings.get(idOf(name)) : otherwise,
      update: async (name: string, value: unknown, target: unknown): Promise<void> => {
        fake.updates.push({ id: idOf(name), value, target });
        if (value === undefined) fake.settings.delete(idOf(name));
        else fake.settings.set(idOf(name), value);
      },
    };
  },
  workspaceFile: undefined,
  findFiles: async (): Promise<Uri[]> => fake.files.map((path) => Uri.file(path)),
  createFileSystemWatcher() {
    const event = events.watched.event;
    return { onDidCreate: event, onDidChange: event, onDidDelete: event, dispose: () => undefined };
  },
  fs: strict('workspace.fs', {
    stat: ({ fsPath }: Uri) => stat(fsPath),
    readFile: ({ fsPath }: Uri) => readFile(fsPath),
    async readDirectory({ fsPath }: Uri): Promise<readonly (readonly [name: string])[]> {
      return (await readdir(fsPath)).map((name) => [name] as const);
    },
    copy: (from: Uri, to: Uri, { overwrite }: { readonly overwrite: boolean }): Promise<void> =>
      cp(from.fsPath, to.fsPath, { recursive: true, force: overwrite, errorOnExist: !overwrite }),
    async delete({ fsPath }: Uri, { useTrash = false }: { readonly useTrash?: boolean } = {}): Promise<void> {
      if (useTrash && !fake.hasTrash) throw new Error('This file system has no trash');
      await rm(fsPath);
    },
  }),
  onDidOpenTextDocument: events.opened.event,
  onDidChangeTextDocument: events.changed.event,
  onDidSaveTextDocument: events.saved.event,
  onDidCloseTextDocument: events.closed.event,
  /** A document that is open, or the URI of another one. */
  openTextDocument: async (uri: Uri): Promise<{ readonly uri: Uri }> =>
    fake.documents.find((document) => document.uri.toString() === uri.toString()) ?? { uri },
  registerFileSystemProvider(scheme: string, provider: unknown) {
    fake.fileSystems.set(scheme, provider);
    return toDisposable(() => fake.fileSystems.delete(scheme));
  },
  /** Replaces whole texts of the open documents. */
  async applyEdit({ edits }: WorkspaceEdit): Promise<boolean> {
    for (const { uri, text } of edits) {
      const document = { ...fakeDocument(uri.path, text), uri, isDirty: true };
      fake.documents = fake.documents.map((other) => (other.uri.toString() === uri.toString() ? document : other));
      events.changed.fire({ document });
    }
    return true;
  },
  registerTextDocumentContentProvider(scheme: string, provider: { provideTextDocumentContent(uri: Uri): unknown }) {
    fake.contentProviders.set(scheme, provider);
    return toDisposable(() => fake.contentProviders.delete(scheme));
  },
});

export const env = strict('env', {
  clipboard: {
    async writeText(text: string): Promise<void> {
      fake.clipboard = text;
    },
  },
});

export const languages = strict('languages', {
  createDiagnosticCollection(name: string) {
    const entries = new Map<string, readonly RealDiagnostic[]>();
    fake.diagnostics.set(name, entries);
    return {
      set: (uri: Uri, found: readonly RealDiagnostic[]) => void entries.set(uri.fsPath, found),
      delete: (uri: Uri) => void entries.delete(uri.fsPath),
      clear: () => entries.clear(),
      dispose: () => entries.clear(),
    };
  },
  registerCodeLensProvider(_selector: unknown, provider: unknown) {
    fake.lensProvider = provider;
    return toDisposable(() => (fake.lensProvider = null));
  },
  registerHoverProvider(_selector: unknown, provider: unknown) {
    fake.hoverProvider = provider;
    return toDisposable(() => (fake.hoverProvider = null));
  },
  registerCodeActionsProvider(_selector: unknown, provider: unknown) {
    fake.actionProvider = provider;
    return toDisposable(() => (fake.actionProvider = null));
  },
});

function folderAt(path: string, index: number) {
  return { uri: Uri.file(path), name: path.split('/').at(-1) ?? '', index };
}

/** Editors that were built from an older VS Code do not have the function. */
export const lm = {
  get registerMcpServerDefinitionProvider() {
    if (!fake.hasServerApi) return;
    return (_id: string, provider: unknown) => {
      fake.serverProvider = provider;
      return toDisposable(() => (fake.serverProvider = null));
    };
  },
};

/** A memento in memory. */
export class FakeMemento {
  readonly #values = new Map<string, unknown>();

  keys(): readonly string[] {
    return [...this.#values.keys()];
  }

  get<T>(key: string, otherwise?: T): T | undefined {
    return (this.#values.get(key) as T | undefined) ?? otherwise;
  }

  async update(key: string, value: unknown): Promise<void> {
    this.#values.set(key, value);
  }
}

/** The default capture folder of a workspace folder. */
export function defaultCaptureFolder(folder: string): string {
  return join(folder, '.guardscope', 'captures');
}
