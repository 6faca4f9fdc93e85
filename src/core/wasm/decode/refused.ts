/** The exception with which readers and validators refuse a module; the exported functions of core/wasm catch it. */

/** wazero would not load the module. The message is wazero's text; each reader on the way up adds its context in front. */
export class Refused extends Error {
  /** wazero panics here instead of returning an error, which ends the gateway (wazero spec 2.3). */
  readonly panic: boolean;

  constructor(message: string, { panic = false }: { readonly panic?: boolean } = {}) {
    super(message);
    this.panic = panic;
  }
}

/** Runs a reader and puts `context: ` in front of its refusal. */
export function withContext<T>(context: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    throw addContext(context, thrown);
  }
}

/** The thrown value, with `context: ` in front when it is a refusal without panic. */
export function addContext(context: string, thrown: unknown): unknown {
  return thrown instanceof Refused && !thrown.panic ? new Refused(`${context}: ${thrown.message}`) : thrown;
}

/** The refusal that the reader throws, or null when it throws none. Other exceptions pass through. */
export function refusalOf(read: () => void): Refused | null {
  try {
    read();
    return null;
  } catch (thrown) {
    if (thrown instanceof Refused) return thrown;
    throw thrown;
  }
}
