/** The sessions that are being captured: looks into the folders of captures for the files that taps leave while they run. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Emitter, type Event } from '../../core/base/event.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { type LiveFacts, liveFileOf } from '../recording/format/liveFile.ts';
import type { LiveControl } from '../liveGuard/controlFile.ts';
import { CaptureGrowth } from './captureGrowth.ts';
import { type LiveSession, sessionMode, steered } from './liveSession.ts';

export interface LiveSessionsOptions {
  /** Folders that may hold captures; asked before every look. */
  readonly folders: () => Iterable<string>;
  /** What a running tap says of a capture; null without one. */
  readonly readLive: (capture: string) => LiveFacts | null;
  /** What the tap of a capture was told. */
  readonly readControl: (capture: string) => LiveControl;
}

/** How the name of a tap's own file ends, behind that of its capture. */
export const liveSuffix = liveFileOf('');

/** How often it looks while something is captured, and otherwise, in milliseconds; a file watcher tells sooner. */
const growingMs = 1000;
const quietMs = 5000;

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

  /** Fires when a session began, ended, grew, or changed its mode. */
  readonly onDidChange: Event<void> = this.#changed.event;

  /** Fires for a session that began after the first look. What becomes of it later is what somebody asked for. */
  readonly onDidStart: Event<LiveSession> = this.#started.event;

  constructor(options: LiveSessionsOptions) {
    this.#options = options;
  }

  /** The newest first. */
  get all(): readonly LiveSession[] {
    return [...this.#sessions.values()].sort((a, b) => (a.facts.start < b.facts.start ? 1 : -1));
  }

  get(path: string): LiveSession | undefined {
    return this.#sessions.get(path);
  }

  /** Looks now, and from now on again and again. */
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
      const wait = this.#again ? 0 : this.#sessions.size > 0 ? growingMs : quietMs;
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
      const told = this.#options.readLive(path);
      if (told === null) continue;
      const facts = steered(told, this.#options.readControl(path));
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
