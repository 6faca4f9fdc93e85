/** An opened trace file as VS Code sees it: a read-only custom document that owns the session of the trace. */
import type * as vscode from 'vscode';
import { readTraceFile } from '../../engine/capture/traceFile.ts';
import type { GuardServices } from '../../engine/session/inputs.ts';
import { ReplaySession, type SessionSettings } from '../../engine/session/replaySession.ts';
import { rememberChoice, rememberedChoice, replaysOnOpen, sessionSettings } from '../settings.ts';

export class TraceDocument implements vscode.CustomDocument {
  readonly uri: vscode.Uri;
  readonly session: ReplaySession;
  readonly #memory: vscode.Memento;
  readonly #onDispose: (document: TraceDocument) => void;

  private constructor(
    uri: vscode.Uri,
    session: ReplaySession,
    memory: vscode.Memento,
    onDispose: (document: TraceDocument) => void,
  ) {
    this.uri = uri;
    this.session = session;
    this.#memory = memory;
    this.#onDispose = onDispose;
  }

  /** Reads the trace; a file that is no trace still opens, and its problems say what it looks like. */
  static async open(
    uri: vscode.Uri,
    engine: GuardServices,
    memory: vscode.Memento,
    onDispose: (document: TraceDocument) => void,
    signal: AbortSignal,
  ): Promise<TraceDocument> {
    const settings = sessionSettings(uri, rememberedChoice(memory, uri));
    const trace = await readTraceFile(uri.fsPath, { signal });
    const session = new ReplaySession(uri.fsPath, trace, settings, engine);
    const document = new TraceDocument(uri, session, memory, onDispose);
    if (settings.guard !== null && trace.calls.length > 0 && replaysOnOpen(uri)) void session.replay();
    return document;
  }

  /** Takes a choice over, replays with it, and remembers it for the next time. */
  async choose(choice: Partial<SessionSettings>): Promise<void> {
    this.session.update(choice);
    void this.session.replay();
    await rememberChoice(this.#memory, this.uri, choice);
  }

  dispose(): void {
    this.session.dispose();
    this.#onDispose(this);
  }
}
