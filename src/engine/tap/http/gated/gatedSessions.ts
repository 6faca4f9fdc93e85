/** The sessions of an HTTP tap with gates. Each has its own gate, like each has its own agent in the gateway. */
import { GatedSession, type GatedContext } from './gatedSession.ts';

/** Each guard is a thread with its memory, and clients seldom end their sessions. */
const mostSessions = 32;

export class GatedSessions {
  readonly context: GatedContext;
  /** In order of their last use. */
  readonly #open = new Map<string, GatedSession>();
  /** Those that wait for their name. */
  readonly #opening = new Set<GatedSession>();
  readonly #retired = new Set<string>();
  readonly #closing = new Map<GatedSession, Promise<void>>();
  readonly #hurry = new AbortController();

  constructor(context: GatedContext) {
    this.context = context;
  }

  /** Whether the guard's decisions are enforced now. */
  get enforces(): boolean {
    return this.context.gates.enforces();
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

  /** A session whose client initializes: the answer of the server names it. */
  opening(): GatedSession {
    const session = new GatedSession(null, this.context);
    this.#opening.add(session);
    return session;
  }

  /** The server has opened the session. Where it gives no session ids, the new session replaces the one before. */
  opened(session: GatedSession, name: string): void {
    if (!this.#opening.delete(session)) return;
    this.end(name);
    this.#open.set(name, session);
    session.named(name);
    this.#retire();
  }

  /** The server did not open the session, under the name of the request; null when its messages come again elsewhere and are not recorded. */
  notOpened(session: GatedSession, name: string | null): void {
    if (!this.#opening.delete(session)) return;
    if (name !== null) session.named(name);
    this.#close(session);
  }

  end(name: string): void {
    const session = this.#open.get(name);
    if (session === undefined) return;
    this.#open.delete(name);
    this.#close(session);
  }

  /** Number of calls that guards have not decided, also in sessions that are being closed. */
  undecided(): number {
    const sessions = [...this.#open.values(), ...this.#opening, ...this.#closing.keys()];
    return sessions.reduce((sum, { gate }) => sum + gate.undecided(), 0);
  }

  /** Ends every session, and stops guards that make no progress. */
  async close(): Promise<void> {
    this.#hurry.abort();
    for (const name of this.#open.keys()) this.end(name);
    for (const session of this.#opening) this.notOpened(session, '');
    await Promise.all(this.#closing.values());
  }

  #close(session: GatedSession): void {
    const closing = session.close(this.#hurry.signal).finally(() => this.#closing.delete(session));
    this.#closing.set(session, closing);
  }

  /** Unloads the guard of an idle session. The session is refused from then on, because its labels are lost. */
  #retire(): void {
    if (this.#open.size <= mostSessions) return;
    const [name] = [...this.#open].find(([each, session]) => session.isIdle && each !== '') ?? [];
    if (name === undefined) return;
    this.#retired.add(name);
    this.context.recording.event('session-retired', { session: name });
    this.end(name);
  }
}
