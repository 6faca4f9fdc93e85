/** Names of the sessions of an HTTP tap: the same name for the same session id, which cannot be found from the name. */
import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The header with the session id in Streamable HTTP. */
const sessionHeader = 'mcp-session-id';

export class SessionNames {
  readonly #key = randomBytes(32);

  /** A short name for an id. The id itself must not be recorded, because it is enough to join the session. Empty for no id. */
  nameOf(id: string | undefined): string {
    if (id === undefined || id === '') return '';
    return createHmac('sha256', this.#key).update(id).digest('hex').slice(0, 8);
  }

  /** The name of the session in the headers of a request, or of the answer that opened it. */
  ofHeaders(headers: IncomingHttpHeaders): string {
    const id = headers[sessionHeader];
    return this.nameOf(Array.isArray(id) ? id[0] : id);
  }
}
