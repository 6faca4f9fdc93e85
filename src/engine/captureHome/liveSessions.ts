/** Finds the sessions that are being captured: polls the capture folders for the live files that running taps keep. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Emitter, type Event } from '../../core/base/event.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { type LiveFacts, liveFileOf } from '../recording/format/liveFile.ts';
import type { LiveControl } from '../liveGuard/controlFile.ts';
import { CaptureGrowth } from './captureGrowth.ts';
import { type LiveSession, sessionMode, withControl } from './liveSession.ts';

export interface LiveSessionsOptions {
  /** The folders to search, evaluated before every look. */
  readonly folders: () => Iterable<string>;
  /** The facts in the live file of a capture; null if no tap is running. */
  readonly readLive: (capture: string) => LiveFacts | null;
  /** The control file of a capture. */
  readonly readControl: (capture: string) => LiveControl;
}

/** The suffix of a live file's name after the name of its capture. */
export const liveSuffix = liveFileOf('');

/** Milliseconds between looks while there are sessions, and otherwise. File watchers trigger additional looks. */
const activeIntervalMs = 1000;
const idleIntervalMs = 5000;

/** The live sessions, updated until disposal. */
export class LiveSessions implements Disposable {
  readonly #options: LiveSessionsOptions;
  readonly #changed = new Emitter<void>();
  readonly #started = new Emitter<LiveSession>();
  readonly #growth = new Map<string, CaptureGrowth>();
  #sessions = new Map<string, LiveSession>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #again = false;
  #first = true;
  #disposed = false;

  /** Fires when a session started, ended, grew, or changed its mode. */
  readonly onDidChange: Event<void> = this.#changed.event;

  /** Fires when a session starts after the first look. Later changes of the mode do not fire, because the user requested them. */
  readonly onDidStart: Event<LiveSession> = this.#started.event;

  constructor(options: LiveSessionsOptions) {
    this.#options = options;
  }

  /** All live sessions, the newest first. */
  get all(): readonly LiveSession[] {
    return [...this.#sessions.values()].sort((a, b) => (a.facts.start < b.facts.start ? 1 : -1));
  }

  /** The live session of a capture. */
  get(path: string): LiveSession | undefined {
    return this.#sessions.get(path);
  }

  /** Looks now, and then at intervals until disposal. Concurrent calls share one look, which is repeated once afterwards. */
  async look(): Promise<void> {
    if (this.#disposed) return;
    clearTimeout(this.#timer);
    if (this.#looking !== undefined) {
      this.#again = true;
      return this.#looking;
    }
    this.#looking = this.#lookOnce().finally(() => {
      this.#looking = undefined;
      if (this.#disposed) return;
      const wait = this.#again ? 0 : this.#sessions.size > 0 ? activeIntervalMs : idleIntervalMs;
      this.#again = false;
      this.#timer = setTimeout(() => void this.look(), wait);
    });
    await this.#looking;
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#changed.dispose();
    this.#started.dispose();
  }

  async #lookOnce(): Promise<void> {
    const found = new Map<string, LiveSession>();
    for (const path of await this.#captures()) {
      const written = this.#options.readLive(path);
      if (written === null) continue;
      const facts = withControl(written, this.#options.readControl(path));
      const growth = this.#growth.get(path) ?? new CaptureGrowth(path);
      this.#growth.set(path, growth);
      found.set(path, { path, facts, mode: sessionMode(facts), ...(await growth.look()) });
    }
    for (const path of this.#growth.keys()) if (!found.has(path)) this.#growth.delete(path);
    const before = this.#sessions;
    this.#sessions = found;
    if (this.#disposed) return;
    const started = this.#first ? [] : [...found.values()].filter(({ path }) => !before.has(path));
    this.#first = false;
    if (before.size !== found.size || [...found].some(([path, session]) => differs(before.get(path), session))) {
      this.#changed.fire();
    }
    for (const session of started) this.#started.fire(session);
  }

  async #captures(): Promise<readonly string[]> {
    const folders = [...new Set(this.#options.folders())];
    const names = await Promise.all(
      folders.map(async (folder) =>
        (await readdir(folder).catch((): string[] => []))
          .filter((name) => name.endsWith(liveSuffix))
          .map((name) => join(folder, name.slice(0, -liveSuffix.length))),
      ),
    );
    return names.flat();
  }
}

function differs(before: LiveSession | undefined, now: LiveSession): boolean {
  return (
    before === undefined ||
    before.bytes !== now.bytes ||
    before.calls !== now.calls ||
    JSON.stringify(before.facts) !== JSON.stringify(now.facts)
  );
}
