/** Names of the sessions of an HTTP tap: the same for the same session, and no key to it. */
import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The header of a session of Streamable HTTP. */
const sessionHeader = 'mcp-session-id';

export class SessionNames {
  readonly #key = randomBytes(32);

  /** A short name for an id that must not be written down: who knows it can speak in the session. Empty for no id. */
  nameOf(id: string | undefined): string {
    if (id === undefined || id === '') return '';
    return createHmac('sha256', this.#key).update(id).digest('hex').slice(0, 8);
  }

  /** The session that headers name; of a request, or of the answer that opened it. */
  ofHeaders(headers: IncomingHttpHeaders): string {
    const id = headers[sessionHeader];
    return this.nameOf(Array.isArray(id) ? id[0] : id);
  }
}
