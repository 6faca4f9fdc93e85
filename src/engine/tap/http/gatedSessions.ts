/** The sessions of an HTTP tap that a guard looks at: each has a gate of its own, as each has an agent of its own in the gateway. */
import { GatedSession, type GatedContext } from './gatedSession.ts';

/** A guard is a thread with its memory; clients seldom say that they are done. */
const mostSessions = 32;

export class GatedSessions {
  readonly world: GatedContext;
  /** The one that was used last stands last. */
  readonly #open = new Map<string, GatedSession>();
  readonly #retired = new Set<string>();
  readonly #closing = new Set<Promise<void>>();

  constructor(world: GatedContext) {
    this.world = world;
  }

  /** The session of this name, begun if it is not known yet. Null: its guard has been put away. */
  of(name: string): GatedSession | null {
    if (this.#retired.has(name)) return null;
    const known = this.#open.get(name);
    const session = known ?? new GatedSession(name, this.world);
    this.#open.delete(name);
    this.#open.set(name, session);
    if (known === undefined) this.#retire();
    return session;
  }

  /** A client initializes: where the server gives no ids, its session takes the place of the one before. */
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

  /** A session whose labels are forgotten must not go on as if it had none: it is refused from then on. */
  #retire(): void {
    if (this.#open.size <= mostSessions) return;
    const idle = [...this.#open.values()].find((session) => session.isIdle && session.name !== '');
    if (idle === undefined) return;
    this.#retired.add(idle.name);
    this.world.recording.event('session-retired', { session: idle.name });
    this.end(idle.name);
  }
}
