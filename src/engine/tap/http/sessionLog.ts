/** Records what an HTTP tap sees, each message with the name of its session. */
import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Failure } from '../../../core/base/failure.ts';
import type { RecordingSink, WhenDurable } from '../../recording/tapSide/recordingSink.ts';
import type { AgentTokens } from './agentTokens.ts';
import { isRequestText, SeenEvents } from './seenEvents.ts';

/** Statuses of answers whose body says nothing about the protocol. */
const silentStatuses: ReadonlySet<number> = new Set([202, 204, 301, 302, 303, 304, 307, 308, 401, 403, 405]);

export class HttpSessionLog {
  /** `RecordingSink.whenDurable`: nothing reaches the client before the recorder has it. */
  readonly whenDurable: WhenDurable;
  readonly #recording: RecordingSink;
  readonly #names = new SessionNames();
  readonly #agents: AgentTokens;
  /** Sessions of the older transport, by the path that their messages are posted to. */
  readonly #endpoints = new Map<string, string>();
  readonly #seen = new SeenEvents();
  /** Paths that the server redirects: what is posted there comes a second time. */
  readonly #moved = new Set<string>();
  #spokeMcp = false;
  #hasReportedForeign = false;
  #exchanges = 0;

  constructor(recording: RecordingSink, agents: AgentTokens) {
    this.#recording = recording;
    this.#agents = agents;
    this.whenDurable = (then) => recording.whenDurable(then);
  }

  event(name: string, fields: Readonly<Record<string, unknown>>): void {
    this.#recording.event(name, fields);
  }

  /** The name of the session in the headers of a request; empty for none. */
  sessionOf(headers: IncomingHttpHeaders): string {
    return this.#names.ofHeaders(headers);
  }

  /** Whether messages of a session of the older transport are posted to this path. */
  isEndpoint(path: string): boolean {
    return this.#endpoints.has(path);
  }

  /** A request begins. Its messages are recorded once its session is known: the first request of a session has none yet. */
  request(method: string, path: string, headers: IncomingHttpHeaders): ExchangeLog {
    const session = this.#endpoints.get(path) ?? this.#names.ofHeaders(headers);
    const resumes = headers['last-event-id'] !== undefined;
    if (resumes) this.#recording.event('resumed', session === '' ? {} : { session });
    const number = ++this.#exchanges;
    const agent = this.#agents.ofHeaders(headers);
    const asked = agent === '' ? {} : { agent };
    return new ExchangeLog(number, method, session, this.#moved.has(path), {
      moved: () => void this.#moved.add(path),
      message: (dir, bytes, of) => {
        if (dir === 'server') this.#spokeMcp = true;
        const marks = { ...(of === '' ? {} : { session: of }), exchange: number };
        this.#recording.message(dir, bytes, dir === 'client' ? { ...marks, ...asked } : marks);
      },
      sawMessage: () => {
        this.#spokeMcp = true;
      },
      event: (name, fields) => this.#recording.event(name, fields),
      nameOf: (answer) => this.#names.ofHeaders(answer),
      endpoint: (address) => {
        const name = this.#names.nameOf(address);
        this.#endpoints.set(pathOf(address), name);
        return name;
      },
      isRepeated: (id, data, of) => this.#seen.repeats(of, id, data, resumes) && !isRequestText(data),
      foreign: () => {
        if (this.#spokeMcp || this.#hasReportedForeign) return false;
        this.#hasReportedForeign = true;
        return true;
      },
    });
  }
}

interface ExchangeSink {
  moved(): void;
  message(dir: 'client' | 'server', bytes: Uint8Array, session: string): void;
  sawMessage(): void;
  event(name: string, fields: Readonly<Record<string, unknown>>): void;
  nameOf(headers: IncomingHttpHeaders): string;
  endpoint(address: string): string;
  isRepeated(id: string, data: string, session: string): boolean;
  foreign(): boolean;
}

/** One request and its answer. */
export class ExchangeLog {
  /** Number of the request at this tap, from 1; it marks the recorded messages, because two clients may use one id at once. */
  readonly number: number;
  readonly isGet: boolean;
  readonly #method: string;
  readonly #sink: ExchangeSink;
  #session: string;
  #held: Uint8Array[] = [];
  #known: boolean;
  #holds: boolean;

  constructor(number: number, method: string, session: string, holds: boolean, sink: ExchangeSink) {
    this.number = number;
    this.isGet = method === 'GET';
    this.#method = method;
    this.#session = session;
    this.#sink = sink;
    this.#known = session !== '';
    this.#holds = holds;
  }

  /** The name of the session as far as it is known. */
  get session(): string {
    return this.#session;
  }

  /** A message of the server that the gate records. */
  sawMessage(): void {
    this.#sink.sawMessage();
  }

  /** A message in the body of the request. */
  client(bytes: Uint8Array): void {
    // Only the answer to it names the session that it opens.
    if (this.#holds || (!this.#known && isInitialize(bytes))) this.#held.push(bytes);
    else this.#sink.message('client', bytes, this.#session);
  }

  /** The request was sent to its end. */
  sent(): void {
    if (this.#method === 'DELETE')
      this.#sink.event('session-deleted', this.#session === '' ? {} : { session: this.#session });
  }

  /** The head of the answer arrived. */
  answered(status: number, headers: IncomingHttpHeaders): void {
    const named = this.#sink.nameOf(headers);
    if (!this.#known && named !== '') this.#session = named;
    if ((status === 307 || status === 308) && headers.location !== undefined) {
      // The client repeats the request at the other address.
      this.#held = [];
      this.#sink.moved();
    }
    this.#release();
    if (status >= 400) this.#sink.event('http-status', { method: this.#method, status, ...this.#marks() });
  }

  /** A message in the answer. */
  server(bytes: Uint8Array): void {
    this.#sink.message('server', bytes, this.#session);
  }

  /** Whether a resumed stream repeats this event. */
  isRepeated(id: string, data: string): boolean {
    return this.#sink.isRepeated(id, data, this.#session);
  }

  /** The `endpoint` event of the older transport, with the address for messages. */
  endpoint(address: string): void {
    this.#session = this.#sink.endpoint(address);
    this.#known = true;
  }

  /** The connection of the request closed, with or without an answer. */
  done(): void {
    this.#release();
  }

  /** Whether an answer does not look like MCP, and no answer before did; true once for each tap. */
  looksForeign(status: number, type: string): boolean {
    if (silentStatuses.has(status)) return false;
    // Clients probe for documents that need not exist, such as the metadata for a sign-in.
    const isSignificant = this.#method === 'POST' || (type === 'text/html' && status !== 404);
    return isSignificant && this.#sink.foreign();
  }

  foreign(url: URL, path: string, status: number, type: string): Failure {
    const shown = type === '' ? 'no content type' : `"${type}"`;
    const message = `The server at ${url.origin} answered ${this.#method} ${path.split('?')[0] ?? ''} with ${status} and ${shown}, which is not MCP`;
    this.#sink.event('not-mcp', { status, type });
    return new Failure(
      'tap/not-mcp',
      message,
      'Check the path of the address; many servers listen at /mcp or /sse. All requests are passed on unchanged',
    );
  }

  #release(): void {
    this.#known = true;
    this.#holds = false;
    for (const bytes of this.#held.splice(0)) this.#sink.message('client', bytes, this.#session);
  }

  #marks(): { readonly session?: string } {
    return this.#session === '' ? {} : { session: this.#session };
  }
}

function isInitialize(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('"initialize"');
}

/** Path and query of an address. */
function pathOf(address: string): string {
  const url = new URL(address, 'http://server/');
  return `${url.pathname}${url.search}`;
}

/** The header with the session id in Streamable HTTP. */
const sessionHeader = 'mcp-session-id';

/** Names the sessions of an HTTP tap: one name per session id. The id cannot be found from the name. */
class SessionNames {
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
