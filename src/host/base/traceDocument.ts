/** The read-only custom document of a trace: it follows the file and owns the replay. */
import type * as vscode from 'vscode';
import { Emitter, type Event } from '../../core/base/event.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { LiveState } from '../../core/protocol/panel.ts';
import type { FollowedTrace, FollowOptions } from '../../engine/traceFiles/follow.ts';
import { followTraces, type TracePaths } from '../../engine/traceFiles/followTraces.ts';
import { pathsOf } from './traceUri.ts';
import type { SessionServices } from '../../engine/session/keptSessions.ts';
import type { ReplaySettings } from '../../engine/session/runInputs.ts';
import { TimeLooks } from '../../engine/session/times/timeLooks.ts';
import { DecidingClauses } from '../../engine/session/clauses/decidingClauses.ts';
import { TraceView } from '../../engine/session/traceView.ts';
import { rememberChoice, rememberedChoice, replaysOnOpen, sessionSettings, watchesInputs } from './settings.ts';
import { watchInputs } from '../../engine/watch/watchInputs.ts';
import { announceChoice } from './announceChoice.ts';
import { isTrusted, requireTrust } from './trust.ts';
import { liveStateOf } from '../../core/present/liveState.ts';

/** From this size on, in bytes, lines stay in the file: a third less memory, and an answer is read as fast (test/bench/RESULTS.md). */
const keepInFileFrom = 32 * 1024 * 1024;

export class TraceDocument implements vscode.CustomDocument {
  readonly uri: vscode.Uri;
  readonly session: TraceView;
  /** Which calls each clause of the policy decides. */
  readonly clauses: DecidingClauses;
  readonly #followed: FollowedTrace;
  readonly #memory: vscode.Memento;
  readonly #onDispose: (document: TraceDocument) => void;
  readonly #liveChanged = new Emitter<void>();
  readonly #queryAsked = new Emitter<void>();
  readonly #watching: Disposable;
  readonly #times: Disposable;
  /** The settings as last read; `replay` applies only those that changed since. */
  #settings: ReplaySettings;
  #generation = 0;
  /** Whether the user knows that choices for this trace go to the settings. */
  #saidWhereStored = false;
  #query: string | null = null;
  /** Whether the panel scrolls to the newest call while the trace grows. */
  follow = true;

  /** Fires when the tap that writes the trace started, ended, or changed its mode. */
  readonly onDidChangeLive: Event<void> = this.#liveChanged.event;

  /** Fires when there is a query for the filter box. */
  readonly onDidAskQuery: Event<void> = this.#queryAsked.event;

  private constructor(
    uri: vscode.Uri,
    session: TraceView,
    engine: SessionServices,
    followed: FollowedTrace,
    memory: vscode.Memento,
    onDispose: (document: TraceDocument) => void,
  ) {
    this.uri = uri;
    this.session = session;
    this.clauses = new DecidingClauses(session, engine);
    this.#times = new TimeLooks(session, engine);
    this.#settings = session.settings;
    this.#followed = followed;
    this.#memory = memory;
    this.#onDispose = onDispose;
    this.#watching = watchInputs(session, () => watchesInputs(uri));
  }

  /** Opens the trace. A file that is not a trace opens too; the problems of the trace say what the file looks like. */
  static async open(
    uri: vscode.Uri,
    engine: SessionServices,
    memory: vscode.Memento,
    onDispose: (document: TraceDocument) => void,
    reading: Reading,
  ): Promise<TraceDocument> {
    const settings = sessionSettings(uri, rememberedChoice(memory, uri));
    let document = null as TraceDocument | null;
    const onChange = (): void => {
      if (document !== null) document.#update();
    };
    const paths = pathsOf(uri);
    const followed = await followUntilOpen(paths, onChange, reading);
    const { trace } = followed;
    const session = new TraceView(paths, trace, settings, engine);
    document = new TraceDocument(uri, session, engine, followed, memory, onDispose);
    if (isTrusted()) document.#replayOpened();
    return document;
  }

  /** The user trusted the workspace: its settings count now, and the trace is replayed as if it were opened now. */
  trusted(): void {
    this.#applySettings();
    this.#replayOpened();
  }

  /** The tap that writes the trace; null when the trace is complete. */
  get live(): LiveState | null {
    return liveStateOf(this.#followed, this.follow);
  }

  /** Puts a query into the filter box of the panel, as soon as it is shown. */
  showQuery(query: string): void {
    this.#query = query;
    this.#queryAsked.fire();
  }

  /** The query that no panel has shown yet; null without one. */
  get query(): string | null {
    return this.#query;
  }

  /** A panel shows a query. */
  queryShown(query: string): void {
    if (this.#query === query) this.#query = null;
  }

  /** Applies a choice, starts a replay with it, and stores it for later sessions. Throws `host/untrusted`. */
  async choose(choice: Partial<ReplaySettings>): Promise<void> {
    requireTrust('Replay');
    const { settings } = this.session;
    // A guard that is chosen beside a configuration next to the trace must not make that configuration disappear.
    const isBeside = choice.config === undefined && settings.config !== null;
    const whole = isBeside ? { config: settings.config, ...choice } : choice;
    // A configuration decides which of the defaults are used.
    const isOther = choice.config !== undefined && choice.config !== settings.config;
    const remembered = rememberedChoice(this.#memory, this.uri);
    if (this.session.update(isOther ? sessionSettings(this.uri, remembered, whole) : whole)) void this.session.replay();
    const stored = await rememberChoice(this.#memory, this.uri, whole);
    if (stored === null) return;
    const isFirst = !this.#saidWhereStored;
    this.#saidWhereStored = true;
    void announceChoice(this.uri, stored, isFirst, async () => {
      await stored.undo();
      const isStale = this.session.update(sessionSettings(this.uri, rememberedChoice(this.#memory, this.uri)));
      if (isStale) await this.session.replay();
    });
  }

  /** Replays with the current settings. Rejects with `host/untrusted`. */
  async replay(): Promise<void> {
    requireTrust('Replay');
    this.#applySettings();
    await this.session.replay();
  }

  dispose(): void {
    this.#watching.dispose();
    this.#times.dispose();
    this.clauses.dispose();
    this.#followed.dispose();
    this.session.dispose();
    this.#liveChanged.dispose();
    this.#queryAsked.dispose();
    this.#onDispose(this);
  }

  /** Takes over the settings that changed since they were last read. */
  #applySettings(): void {
    const fresh = sessionSettings(this.uri, rememberedChoice(this.#memory, this.uri));
    const changed = changesIn(this.#settings, fresh);
    this.#settings = fresh;
    if (Object.keys(changed).length > 0) this.session.update(changed);
  }

  #replayOpened(): void {
    const { settings, trace } = this.session;
    const mayHaveCalls = trace.calls.length > 0 || trace.growing === true;
    const canReplay = settings.guard !== null || settings.config !== null;
    if (canReplay && mayHaveCalls && replaysOnOpen(this.uri)) void this.session.replay();
  }

  #update(): void {
    const { trace, generation } = this.#followed;
    if (generation !== this.#generation) this.session.replaceTrace(trace);
    else if (trace !== this.session.trace) this.session.extend(trace);
    this.#generation = generation;
    this.#liveChanged.fire();
  }
}

function changesIn(before: ReplaySettings, after: ReplaySettings): Partial<ReplaySettings> {
  const names = Object.keys(after) as (keyof ReplaySettings)[];
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(changed.map((name) => [name, after[name]]));
}

/** How a trace is read while it is opened. */
interface Reading {
  /** Aborts only the opening; a file that is already followed stays followed. */
  readonly signal: AbortSignal;
  readonly onRead?: NonNullable<FollowOptions['onRead']>;
}

async function followUntilOpen(paths: TracePaths, onChange: () => void, reading: Reading): Promise<FollowedTrace> {
  const { signal, ...options } = reading;
  const opening = new AbortController();
  const abort = (): void => opening.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await followTraces(paths, { ...options, onChange, signal: opening.signal, keepInFileFrom });
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
