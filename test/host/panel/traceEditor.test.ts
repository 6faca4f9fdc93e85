/** The custom editor of traces: opening, which trace is active, the page of the panel, and closing. */
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CancellationToken, CustomReadonlyEditorProvider, WebviewPanel } from 'vscode';
import { Emitter } from '../../../src/core/base/event.ts';
import type { TraceDocument } from '../../../src/host/base/traceDocument.ts';
import { traceEditor } from '../../../src/host/panel/traceEditor.ts';
import { patiently } from '../../support/patience.ts';
import { fakeServices, type FakeServices, fileUri } from '../../support/vscode/hostServices.ts';
import { closeEngine, hostEngine, SampleWorkspace } from '../../support/vscode/hostTraces.ts';
import { fake, resetVscode, type Uri } from '../../support/vscode/api.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

let host: FakeServices;
let workspace: SampleWorkspace;

beforeEach(() => {
  resetVscode();
  host = fakeServices();
  host = { ...host, services: { ...host.services, engine: hostEngine } };
  workspace = new SampleWorkspace(host.services);
  fake.settings.set('guardscope.replayOnOpen', false);
  traceEditor(host.services);
});
afterEach(() => {
  for (const document of host.services.sessions.all) document.dispose();
  workspace.close();
});
afterAll(closeEngine);

function provider(viewType: string): CustomReadonlyEditorProvider<TraceDocument> {
  const registered = fake.editors.get(viewType);
  if (registered === undefined) throw new Error(`The editor "${viewType}" is not registered`);
  return registered as CustomReadonlyEditorProvider<TraceDocument>;
}

function token(isCancellationRequested = false): CancellationToken {
  return { isCancellationRequested, onCancellationRequested: new Emitter<void>().event };
}

async function openDocument(path: string): Promise<TraceDocument> {
  const context = { backupId: undefined, untitledDocumentData: undefined };
  return provider('guardscope.trace').openCustomDocument(fileUri(path), context, token());
}

/** A panel of VS Code, which the test focuses and closes. */
class FakeWebviewPanel {
  readonly viewState = new Emitter<void>();
  readonly disposed = new Emitter<void>();
  readonly messages = new Emitter<unknown>();
  readonly onDidChangeViewState = this.viewState.event;
  readonly onDidDispose = this.disposed.event;
  active = false;
  readonly sent: unknown[] = [];
  readonly webview = {
    options: {} as { readonly enableScripts?: boolean; readonly localResourceRoots?: readonly Uri[] },
    html: '',
    cspSource: 'https://webview.test',
    asWebviewUri: (uri: Uri) => uri.with({ scheme: 'webview' }),
    postMessage: async (message: unknown) => void this.sent.push(message),
    onDidReceiveMessage: this.messages.event,
  };

  setActive(active: boolean): void {
    this.active = active;
    this.viewState.fire();
  }
}

async function show(document: TraceDocument, panel = new FakeWebviewPanel()): Promise<FakeWebviewPanel> {
  await provider('guardscope.trace').resolveCustomEditor(document, panel as unknown as WebviewPanel, token());
  return panel;
}

it('is one editor for captures and the log of the gateway', () => {
  expect([...fake.editors.keys()].sort()).toEqual(['guardscope.gatewayLog', 'guardscope.trace']);
  expect(provider('guardscope.gatewayLog')).toBe(provider('guardscope.trace'));
});

it('makes the trace of the focused panel the active one', async () => {
  const first = await openDocument(workspace.trace);
  const second = await openDocument(workspace.copy('memory.guardtrace.jsonl', 'memory.guardtrace.jsonl'));
  const panel = await show(first);
  await show(second);
  const { sessions } = host.services;
  expect(sessions.active).toBe(second);
  panel.setActive(true);
  expect(sessions.active).toBe(first);
  panel.setActive(false);
  expect(sessions.active).toBe(first);
  first.dispose();
  expect(sessions.all).toEqual([second]);
});

it('makes a panel that opens with the focus the active one', async () => {
  const first = await openDocument(workspace.trace);
  await openDocument(workspace.copy('memory.guardtrace.jsonl', 'memory.guardtrace.jsonl'));
  const panel = new FakeWebviewPanel();
  panel.active = true;
  await show(first, panel);
  expect(host.services.sessions.active).toBe(first);
});

it('answers the panel until it is closed', async () => {
  const panel = await show(await openDocument(workspace.trace));
  panel.messages.fire({ kind: 'ask', id: 1, method: 'hello', input: {} });
  await vi.waitFor(() => expect(panel.sent).toMatchObject([{ kind: 'answer', output: { trace: { calls: 32 } } }]));
  panel.disposed.fire();
  panel.messages.fire({ kind: 'ask', id: 2, method: 'hello', input: {} });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(panel.sent).toHaveLength(1);
});

it('shows one session in both panels of a split editor, until each is closed', async () => {
  for (const viewType of fake.editors.keys()) {
    expect(fake.editorOptions.get(viewType)).toEqual({ supportsMultipleEditorsPerDocument: true });
  }
  const document = await openDocument(workspace.trace);
  const [left, right] = [await show(document), await show(document)];
  left.disposed.fire();
  await document.choose({ mode: 'filter' });
  await vi.waitFor(() => expect(JSON.stringify(right.sent)).toContain('"run":{"status":"done"'), {
    timeout: patiently(20_000),
  });
  expect(left.sent).toEqual([]);
  expect(host.services.sessions.all).toEqual([document]);
});

describe('the page of the panel', () => {
  it('runs only the bundle of the extension, and may load only its files', async () => {
    const { webview } = await show(await openDocument(workspace.trace));
    expect(webview.options.enableScripts).toBe(true);
    expect(webview.options.localResourceRoots?.map(({ path }) => path)).toEqual(['/extension/dist']);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(webview.html)?.[1] ?? '';
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
    expect(policy).toBe(
      `default-src 'none'; style-src https://webview.test 'nonce-${nonce}'; font-src https://webview.test; ` +
        `img-src https://webview.test; script-src 'nonce-${nonce}'`,
    );
    expect(nonce.length).toBeGreaterThanOrEqual(24);
    expect(webview.html).toContain(`<script nonce="${nonce}" src="webview:///extension/dist/webview.js"></script>`);
    expect(webview.html).toContain('<link rel="stylesheet" href="webview:///extension/dist/webview.css">');
  });

  it('has another nonce for each panel', async () => {
    const document = await openDocument(workspace.trace);
    const nonces = [await show(document), await show(document)].map(
      ({ webview }) => /nonce-([^']+)'/.exec(webview.html)?.[1],
    );
    expect(new Set(nonces).size).toBe(2);
  });
});
