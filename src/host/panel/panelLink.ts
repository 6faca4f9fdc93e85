/** Answers the panel's requests from its session, and announces changes at a limited rate. */
import * as vscode from 'vscode';
import { Failure, toFailure } from '../../core/base/failure.ts';
import { Peer, type Handlers, type Port } from '../../core/base/rpc.ts';
import type { HostContract, PanelState, TextName, ViewContract } from '../../core/protocol/panel.ts';
import type { TextBlock } from '../../core/protocol/rows.ts';
import { memoryLimitBytes } from '../../engine/runtime/shared/abi.ts';
import { callClauses } from '../../engine/session/clauses/callClauses.ts';
import { panelState } from '../../engine/session/panelState.ts';
import { decisionDetail, itemRows, pendingDetail, recordedText, fullText } from '../../core/present/presentDetail.ts';
import { RowIndex } from '../../core/present/rowIndex.ts';
import { type DisposableStore } from '../../core/base/lifecycle.ts';
import { gather, type Services, showFailure } from '../base/services.ts';
import { isTrusted, untrustedCode } from '../base/trust.ts';
import { runPanelCommand } from './panelCommands.ts';
import type { TraceDocument } from '../base/traceDocument.ts';

/** Minimum milliseconds between two announcements: fast enough to look live, slow enough to be cheap. */
const announceEveryMs = 100;

/** Connects a panel to its document until the returned disposable is disposed. */
export function linkPanel(services: Services, document: TraceDocument, panel: vscode.WebviewPanel): vscode.Disposable {
  const { session } = document;
  return gather((store) => {
    const peer = store.add(
      new Peer<HostContract, ViewContract>(webviewPort(panel.webview, store), {
        ...handlers(services, document),
        hello: () => {
          // Behind the answer: the view shows its own filter first.
          setImmediate(showQuery);
          return stateOf(document);
        },
      }),
    );
    const showQuery = (): void => {
      const { query } = document;
      if (query === null) return;
      // A panel that is hidden, or that is not there yet, says hello later.
      peer.ask('showQuery', { query }).then(
        () => document.queryShown(query),
        () => undefined,
      );
    };
    let timer: NodeJS.Timeout | undefined;
    const announce = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        // A hidden panel does not answer; it requests the whole state when it is shown again.
        peer.ask('changed', stateOf(document)).catch(() => undefined);
      }, announceEveryMs);
    };
    store.add(session.onDidChange(announce));
    store.add(document.onDidChangeLive(announce));
    store.add(document.clauses.onDidChange(announce));
    store.add(
      document.onDidAskQuery(() => {
        if (!panel.visible) panel.reveal();
        showQuery();
      }),
    );
    store.add(vscode.workspace.onDidGrantWorkspaceTrust(announce));
    store.add({ dispose: () => clearTimeout(timer) });
  });
}

function handlers(services: Services, document: TraceDocument): Omit<Handlers<HostContract>, 'hello'> {
  const { session, clauses } = document;
  const rows = new RowIndex({
    get revision() {
      return revisionOf(document);
    },
    get count() {
      return session.trace.calls.length;
    },
    row: (index) => session.row(index),
    decidedBy: (clause) => clauses.decidedBy(clause),
  });
  return {
    rows: ({ from, count, filter }) => {
      if (filter.clauses.length > 0) clauses.find();
      return rows.page(from, count, filter);
    },
    locate: ({ index, filter }) => rows.locate(index, filter),
    detail: async ({ index }) => {
      await session.whenRecorded();
      const row = session.row(index);
      const call = session.call(index);
      const record = session.record(index);
      if (call === undefined) throw noSuchCall(index);
      if (record === undefined) return pendingDetail(call, row);
      const changes = session.comparison.changes(index);
      const detail = { ...decisionDetail(record, row, call.requestLine, session.origins(record)), changes };
      return call.file === undefined ? detail : { ...detail, file: call.file };
    },
    items: async ({ index, from, count }) => {
      await session.whenRecorded();
      const record = session.record(index);
      return record === undefined ? [] : itemRows(record, from, count);
    },
    memory: ({ buckets }) => ({ points: session.memory.points(buckets), limit: memoryLimitBytes }),
    clauses: ({ index }) => callClauses(session, clauses, index),
    text: (name) => longText(document, name),
    command: async (command) => {
      try {
        await runPanelCommand(services, document, command, (name) => longText(document, name));
      } catch (thrown) {
        // The message offers to manage the trust; the panel could only quote the sentence.
        if (toFailure(thrown).code !== untrustedCode) throw thrown;
        showFailure(services.log, thrown);
      }
      return null;
    },
  };
}

function longText({ session }: TraceDocument, name: TextName): TextBlock {
  const record = session.record(name.call);
  const call = session.call(name.call);
  const recorded = call === undefined ? null : recordedText(call, name);
  const text = record === undefined ? recorded : fullText(record, name);
  if (text === null) throw noSuchCall(name.call);
  return text;
}

/** Both numbers only grow. */
function revisionOf({ session, clauses }: TraceDocument): number {
  return session.revision + clauses.revision;
}

function stateOf(document: TraceDocument): PanelState {
  const { session, live } = document;
  return {
    ...panelState(session, (path) => vscode.workspace.asRelativePath(path), live),
    revision: revisionOf(document),
    restricted: !isTrusted(),
  };
}

/** The message channel of a webview as a port. */
export function webviewPort(webview: vscode.Webview, store: DisposableStore): Port {
  return {
    post: (message) => void webview.postMessage(message),
    listen: (onMessage) => void store.add(webview.onDidReceiveMessage(onMessage)),
  };
}

function noSuchCall(index: number): Failure {
  return new Failure('panel/no-such-text', `Call ${index + 1} no longer has this text`, 'Replay the trace again');
}
