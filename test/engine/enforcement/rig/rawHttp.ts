/** An HTTP client that sends any bytes and keeps every byte of the answer: status lines, headers, chunks, trailers. */
import { connect, type Socket } from 'node:net';

/** What came back on one connection. */
export interface RawAnswer {
  /** Of the last head; 0 when none came. */
  readonly status: number;
  /** Everything as it came, and the body once more without its chunks. */
  readonly all: Buffer;
  readonly body: Buffer;
  /** Whether the answer, or the connection, came to its end. */
  readonly isComplete: boolean;
}

/** One request on a connection of its own. */
export class RawExchange {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #hasClosed = false;
  readonly #isHead: boolean;

  constructor(port: number, request: readonly Buffer[]) {
    this.#isHead = request[0]?.toString('latin1', 0, 5) === 'HEAD ';
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk: Buffer) => (this.#received = Buffer.concat([this.#received, chunk])));
    this.#socket.on('error', () => (this.#hasClosed = true));
    this.#socket.on('close', () => (this.#hasClosed = true));
    for (const each of request) this.#socket.write(each);
  }

  get answer(): RawAnswer {
    const { status, body, isComplete } = parsed(this.#received, this.#isHead);
    return { status, body, all: Buffer.concat([this.#received, body]), isComplete: isComplete || this.#hasClosed };
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** The text of a request with a body of known length. */
export function requestBytes(
  method: string,
  path: string,
  headers: readonly string[],
  body: Buffer | string = '',
): Buffer {
  const bytes = Buffer.from(body);
  const length = headers.some((each) => /^(?:content-length|transfer-encoding):/i.test(each))
    ? []
    : [`Content-Length: ${bytes.length}`];
  const head = [`${method} ${path} HTTP/1.1`, ...headers, ...length, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
}

function parsed(
  bytes: Buffer,
  isHead: boolean,
): { readonly status: number; readonly body: Buffer; readonly isComplete: boolean } {
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return { status: 0, body: Buffer.alloc(0), isComplete: false };
    const head = rest.toString('latin1', 0, end);
    const status = Number(/^HTTP\/1\.[01] (\d+)/.exec(head)?.[1] ?? 0);
    rest = rest.subarray(end + 4);
    // An interim answer; 101 is the last one that is HTTP.
    if (status >= 100 && status < 200 && status !== 101) continue;
    return { status, ...(isHead ? { body: rest, isComplete: true } : bodyOf(head, status, rest)) };
  }
}

function bodyOf(head: string, status: number, rest: Buffer): { readonly body: Buffer; readonly isComplete: boolean } {
  if (status === 204 || status === 304) return { body: rest, isComplete: true };
  if (/^transfer-encoding:.*chunked/im.test(head)) return unchunked(rest);
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  return { body: rest, isComplete: length !== undefined && rest.length >= Number(length) };
}

function unchunked(bytes: Buffer): { readonly body: Buffer; readonly isComplete: boolean } {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return { body: Buffer.concat(parts), isComplete: false };
    const size = Number.parseInt(bytes.toString('latin1', at, end), 16);
    if (size === 0) return { body: Buffer.concat(parts), isComplete: bytes.indexOf('\r\n\r\n', end) >= 0 };
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    if (bytes.length < end + 4 + size) return { body: Buffer.concat(parts), isComplete: false };
    at = end + 4 + size;
  }
}
