/** Says beside a capture that a tap is writing it, which one, and how to reach it; and keeps a second tap away from the same file. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
    try {
      for (;;) {
        const other = readLive(capture);
        if (other !== null) throw inUse(capture, other);
        moveAside(path, facts.pid);
        if (claim(path, facts)) return new LiveFile(path, facts);
      }
    } catch (thrown) {
      if (thrown instanceof Failure) throw thrown;
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      throw new Failure('tap/unwritable', `Cannot write "${path}": ${reason}`, 'Choose another folder for the capture');
    }
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
  return readRunning(liveFileOf(capture));
}

function readRunning(path: string): LiveFacts | null {
  let value: JsonValue;
  try {
    value = JSON.parse(readFileSync(path, 'utf8')) as JsonValue;
  } catch {
    return null;
  }
  if (!isJsonObject(value)) return null;
  const { pid, mode } = value;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || !isRunning(pid)) return null;
  const born = birthOf(pid);
  if (born !== null && typeof value['born'] === 'number' && value['born'] !== born) return null;
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

function inUse(capture: string, { pid, start }: LiveFacts): Failure {
  const message = `The capture "${capture}" is being written by another tap (process ${pid}, since ${start})`;
  return new Failure('tap/in-use', message, 'Give each tap a file of its own: --out may hold {time} and {pid}');
}

/** Takes away what a tap left that is gone. Of several that come at once, one may move what another has just made: that goes back. */
function moveAside(path: string, pid: number): void {
  const aside = `${path}.${pid}.old`;
  try {
    renameSync(path, aside);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw thrown;
  }
  const isRecent = readRunning(aside) !== null;
  if (isRecent) renameSync(aside, path);
  else rmSync(aside, { force: true });
}

/** Makes the file with all that it says in one step. False when somebody else was first. */
function claim(path: string, facts: LiveFacts): boolean {
  const own = `${path}.${facts.pid}.new`;
  try {
    writeFileSync(own, textOf(facts), { mode: ownerOnly });
    linkSync(own, path);
    return true;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EROFS' || code === 'ENOSPC') throw thrown;
    return claimWithoutLinks(path, facts);
  } finally {
    rmSync(own, { force: true });
  }
}

/** For file systems without hard links. */
function claimWithoutLinks(path: string, facts: LiveFacts): boolean {
  try {
    writeFileSync(path, textOf(facts), { mode: ownerOnly, flag: 'wx' });
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw thrown;
  }
}

function textOf(facts: LiveFacts): string {
  const born = birthOf(facts.pid);
  return `${JSON.stringify(born === null ? facts : { ...facts, born })}\n`;
}

/**
 * When a process was started, in the kernel's ticks since its own start, so that a later process with the same number is not taken for it
 * (Linux, proc(5): the 22nd word of `stat`); null where that is not known.
 */
function birthOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const word = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return word === undefined ? null : Number(word);
  } catch {
    return null;
  }
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
