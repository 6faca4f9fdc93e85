/** Says beside a capture that a tap is writing it, which one, and how to reach it; and keeps a second tap away from the same file. */
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { Failure } from '../../core/base/failure.ts';
import { isJsonObject, type JsonValue } from '../../core/base/json.ts';

/** What a guard on live traffic does: nothing but look, decide, or nothing at all (the kill switch). */
export type LiveMode = 'watch' | 'enforce' | 'off';

/** What is known of a running tap. */
export interface LiveFacts {
  readonly pid: number;
  /** ISO 8601. */
  readonly start: string;
  readonly server: string;
  readonly transport: string;
  /** Where the client of an HTTP tap connects; it holds the token, so nobody else may read the file. */
  readonly endpoint?: string;
  readonly guard?: string;
  readonly policy?: string;
  /** Absent: no guard looks at the traffic. */
  readonly mode?: LiveMode;
}

/** The name of the live file of a capture. */
export function liveFileOf(capture: string): string {
  return `${capture}.live.json`;
}

/** The live file of a tap that runs in this process. */
export class LiveFile {
  readonly #path: string;
  #facts: LiveFacts;

  private constructor(path: string, facts: LiveFacts) {
    this.#path = path;
    this.#facts = facts;
  }

  /** Throws `tap/in-use` when another tap that still runs writes this capture, `tap/unwritable` when the file cannot be made. */
  static create(capture: string, facts: LiveFacts): LiveFile {
    const path = liveFileOf(capture);
    const other = readLive(capture);
    if (other !== null) {
      const message = `The capture "${capture}" is being written by another tap (process ${other.pid}, since ${other.start})`;
      throw new Failure('tap/in-use', message, 'Give each tap a file of its own: --out may hold {time} and {pid}');
    }
    try {
      // Whoever was there is gone. Of two that come at once, one makes the file and the other fails here.
      rmSync(path, { force: true });
      const descriptor = openSync(path, 'wx', ownerOnly);
      writeSync(descriptor, textOf(facts));
      closeSync(descriptor);
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      throw new Failure('tap/unwritable', `Cannot write "${path}": ${reason}`, 'Choose another folder for the capture');
    }
    return new LiveFile(path, facts);
  }

  /** Changes what is told. A failure is passed over: the file is a courtesy to those who look. */
  update(change: Partial<LiveFacts>): void {
    this.#facts = { ...this.#facts, ...change };
    try {
      writeFileSync(`${this.#path}.new`, textOf(this.#facts), { mode: ownerOnly });
      renameSync(`${this.#path}.new`, this.#path);
    } catch {
      rmSync(`${this.#path}.new`, { force: true });
    }
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}

/** The tap that writes a capture; null when there is none, or when it has ended without saying so. */
export function readLive(capture: string): LiveFacts | null {
  let value: JsonValue;
  try {
    value = JSON.parse(readFileSync(liveFileOf(capture), 'utf8')) as JsonValue;
  } catch {
    return null;
  }
  if (!isJsonObject(value)) return null;
  const { pid, mode } = value;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || !isRunning(pid)) return null;
  const text = (name: string): string => (typeof value[name] === 'string' ? value[name] : '');
  const optional = (name: 'endpoint' | 'guard' | 'policy') => (text(name) === '' ? {} : { [name]: text(name) });
  return {
    pid,
    start: text('start'),
    server: text('server'),
    transport: text('transport'),
    ...optional('endpoint'),
    ...optional('guard'),
    ...optional('policy'),
    ...(mode === 'watch' || mode === 'enforce' || mode === 'off' ? { mode } : {}),
  };
}

const ownerOnly = 0o600;

function textOf(facts: LiveFacts): string {
  return `${JSON.stringify(facts)}\n`;
}

/** A process of somebody else counts as running, too. */
function isRunning(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
