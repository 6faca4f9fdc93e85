/** The hostile server on HTTP: Streamable HTTP with JSON or events, sessions and streams, and the older transport. It carries out what any request asks. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { HostileServer, Sent } from './hostileServer.ts';
import { privateNumber, secretOf } from './secrets.ts';

/** How the answers to a POST are sent. */
export type Carrier = 'json' | 'events' | 'stream';

/** A request that asks for private content, and what the server would say. */
export interface PrivateExchange {
  readonly n: number;
  readonly secret: string;
  readonly method: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly messages: readonly Sent[];
  /** Sends messages on every stream that a client listens to. */
  readonly onStreams: (messages: readonly Sent[]) => void;
}

/** Answers a request that asks for private content in its own way. */
export type Respond = (exchange: PrivateExchange) => void;

export class HostileHttp {
  carrier: Carrier = 'json';
  respond: Respond | null = null;
  readonly #hostile: HostileServer;
  readonly #streams = new Set<ServerResponse>();
  readonly #server = createServer({ insecureHTTPParser: true }, (request, response) => this.#take(request, response));
  #sessions = 0;

  constructor(hostile: HostileServer) {
    this.#hostile = hostile;
    const upgrade = (request: IncomingMessage, socket: Socket): void => {
      const messages = this.#hostile.handle(askedIn(request, Buffer.alloc(0))) ?? [];
      socket.on('error', () => undefined);
      socket.end(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n${messages.join('\n')}`,
      );
    };
    this.#server.on('upgrade', upgrade).on('connect', upgrade);
    this.#server.on('clientError', (_, socket) => socket.destroy());
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const parts: Buffer[] = [];
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => this.#answer(request, response, Buffer.concat(parts)));
  }

  #answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const asked = askedIn(request, body);
    const messages = this.#hostile.handle(asked);
    const n = privateNumber(asked.toString('latin1'));
    const { method = '' } = request;
    const isPrivate = n !== null && messages !== null && this.#hostile.wasPrivate;
    if (isPrivate && this.respond !== null)
      this.respond({
        n,
        secret: secretOf(n),
        method,
        request,
        response,
        messages,
        onStreams: (all) => this.#send(all),
      });
    else if (messages !== null) this.#reply(response, messages, body);
    else if (method === 'GET') this.#listen(request, response);
    else response.writeHead(202).end();
  }

  #reply(response: ServerResponse, messages: readonly Sent[], body: Buffer): void {
    const session = body.includes('"initialize"') ? { 'Mcp-Session-Id': `session-${++this.#sessions}` } : {};
    if (this.carrier === 'stream' && this.#streams.size > 0) {
      response.writeHead(202, session).end('Accepted');
      this.#send(messages);
    } else if (messages.length === 0) response.writeHead(202, session).end();
    else if (this.carrier === 'json') {
      response.writeHead(200, { 'Content-Type': 'application/json', ...session });
      response.end(Buffer.concat(messages.map((each) => Buffer.from(each))));
    } else {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', ...session });
      response.end(Buffer.concat(messages.map((each) => eventBytes(each))));
    }
  }

  #listen(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.flushHeaders();
    if (request.url?.startsWith('/sse') === true) response.write('event: endpoint\ndata: /messages?sessionId=1\n\n');
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
  }

  #send(messages: readonly Sent[]): void {
    for (const stream of this.#streams) for (const each of messages) stream.write(eventBytes(each));
  }
}

/** A message as an event; bytes go out as they are. */
function eventBytes(message: Sent): Buffer {
  if (typeof message !== 'string') return message;
  return Buffer.from(
    `event: message\n${message
      .split('\n')
      .map((line) => `data: ${line}\n`)
      .join('')}\n`,
  );
}

/** What a request may ask for: its body, and a message in its address. */
function askedIn(request: IncomingMessage, body: Buffer): Buffer {
  const inAddress = /[?&][^=]*=(%7b.*)/i.exec(request.url ?? '')?.[1] ?? '';
  return inAddress === '' ? body : Buffer.concat([body, Buffer.from(`\n${decodeURIComponent(inAddress)}`)]);
}
