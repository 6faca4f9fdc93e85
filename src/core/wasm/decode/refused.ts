/** How the readers of this room stop inside: a refusal with wazero's text, caught at the room's doors and never seen outside. */

/** wazero would not load the module. The message is its text so far; each reader on the way up puts its own words in front. */
export class Refused extends Error {
  /** wazero does not answer here but panics, and the gateway dies with it (wazero spec 2.3). */
  readonly panic: boolean;

  constructor(message: string, panic = false) {
    super(message);
    this.panic = panic;
  }
}

/** Runs a reader; what it refuses gets `context: ` in front. */
export function within<T>(context: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    throw inContext(context, thrown);
  }
}

/** What was thrown, with `context: ` in front when it is an ordinary refusal. */
export function inContext(context: string, thrown: unknown): unknown {
  return thrown instanceof Refused && !thrown.panic ? new Refused(`${context}: ${thrown.message}`) : thrown;
}

/** The refusal that a reader ends in, or null when it ends well. */
export function refusalOf(read: () => void): Refused | null {
  try {
    read();
    return null;
  } catch (thrown) {
    if (thrown instanceof Refused) return thrown;
    throw thrown;
  }
}
