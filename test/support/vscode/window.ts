/** The part `window` of the fake VS Code API: messages, quick picks, input boxes, dialogs, webviews, tabs and views. */
import { toDisposable } from '../../../src/core/base/lifecycle.ts';
import { fake, type QuickPickRow, type ShownInput, type ShownMessage, strict } from './state.ts';
import { type FakeTab, FakeWebviewPanel } from './tabs.ts';
import { Uri } from './values.ts';

function show(kind: ShownMessage['kind']) {
  return async (text: string, ...rest: (string | { readonly detail?: string })[]): Promise<string | undefined> => {
    const actions = rest.filter((each) => typeof each === 'string');
    const detail = rest.flatMap((each) => (typeof each === 'object' ? [each.detail ?? ''] : [])).join('');
    const message = { kind, text, actions, detail };
    fake.messages.push(message);
    return fake.answer(message);
  };
}

export const window = strict('window', {
  showInformationMessage: show('information'),
  showWarningMessage: show('warning'),
  showErrorMessage: show('error'),
  /** Runs the work at once; nobody cancels it. */
  withProgress<T>(
    _options: unknown,
    work: (
      progress: { report(step: { readonly message: string }): void },
      token: { readonly isCancellationRequested: boolean; onCancellationRequested(): void },
    ) => Promise<T>,
  ): Promise<T> {
    const token = { isCancellationRequested: false, onCancellationRequested: () => undefined };
    return work({ report: ({ message }) => fake.progress.push(message) }, token);
  },
  async showQuickPick<T extends QuickPickRow | string>(
    items: readonly T[],
    { placeHolder, title }: { readonly placeHolder?: string; readonly title?: string },
  ): Promise<T | undefined> {
    const rows = items.map((item): QuickPickRow => (typeof item === 'string' ? { label: item } : item));
    const labels = rows.map(({ label }) => label);
    fake.picks.push({ placeHolder: placeHolder ?? title ?? '', labels });
    fake.rows = rows;
    const label = fake.pick(labels);
    return label === undefined ? undefined : items[labels.indexOf(label)];
  },
  async showInputBox({
    title = '',
    value = '',
    password = false,
    validateInput = () => undefined,
  }: Partial<ShownInput> & {
    readonly validateInput?: (text: string) => string | undefined;
  }): Promise<string | undefined> {
    const input = { title, value, password };
    fake.inputs.push(input);
    const text = fake.enter(input);
    const refusal = text === undefined ? undefined : validateInput(text);
    if (refusal === undefined) return text;
    // The box stays open with the sentence; the user can only close it.
    fake.refusals.push(refusal);
    return undefined;
  },
  createWebviewPanel(viewType: string, title: string, viewColumn: number): FakeWebviewPanel {
    const panel = new FakeWebviewPanel(viewType, title, viewColumn);
    fake.webviews.push(panel);
    return panel;
  },
  tabGroups: strict('window.tabGroups', {
    get all() {
      return [{ tabs: fake.tabs }];
    },
    async close(tabs: readonly FakeTab[]): Promise<void> {
      fake.tabs = fake.tabs.filter((tab) => !tabs.includes(tab));
    },
  }),
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
  setStatusBarMessage(text: string): void {
    fake.statusMessages.push(text);
  },
  registerCustomEditorProvider(viewType: string, provider: unknown, options: unknown) {
    fake.editors.set(viewType, provider);
    fake.editorOptions.set(viewType, options);
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
