/** The state of the fake VS Code API: what the extension did, how the user answers, and the events that a test fires. */
import type { Diagnostic as RealDiagnostic } from 'vscode';
import { Emitter } from '../../../src/core/base/event.ts';
import type { FakeTab, FakeWebviewPanel } from './tabs.ts';
import type { FakeTestController } from './testing.ts';
import { type FakeDocument, Uri } from './values.ts';

/** A message that the extension showed. */
export interface ShownMessage {
  readonly kind: 'information' | 'warning' | 'error';
  readonly text: string;
  readonly actions: readonly string[];
  /** The text below the message of a modal dialog. */
  readonly detail: string;
}

/** A row of a quick pick. */
export interface QuickPickRow {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
}

/** An input box that the extension showed. */
export interface ShownInput {
  readonly title: string;
  readonly value: string;
  readonly password: boolean;
}

/** What the extension did, and how the user answers. `resetVscode` clears it. */
export const fake = {
  messages: [] as ShownMessage[],
  /** The labels of every quick pick that was shown. */
  /** What commands reported while they worked. */
  progress: [] as string[],
  picks: [] as { readonly placeHolder: string; readonly labels: readonly string[] }[],
  /** The rows of the quick pick that was shown last. */
  rows: [] as readonly QuickPickRow[],
  inputs: [] as ShownInput[],
  /** Why input boxes did not accept a text. */
  refusals: [] as string[],
  /** The text that the user enters in an input box; undefined cancels. */
  enter: (_input: ShownInput): string | undefined => undefined,
  /** Commands of other extensions and of VS Code that answer with a value. */
  answering: new Map<string, (...args: readonly unknown[]) => unknown>(),
  /** The tabs of diffs that are open. */
  tabs: [] as FakeTab[],
  webviews: [] as FakeWebviewPanel[],
  /** The provider of MCP servers; null in an editor that has no such API, see `hasServerApi`. */
  serverProvider: null as unknown,
  lensProvider: null as unknown,
  hoverProvider: null as unknown,
  actionProvider: null as unknown,
  hasServerApi: true,
  /** Whether the file system can move files to a trash. */
  hasTrash: true,
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
  /** The file systems of the extension by scheme. */
  fileSystems: new Map<string, unknown>(),
  clipboard: '',
  trees: new Map<string, FakeTreeView>(),
  /** Sentences that stood in the status bar for a while. */
  statusMessages: [] as string[],
  /** The providers of custom editors by view type. */
  editors: new Map<string, unknown>(),
  /** The options of custom editors by view type. */
  editorOptions: new Map<string, unknown>(),
  statusBar: null as FakeStatusBarItem | null,
  /** The controllers of tests by id. */
  controllers: new Map<string, FakeTestController>(),
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

/** The commands that the extension registered. */
export const registered = new Map<string, (...args: unknown[]) => unknown>();
/** The emitters behind the events of the API. */
export const events = {
  opened: new Emitter<FakeDocument>(),
  changed: new Emitter<{ readonly document: FakeDocument }>(),
  saved: new Emitter<FakeDocument>(),
  closed: new Emitter<FakeDocument>(),
  watched: new Emitter<Uri>(),
  trusted: new Emitter<void>(),
  settings: new Emitter<{ affectsConfiguration(id: string): boolean }>(),
  folders: new Emitter<void>(),
};

/** The events that the user and the file system cause. */
export const fire = {
  openDocument: (document: FakeDocument): void => events.opened.fire(document),
  changeDocument: (document: FakeDocument): void => events.changed.fire({ document }),
  saveDocument: (document: FakeDocument): void => events.saved.fire(document),
  closeDocument: (document: FakeDocument): void => events.closed.fire(document),
  /** The user trusts the workspace. */
  grantTrust: (): void => {
    fake.trusted = true;
    events.trusted.fire();
  },
  /** The user changed a setting, given by its full id. */
  changeSetting: (id: string, value: unknown): void => {
    fake.settings.set(id, value);
    events.settings.fire({ affectsConfiguration: (section) => id === section || id.startsWith(`${section}.`) });
  },
  /** A workspace folder was added or removed. */
  changeFolders: (): void => events.folders.fire(),
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
  for (const panel of [...fake.webviews]) panel.dispose();
  for (const list of [
    fake.messages,
    fake.progress,
    fake.picks,
    fake.executed,
    fake.opened,
    fake.updates,
    fake.documents,
  ])
    list.length = 0;
  fake.statusMessages.length = 0;
  fake.editorOptions.clear();
  for (const list of [fake.folders, fake.files, fake.inputs, fake.refusals, fake.tabs, fake.webviews]) list.length = 0;
  fake.answering.clear();
  fake.rows = [];
  fake.serverProvider = null;
  fake.lensProvider = null;
  fake.hoverProvider = null;
  fake.actionProvider = null;
  fake.hasServerApi = true;
  fake.hasTrash = true;
  fake.enter = () => undefined;
  fake.controllers.clear();
  for (const map of [fake.settings, fake.context, fake.diagnostics, fake.contentProviders, fake.trees, fake.editors])
    map.clear();
  fake.fileSystems.clear();
  fake.clipboard = '';
  fake.trusted = true;
  fake.statusBar = null;
  fake.answer = () => undefined;
  fake.pick = () => undefined;
  fake.chooseFile = () => undefined;
  registered.clear();
  for (const emitter of Object.values(events)) emitter.dispose();
}

/** An object whose missing members throw, so that a test cannot pass on an API that the fake does not have. */
export function strict<T extends object>(name: string, members: T): T {
  return new Proxy(members, {
    get(target, key, receiver) {
      if (!(key in target)) throw new Error(`fake vscode: ${name}.${String(key)} is not implemented`);
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
}
