/** The live file beside a capture: names the tap that writes the capture and how to reach it, and keeps a second tap from the same file. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { Failure } from '../../../core/base/failure.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/base/json.ts';
import { withLock } from './fileLock.ts';
import { readRegularSync } from '../../files/regularFile.ts';
import { isRunning, identityOf, type ProcessIdentity } from './processIdentity.ts';

/** What a guard on live traffic does: only watch, enforce its decisions, or nothing (the kill switch). */
export type TapMode = 'watch' | 'enforce' | 'off';

/** Facts about a running tap. */
export interface LiveFacts {
  readonly pid: number;
  /** ISO 8601. */
  readonly start: string;
  readonly server: string;
  readonly transport: string;
  /** Where the client of an HTTP tap connects, with the token: therefore only the owner may read the file. */
  readonly endpoint?: string;
  readonly guard?: string;
  readonly policy?: string;
  /** Absent when no guard sees the traffic. */
  readonly mode?: TapMode;
  /** Why the guard decides no call: it could not be loaded, or it died; absent or empty while it decides. */
  readonly message?: string;
}

/** The name of the live file of a capture. */
export function liveFileOf(capture: string): string {
  return `${capture}.live.json`;
}

/** The live file of a tap. This process is the tap's recorder. */
export class LiveFile {
  /** The recorder of an earlier tap that still writes the rest of this capture; null in most cases. */
  readonly after: ProcessIdentity | null;
  readonly #path: string;
  #facts: LiveFacts;

  private constructor(path: string, facts: LiveFacts, after: ProcessIdentity | null) {
    this.#path = path;
    this.#facts = facts;
    this.after = after;
  }

  /** Throws `tap/in-use` when another tap that still runs writes this capture, `tap/unwritable` when the file cannot be made. */
  static create(capture: string, facts: LiveFacts): LiveFile {
    const path = liveFileOf(capture);
    try {
      // Of several taps that start at once, each must see the file of the first, also where a killed tap left its own.
      return withLock(`${path}.lock`, () => {
        const other = readLive(capture);
        if (other !== null) throw inUse(capture, other);
        const after = recorderOf(capture);
        replace(path, facts);
        return new LiveFile(path, facts, after);
      });
    } catch (thrown) {
      if (thrown instanceof Failure) throw thrown;
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      throw new Failure('tap/unwritable', `Cannot write "${path}": ${reason}`, 'Choose another folder for the capture');
    }
  }

  /** Changes the facts. A failure is ignored, because the session does not depend on the file. */
  update(change: Partial<LiveFacts>): void {
    this.#facts = { ...this.#facts, ...change };
    try {
      replace(this.#path, this.#facts);
    } catch {
      // The session goes on without it.
    }
  }

  /** Removes the file, unless the next tap has replaced it with its own. */
  remove(): void {
    if (recorderIn(readObject(this.#path))?.pid === process.pid) rmSync(this.#path, { force: true });
  }
}

/** The tap that writes a capture; null when there is none, or when it has ended without removing the file. */
export function readLive(capture: string): LiveFacts | null {
  return readRunning(liveFileOf(capture));
}

/** Whether a capture may still grow: by a tap, or by the recorder of a tap that has ended. */
export function isWritten(capture: string): boolean {
  return readLive(capture) !== null || recorderOf(capture) !== null;
}

/** The recorder of a capture that still runs. */
function recorderOf(capture: string): ProcessIdentity | null {
  const recorder = recorderIn(readObject(liveFileOf(capture)));
  return recorder !== null && isRunning(recorder) ? recorder : null;
}

function recorderIn(live: JsonObject | null): ProcessIdentity | null {
  const recorder = live?.['recorder'];
  return recorder !== undefined && isJsonObject(recorder) ? identityIn(recorder) : null;
}

function identityIn({ pid, born }: JsonObject): ProcessIdentity | null {
  return typeof pid === 'number' ? { pid, born: typeof born === 'number' ? born : null } : null;
}

/** Names, paths and numbers. */
const maxLiveBytes = 256 * 1024;

function readObject(path: string): JsonObject | null {
  try {
    const value = JSON.parse(readRegularSync(path, maxLiveBytes).toString()) as JsonValue;
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

function readRunning(path: string): LiveFacts | null {
  const value = readObject(path);
  const tap = value === null ? null : identityIn(value);
  if (value === null || tap === null || !isRunning(tap)) return null;
  const { mode } = value;
  const text = (name: string): string => (typeof value[name] === 'string' ? value[name] : '');
  const optional = (name: 'endpoint' | 'guard' | 'policy' | 'message') =>
    text(name) === '' ? {} : { [name]: text(name) };
  return {
    pid: tap.pid,
    start: text('start'),
    server: text('server'),
    transport: text('transport'),
    ...optional('endpoint'),
    ...optional('guard'),
    ...optional('policy'),
    ...optional('message'),
    ...(mode === 'watch' || mode === 'enforce' || mode === 'off' ? { mode } : {}),
  };
}

const ownerOnly = 0o600;

function inUse(capture: string, { pid, start }: LiveFacts): Failure {
  const message = `The capture "${capture}" is being written by another tap (process ${pid}, since ${start})`;
  return new Failure('tap/in-use', message, 'Give each tap a file of its own: --out may hold {time} and {pid}');
}

/** Writes the file in one step, so that a reader never sees a part of it. */
function replace(path: string, facts: LiveFacts): void {
  try {
    writeFileSync(`${path}.new`, textOf(facts), { mode: ownerOnly });
    renameSync(`${path}.new`, path);
  } catch (thrown) {
    rmSync(`${path}.new`, { force: true });
    throw thrown;
  }
}

function textOf(facts: LiveFacts): string {
  const { born } = identityOf(facts.pid);
  const recorder = identityOf(process.pid);
  return `${JSON.stringify({ ...facts, ...(born === null ? {} : { born }), recorder })}\n`;
}
