/**
 * The labels of an agent that several taps share: those of one client, whose servers each have a tap of their own. In the gateway the labels
 * go with the agent from server to server (gateway spec 3.10).
 *
 * The taps share a file in the user's private folder. It holds what happened to the agent, not its labels, so that a tap whose guard is loaded
 * again can replace what the old guard did. It is replaced by renaming, so a reader sees the old text or the new one; a change is made
 * under a lock that dies with its process. A killed tap leaves its events, which really happened, and no lock.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { accessSync, constants, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isJsonObject } from '../../core/base/json.ts';
import type { AgentLabels } from '../../core/difc/monitor/agent.ts';
import { agentAfter, type AgentEvent } from '../../core/session/agentEvents.ts';
import { readRegularSync } from '../files/regularFile.ts';
import { stateFolder } from '../files/stateFolder.ts';
import { withLock } from '../recording/format/fileLock.ts';
import { identityOf, isRunning, type ProcessIdentity } from '../recording/format/processIdentity.ts';

/** Most events of a file; older ones are folded into their labels. A session has a few for each server and each new tag. */
const mostEvents = 1_000;

/** Limit of a file that is read. */
const maxBytes = 16 * 1024 * 1024;

/** A session of a tap that uses the file. */
interface Member extends ProcessIdentity {
  /** Tells sessions of one process apart. */
  readonly id: string;
}

interface Content {
  readonly taps: readonly Member[];
  readonly events: readonly SharedEvent[];
}

/** Name of the agent of a client that starts its servers itself: the client's process, which the tap's parent is. */
export function agentOfParent(): string {
  const { pid, born } = identityOf(process.ppid);
  return `process ${pid} ${born ?? ''}`;
}

/** An event with the tap's session that it happened in; two of them may have servers of one name. */
interface SharedEvent extends AgentEvent {
  readonly by: string;
}

/** The folder of the shared labels: private to the user, and the same for captures in any folder. That of the capture where it cannot be written. */
export function agentFolder(capture: string): string {
  const folder = join(stateFolder(), 'agents');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    return dirname(capture);
  }
}

/** One tap's view of the shared labels. Methods throw when the file cannot be read or written. */
export class SharedAgent {
  readonly #path: string;
  readonly #own: Member = { ...identityOf(process.pid), id: randomUUID() };

  /** Joins the agent with a name. When no tap that uses it runs any more, it begins without labels, as after a restart of the gateway. */
  constructor(folder: string, name: string) {
    const id = createHash('sha256').update(name).digest('hex').slice(0, 16);
    this.#path = join(folder, `agent-${id}.json`);
    this.#change(({ taps, events }) => ({
      taps: [...taps, this.#own],
      events: taps.length === 0 ? [] : events,
    }));
  }

  /** The labels now. */
  labels(): AgentLabels {
    return agentAfter(this.#read().events);
  }

  /** The events of other sessions until a moment, in milliseconds since 1970. */
  eventsOfOthers(until: number): readonly AgentEvent[] {
    return this.#read().events.filter(({ by, at }) => by !== this.#own.id && at <= until);
  }

  /** Adds what a call did to the agent. It counts as later than everything before, also when the clock went back. */
  add(added: readonly AgentEvent[]): void {
    if (added.length === 0) return;
    this.#change(({ taps, events }) => {
      const last = Math.max(0, ...events.map(({ at }) => at));
      const later = added.map((event) => ({ ...event, at: Math.max(event.at, last), by: this.#own.id }));
      return { taps, events: [...events, ...later] };
    });
  }

  /**
   * Replaces everything that calls of this session did from a moment on, in milliseconds since 1970, because its guard was loaded again and
   * decided them anew.
   */
  replace(from: number, now: readonly AgentEvent[]): void {
    const by = this.#own.id;
    this.#change(({ taps, events }) => ({
      taps,
      events: [
        ...events.filter((event) => event.by !== by || event.at < from),
        ...now.map((each) => ({ ...each, by })),
      ],
    }));
  }

  /** Leaves the agent; the last tap removes the file. A tap ends also when the file cannot be used: the others see that it does not run. */
  leave(): void {
    try {
      this.#change(({ taps, events }) => ({ taps: taps.filter(({ id }) => id !== this.#own.id), events }));
    } catch {
      // Calls report what is wrong with the file.
    }
  }

  #change(change: (content: Content) => Content): void {
    withLock(`${this.#path}.lock`, () => {
      const { taps, events } = change(this.#living());
      if (taps.length === 0) rmSync(this.#path, { force: true });
      else this.#write({ taps, events: folded(events) });
    });
  }

  /** The content without taps that have ended. */
  #living(): Content {
    const { taps, events } = this.#read();
    return { taps: taps.filter(isRunning), events };
  }

  #read(): Content {
    try {
      return contentOf(readRegularSync(this.#path, maxBytes).toString('utf8'));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return { taps: [], events: [] };
      throw thrown;
    }
  }

  #write(content: Content): void {
    // A new file: a link of this name, which another made, is not followed.
    const next = `${this.#path}.${process.pid}-${randomBytes(4).toString('hex')}`;
    try {
      writeFileSync(next, `${JSON.stringify({ schema, ...content })}\n`, { mode: 0o600, flag: 'wx' });
      renameSync(next, this.#path);
    } catch (thrown) {
      rmSync(next, { force: true });
      throw thrown;
    }
  }
}

const schema = 'guardscope-agent/2';

/** Events that change nothing are left out, and old ones become the labels that they led to. */
function folded(events: readonly SharedEvent[]): readonly SharedEvent[] {
  const sorted = events.toSorted((a, b) => a.at - b.at);
  const [last] = sorted.slice(-1);
  // A read of the same labels twice in a row has the effect of one.
  const needed = sorted.filter((event, at) => at === 0 || !isRepeated(event, sorted[at - 1]));
  if (needed.length <= mostEvents || last === undefined) return needed;
  const old = needed.slice(0, needed.length - mostEvents / 2);
  const { secrecy, integrity } = agentAfter(old);
  const base: SharedEvent = { kind: 'start', server: '', by: '', at: old.at(-1)?.at ?? 0, secrecy, integrity };
  return [base, ...needed.slice(old.length)];
}

function isRepeated(event: SharedEvent, before: SharedEvent | undefined): boolean {
  return (
    before?.kind === event.kind &&
    before.by === event.by &&
    isSameList(before.secrecy, event.secrecy) &&
    isSameList(before.integrity, event.integrity)
  );
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((tag, at) => tag === b[at]);
}

/** Throws for a file of another form: labels that cannot be read must not count as none. */
function contentOf(text: string): Content {
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value) || value['schema'] !== schema) throw new Error(`it is not of the form "${schema}"`);
  const { taps, events } = value as unknown as Partial<Content>;
  if (!Array.isArray(taps) || !Array.isArray(events) || !events.every(isEvent)) throw new Error('it has another form');
  return { taps, events };
}

function isEvent(value: unknown): value is SharedEvent {
  const { kind, server, by, at, secrecy, integrity } = (value ?? {}) as Partial<SharedEvent>;
  const isTags = (tags: unknown): boolean => Array.isArray(tags) && tags.every((tag) => typeof tag === 'string');
  return (
    (kind === 'start' || kind === 'read') &&
    typeof server === 'string' &&
    typeof by === 'string' &&
    typeof at === 'number' &&
    isTags(secrecy) &&
    isTags(integrity)
  );
}
