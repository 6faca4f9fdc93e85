/** Services for tests of the host rooms: real open sessions, and live sessions and a log that the test controls. */
import type { Uri as RealUri } from 'vscode';
import { Emitter } from '../../../src/core/base/event.ts';
import type { Problem } from '../../../src/core/base/parsed.ts';
import { type LiveSession, sessionMode } from '../../../src/engine/captureHome/liveSession.ts';
import type { LiveFacts } from '../../../src/engine/recording/format/liveFile.ts';
import { workerFile } from '../paths.ts';
import { idleRun } from '../../../src/engine/session/running.ts';
import type { RunState } from '../../../src/core/protocol/panel.ts';
import { OpenSessions } from '../../../src/host/base/openSessions.ts';
import { PublishedList } from '../../../src/host/base/publishedList.ts';
import type { Services } from '../../../src/host/base/services.ts';
import type { TraceDocument } from '../../../src/host/base/traceDocument.ts';
import { FakeMemento, Uri } from './api.ts';

/** Live sessions without files and timers. */
export class FakeLive {
  readonly changed = new Emitter<void>();
  readonly started = new Emitter<LiveSession>();
  readonly onDidChange = this.changed.event;
  readonly onDidStart = this.started.event;
  /** Number of requested refreshes. */
  looks = 0;
  all: LiveSession[] = [];

  get(path: string): LiveSession | undefined {
    return this.all.find((session) => session.path === path);
  }

  async look(): Promise<void> {
    this.looks++;
    this.changed.fire();
  }
}

/** An open trace without a file: its problems and inputs are what the test sets. */
export class FakeTrace {
  readonly #changed = new Emitter<void>();
  readonly uri: Uri;
  readonly session = {
    trace: { problems: [] as readonly Problem[] },
    settings: { guard: null as string | null, policy: null as string | null, server: null as string | null },
    run: { ...idleRun },
    onDidChange: this.#changed.event,
  };

  constructor(path: string, settings: { readonly guard?: string; readonly policy?: string } = {}) {
    this.uri = Uri.file(path);
    Object.assign(this.session.settings, settings);
  }

  /** The trace was read further, and has these problems now. */
  grow(problems: readonly Problem[]): void {
    this.session.trace = { problems };
    this.#changed.fire();
  }

  /** The replay went on, and has this state now. */
  ran(run: Partial<RunState>): void {
    this.session.run = { ...this.session.run, ...run };
    this.#changed.fire();
  }

  /** The document as the rooms under test know it. */
  get document(): TraceDocument {
    return this as unknown as TraceDocument;
  }
}

/** A live session with the given properties. */
export function liveSession(path: string, facts: Partial<LiveFacts> = {}): LiveSession {
  const all: LiveFacts = { pid: 1, start: '2026-11-23T02:30:05Z', server: 'files', transport: 'stdio', ...facts };
  return { path, facts: all, mode: sessionMode(all), bytes: 2048, calls: 3 };
}

export interface FakeServices {
  readonly services: Services;
  readonly live: FakeLive;
  /** Lines of the log, each with its level. */
  readonly logged: readonly string[];
}

/**
 * Services for one test. Members that no feature under test uses are missing. `extension`: the folder of the installed extension; `storage`:
 * its folder below the user's settings of the editor.
 */
export function fakeServices({ extension = '/extension', storage = '/storage' } = {}): FakeServices {
  const live = new FakeLive();
  const logged: string[] = [];
  const write =
    (level: string) =>
    (...parts: readonly unknown[]): void =>
      void logged.push([level, ...parts].join(' '));
  const context = {
    workspaceState: new FakeMemento(),
    globalState: new FakeMemento(),
    extensionUri: Uri.file(extension),
    extensionPath: extension,
    extension: { packageJSON: { version: '1.2.3' } },
    globalStorageUri: Uri.file(storage),
  };
  const services = {
    context,
    published: new PublishedList(context as unknown as Services['context']),
    sessions: new OpenSessions(),
    live,
    engine: { workerFile },
    log: { info: write('info'), warn: write('warn'), error: write('error') },
  };
  return { services: services as unknown as Services, live, logged };
}

/** A URI with the type of the real API. */
export function fileUri(path: string): RealUri {
  return Uri.file(path) as unknown as RealUri;
}
