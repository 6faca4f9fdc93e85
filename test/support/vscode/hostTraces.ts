/** Real trace documents for tests of the host rooms: a workspace folder with the sample, an engine with guards, and a panel. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Webview, WebviewPanel } from 'vscode';
import { Emitter } from '../../../src/core/base/event.ts';
import { type Handlers, Peer } from '../../../src/core/base/rpc.ts';
import type { HostContract, PanelCommand, PanelState, ViewContract } from '../../../src/core/protocol/panel.ts';
import { CompileCache } from '../../../src/engine/runtime/host/compileCache.ts';
import { SpareWorkers } from '../../../src/engine/runtime/host/spareWorkers.ts';
import type { Services } from '../../../src/host/base/services.ts';
import { TraceDocument } from '../../../src/host/base/traceDocument.ts';
import { linkPanel } from '../../../src/host/panel/panelLink.ts';
import { fileUri } from './hostServices.ts';
import { workerFile } from '../paths.ts';
import { samplePath } from '../samples.ts';
import { fake } from './api.ts';

const spare = new SpareWorkers(workerFile);
/** The engine of the services. */
export const hostEngine = { workerFile, cache: new CompileCache(), spare };

/** A workspace folder with a copy of the sample's capture, guard and policy. */
export class SampleWorkspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'guardscope-host-'));
  readonly trace = this.path('trace.guardtrace.jsonl');
  readonly guard = this.path('guard.wasm');
  readonly policy = this.path('policy.json');
  readonly #services: Services;
  readonly #open: TraceDocument[] = [];

  constructor(services: Services) {
    this.#services = services;
    fake.folders.push(this.folder);
    for (const name of ['trace.guardtrace.jsonl', 'guard.wasm', 'policy.json']) this.copy(name, name);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Copies a file of the sample into the folder. */
  copy(from: string, name: string): string {
    copyFileSync(samplePath('files-and-memory', from), this.path(name));
    return this.path(name);
  }

  /** Opens a trace as the custom editor does. */
  async open(path = this.trace, signal = new AbortController().signal): Promise<TraceDocument> {
    const { context, sessions } = this.#services;
    const closed = (document: TraceDocument): void => sessions.delete(document);
    const document = await TraceDocument.open(fileUri(path), hostEngine, context.workspaceState, closed, { signal });
    sessions.add(document);
    this.#open.push(document);
    return document;
  }

  /** Closes every trace, and deletes the folder. */
  close(): void {
    for (const document of this.#open.splice(0)) document.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Ends the threads of the guards; for `afterAll`. */
export async function closeEngine(): Promise<void> {
  await spare.close();
}

/** The webview's end of a panel. */
export interface FakePanel {
  /** Requests what the panel's webview requests. */
  readonly view: Peer<ViewContract, HostContract>;
  /** The states that the host announced, in order. */
  readonly announced: readonly PanelState[];
  /** The queries that the host put into the filter box. */
  readonly queries: readonly string[];
  /** Clicks a button or a link. */
  click(command: PanelCommand): Promise<unknown>;
  close(): void;
}

/** Opens a panel on a document, with a webview that records what the host announces. */
export function openPanel(services: Services, document: TraceDocument): FakePanel {
  const toView = new Emitter<unknown>();
  const toHost = new Emitter<unknown>();
  const webview = {
    // Structured as by VS Code, so that only plain data passes.
    postMessage: async (message: unknown) => toView.fire(structuredClone(message)),
    onDidReceiveMessage: toHost.event,
  };
  const link = linkPanel(services, document, { webview: webview as unknown as Webview, visible: true } as WebviewPanel);
  const announced: PanelState[] = [];
  const queries: string[] = [];
  const handlers: Handlers<ViewContract> = {
    changed: (state) => {
      announced.push(state);
      return null;
    },
    showQuery: ({ query }) => {
      queries.push(query);
      return null;
    },
    select: () => null,
  };
  const port = {
    post: (message: unknown) => queueMicrotask(() => toHost.fire(structuredClone(message))),
    listen: (onMessage: (message: unknown) => void) => void toView.event(onMessage),
  };
  const view = new Peer<ViewContract, HostContract>(port, handlers);
  return {
    view,
    announced,
    queries,
    click: (command) => view.ask('command', command),
    close: () => link.dispose(),
  };
}
