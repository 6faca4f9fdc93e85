/** The sessions of an HTTP tap with gates. Each has its own gate, like each has its own agent in the gateway. */
import { GatedSession, type GatedContext } from './gatedSession.ts';

/** Each guard is a thread with its memory, and clients seldom end their sessions. */
const mostSessions = 32;

export class GatedSessions {
  readonly context: GatedContext;
  /** In order of their last use. */
  readonly #open = new Map<string, GatedSession>();
  readonly #retired = new Set<string>();
  readonly #closing = new Set<Promise<void>>();

  constructor(context: GatedContext) {
    this.context = context;
  }

  /** The session of this name, which begins if it is not known yet. Null when its guard was unloaded. */
  of(name: string): GatedSession | null {
    if (this.#retired.has(name)) return null;
    const known = this.#open.get(name);
    const session = known ?? new GatedSession(name, this.context);
    this.#open.delete(name);
    this.#open.set(name, session);
    if (known === undefined) this.#retire();
    return session;
  }

  /** A client initializes. Where the server gives no session ids, the new session replaces the one before. */
  begin(name: string): GatedSession | null {
    if (name === '') this.end(name);
    return this.of(name);
  }

  end(name: string): void {
    const session = this.#open.get(name);
    if (session === undefined) return;
    this.#open.delete(name);
    const closing = session.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  async close(): Promise<void> {
    for (const name of this.#open.keys()) this.end(name);
    await Promise.all(this.#closing);
  }

  /** Unloads the guard of an idle session. The session is refused from then on, because its labels are lost. */
  #retire(): void {
    if (this.#open.size <= mostSessions) return;
    const idle = [...this.#open.values()].find((session) => session.isIdle && session.name !== '');
    if (idle === undefined) return;
    this.#retired.add(idle.name);
    this.context.recording.event('session-retired', { session: idle.name });
    this.end(idle.name);
  }
}
