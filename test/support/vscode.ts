/** A fake of the parts of the VS Code API that the host rooms use. Anything else throws "fake vscode: … is not implemented". */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic as RealDiagnostic } from 'vscode';
import { Emitter } from '../../src/core/base/event.ts';
import { toDisposable } from '../../src/core/base/lifecycle.ts';
import { type FakeDocument, Uri } from './vscodeValues.ts';

export * from './vscodeValues.ts';

/** A message that the extension showed. */
export interface ShownMessage {
  readonly kind: 'information' | 'warning' | 'error';
  readonly text: string;
  readonly actions: readonly string[];
  /** The text below the message of a modal dialog. */
  readonly detail: string;
}

interface QuickPickRow {
  readonly label: string;
}

/** What the extension did, and how the user answers. `resetVscode` clears it. */
export const fake = {
  messages: [] as ShownMessage[],
  /** The labels of every quick pick that was shown. */
  picks: [] as { readonly placeHolder: string; readonly labels: readonly string[] }[],
  /** Commands that the extension executed, with their arguments; built-in commands do nothing else. */
  executed: [] as (readonly unknown[])[],
  opened: [] as { readonly uri: Uri; readonly options: unknown }[],
  /** Values of settings by full id, for example `guardscope.mode`. */
  settings: new Map<string, unknown>(),
  updates: [] as { readonly id: string; readonly value: unknown; readonly target: unknown }[],
  folders: [] as string[],
  /** Whether the user trusts the workspace. */
  trusted: true,
  /** The answers of `findFiles`, whatever the pattern is. */
  files: [] as string[],
  documents: [] as FakeDocument[],
  context: new Map<string, unknown>(),
  diagnostics: new Map<string, ReadonlyMap<string, readonly RealDiagnostic[]>>(),
  contentProviders: new Map<string, { provideTextDocumentContent(uri: Uri): unknown }>(),
  trees: new Map<string, FakeTreeView>(),
  /** The providers of custom editors by view type. */
  editors: new Map<string, unknown>(),
  statusBar: null as FakeStatusBarItem | null,
  /** The action that the user clicks in a message; undefined closes it. */
  answer: (_message: ShownMessage): string | undefined => undefined,
  /** The label that the user picks; undefined cancels. */
  pick: (_labels: readonly string[]): string | undefined => undefined,
  /** The path that the user chooses in a file dialog, by its title; undefined cancels. */
  chooseFile: (_title: string): string | undefined => undefined,
};

export interface FakeTreeView {
  readonly provider: unknown;
  badge?: unknown;
}

export interface FakeStatusBarItem {
  name?: string;
  text?: string;
  command?: string;
  tooltip?: unknown;
  backgroundColor?: unknown;
  visible: boolean;
}

const registered = new Map<string, (...args: unknown[]) => unknown>();
const events = {
  opened: new Emitter<FakeDocument>(),
  changed: new Emitter<{ readonly document: FakeDocument }>(),
  closed: new Emitter<FakeDocument>(),
  watched: new Emitter<Uri>(),
  trusted: new Emitter<void>(),
};

/** The events that the user and the file system cause. */
export const fire = {
  openDocument: (document: FakeDocument): void => events.opened.fire(document),
  changeDocument: (document: FakeDocument): void => events.changed.fire({ document }),
  closeDocument: (document: FakeDocument): void => events.closed.fire(document),
  /** The user trusts the workspace. */
  grantTrust: (): void => {
    fake.trusted = true;
    events.trusted.fire();
  },
  /** A watched file was created, changed or deleted. */
  changeFile: (path: string): void => events.watched.fire(Uri.file(path)),
};

/** Runs a command that the extension registered, as the Command Palette or a menu does. */
export async function runCommand(id: string, ...args: unknown[]): Promise<unknown> {
  const run = registered.get(id);
  if (run === undefined) throw new Error(`The command "${id}" is not registered`);
  return run(...args);
}

/** Resets the state of earlier tests. */
export function resetVscode(): void {
  for (const list of [fake.messages, fake.picks, fake.executed, fake.opened, fake.updates, fake.documents])
    list.length = 0;
  for (const list of [fake.folders, fake.files]) list.length = 0;
  for (const map of [fake.settings, fake.context, fake.diagnostics, fake.contentProviders, fake.trees, fake.editors])
    map.clear();
  fake.trusted = true;
  fake.statusBar = null;
  fake.answer = () => undefined;
  fake.pick = () => undefined;
  fake.chooseFile = () => undefined;
  registered.clear();
  for (const emitter of Object.values(events)) emitter.dispose();
}

/** An object whose missing members throw, so that a test cannot pass on an API that the fake does not have. */
function strict<T extends object>(name: string, members: T): T {
  return new Proxy(members, {
    get(target, key, receiver) {
      if (!(key in target)) throw new Error(`fake vscode: ${name}.${String(key)} is not implemented`);
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
}

function show(kind: ShownMessage['kind']) {
  return async (text: string, ...rest: (string | { readonly detail?: string })[]): Promise<string | undefined> => {
    const actions = rest.filter((each) => typeof each === 'string');
    const detail = rest.flatMap((each) => (typeof each === 'object' ? [each.detail ?? ''] : [])).join('');
    const message = { kind, text, actions, detail };
    fake.messages.push(message);
    return fake.answer(message);
  };
}

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
    return registered.get(id)?.(...args);
  },
});

export const window = strict('window', {
  showInformationMessage: show('information'),
  showWarningMessage: show('warning'),
  showErrorMessage: show('error'),
  async showQuickPick<T extends QuickPickRow>(
    items: readonly T[],
    options: { readonly placeHolder?: string },
  ): Promise<T | undefined> {
    const labels = items.map(({ label }) => label);
    fake.picks.push({ placeHolder: options.placeHolder ?? '', labels });
    const label = fake.pick(labels);
    return items.find((item) => item.label === label);
  },
  async showTextDocument(target: Uri | { readonly uri: Uri }, options?: unknown): Promise<void> {
    fake.opened.push({ uri: target instanceof Uri ? target : target.uri, options });
  },
  async showOpenDialog({ title }: { readonly title: string }): Promise<readonly Uri[] | undefined> {
    const path = fake.chooseFile(title);
    return path === undefined ? undefined : [Uri.file(path)];
  },
  async showSaveDialog({ title }: { readonly title: string }): Promise<Uri | undefined> {
    const path = fake.chooseFile(title);
    return path === undefined ? undefined : Uri.file(path);
  },
  createStatusBarItem() {
    const item = {
      visible: false,
      show: () => void (item.visible = true),
      hide: () => void (item.visible = false),
      dispose: () => undefined,
    };
    fake.statusBar = item;
    return item;
  },
  registerCustomEditorProvider(viewType: string, provider: unknown) {
    fake.editors.set(viewType, provider);
    return toDisposable(() => fake.editors.delete(viewType));
  },
  registerTreeDataProvider(id: string, provider: unknown) {
    fake.trees.set(id, { provider });
    return toDisposable(() => fake.trees.delete(id));
  },
  createTreeView(id: string, { treeDataProvider }: { readonly treeDataProvider: unknown }) {
    const view = { provider: treeDataProvider, dispose: () => fake.trees.delete(id) };
    fake.trees.set(id, view);
    return view;
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
        fake.settings.set(idOf(name), value);
      },
    };
  },
  findFiles: async (): Promise<Uri[]> => fake.files.map((path) => Uri.file(path)),
  createFileSystemWatcher() {
    const event = events.watched.event;
    return { onDidCreate: event, onDidChange: event, onDidDelete: event, dispose: () => undefined };
  },
  fs: strict('workspace.fs', { stat: ({ fsPath }: Uri) => stat(fsPath) }),
  onDidOpenTextDocument: events.opened.event,
  onDidChangeTextDocument: events.changed.event,
  onDidCloseTextDocument: events.closed.event,
  openTextDocument: async (uri: Uri): Promise<{ readonly uri: Uri }> => ({ uri }),
  registerTextDocumentContentProvider(scheme: string, provider: { provideTextDocumentContent(uri: Uri): unknown }) {
    fake.contentProviders.set(scheme, provider);
    return toDisposable(() => fake.contentProviders.delete(scheme));
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
});

function folderAt(path: string, index: number) {
  return { uri: Uri.file(path), name: path.split('/').at(-1) ?? '', index };
}

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
