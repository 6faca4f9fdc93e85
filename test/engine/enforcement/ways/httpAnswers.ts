/** Ways of a server in HTTP itself: types, statuses, headers and encodings of an answer with private content. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { answer, publicTools } from '../server/hostileServer.ts';
import type { PrivateExchange, Respond } from '../server/httpServer.ts';
import { secretNumber } from '../server/secrets.ts';
import type { HttpWay } from './httpWay.ts';
import { callText } from './way.ts';

/** A private read that the server answers in this way. */
const read = (name: string, respond: Respond, more: Omit<HttpWay, 'name' | 'sends'> = {}): HttpWay => ({
  name,
  sends: (p, { post }) => [[post(callText(p.id, p.privateRead))]],
  respond,
  ...more,
});

/** The same answer to a private read, and to a list of tools, whose body the guard lets pass. */
const readAndList = (name: string, respond: (exchange: PrivateExchange, body: string) => void): readonly HttpWay[] => [
  read(`${name}, on a private read`, (exchange) => respond(exchange, bodyOf(exchange))),
  {
    name: `${name}, on a list of tools`,
    sends: (p, { post }) => [
      [post(`{"jsonrpc":"2.0","id":${p.id},"method":"tools/list","params":{"cursor":"${p.privatePath}"}}`)],
    ],
    respond: (exchange) => {
      const [, id = 'null'] = /"id":("[^"]*"|\d+)/.exec(bodyOf(exchange)) ?? [];
      respond(exchange, answer(id, publicTools));
    },
  },
];

const bodyOf = ({ messages }: PrivateExchange): string => messages.map(String).join('');
const json = { 'Content-Type': 'application/json' };

const typed = (type: string | null, encode: (text: string) => string | Buffer = (text) => text): HttpWay =>
  read(`an answer of the type ${type ?? 'none'}`, (exchange) => {
    exchange.response.writeHead(200, type === null ? {} : { 'Content-Type': type }).end(encode(bodyOf(exchange)));
  });

const statuses = [
  201, 202, 203, 205, 206, 207, 226, 300, 304, 400, 401, 402, 403, 404, 405, 406, 409, 410, 418, 422, 429, 451, 500,
  501, 502, 503, 504, 599, 999,
];

const headers: readonly (readonly [string, (secret: string) => string])[] = [
  ['X-Custom', (secret) => secret],
  ['Set-Cookie', (secret) => `a=${secret}; HttpOnly`],
  ['ETag', (secret) => `"${secret}"`],
  ['Link', (secret) => `</${secret}>; rel=preload`],
  ['Server', (secret) => secret],
  ['Server-Timing', (secret) => `a;desc="${secret}"`],
  ['Content-Disposition', (secret) => `attachment; filename="${secret}"`],
  ['Content-Language', (secret) => secret],
  ['Content-Location', (secret) => `/${secret}`],
  ['Location', (secret) => `/${secret}`],
  ['Refresh', (secret) => `0; url=/${secret}`],
  ['WWW-Authenticate', (secret) => `Bearer realm="${secret}"`],
  ['Retry-After', (secret) => secret],
  ['Warning', (secret) => `199 - "${secret}"`],
  ['Mcp-Session-Id', (secret) => secret],
  ['MCP-Protocol-Version', (secret) => secret],
  ['Content-Type', (secret) => `application/json; x=${secret}`],
  ['Cache-Control', (secret) => secret],
  ['Access-Control-Allow-Origin', (secret) => `https://${secret}`],
  ['X-Name-', () => 'x'],
];

export const httpAnswerWays: readonly HttpWay[] = [
  typed('text/plain'),
  typed('text/html'),
  typed('application/octet-stream'),
  typed('application/problem+json'),
  typed('application/json-seq', (text) => `\u001E${text}\n`),
  typed('application/x-ndjson', (text) => `${text}\n`),
  typed('application/json; charset=utf-16le', (text) => Buffer.from(text, 'utf16le')),
  typed('application/json; charset=utf-16', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')),
  typed('application/json; charset=utf-8', (text) => `\uFEFF${text}`),
  typed('multipart/mixed; boundary=b', (text) => `--b\r\nContent-Type: application/json\r\n\r\n${text}\r\n--b--\r\n`),
  typed('APPLICATION/JSON'),
  typed('Text/Event-Stream', (text) => `data: ${text}\n\n`),
  typed('text/event-stream-x', (text) => `data: ${text}\n\n`),
  typed('text/event-stream, application/json', (text) => `data: ${text}\n\n`),
  typed('application/json, text/event-stream'),
  typed(' '),
  typed('x'),
  typed(null),
  ...['gzip', 'br', 'x', 'identity, gzip', 'GZIP', 'aws-chunked', ''].flatMap((encoding) => [
    read(`JSON with the encoding "${encoding}"`, (exchange) => {
      const text = bodyOf(exchange);
      const bytes = /gzip/i.test(encoding)
        ? gzipSync(text)
        : encoding === 'br'
          ? brotliCompressSync(text)
          : Buffer.from(text);
      exchange.response.writeHead(200, { ...json, 'Content-Encoding': encoding }).end(bytes);
    }),
    read(`events with the encoding "${encoding}"`, (exchange) => {
      const text = `data: ${bodyOf(exchange)}\n\n`;
      const bytes = /gzip/i.test(encoding)
        ? gzipSync(text)
        : encoding === 'br'
          ? brotliCompressSync(text)
          : Buffer.from(text);
      exchange.response
        .writeHead(200, { 'Content-Type': 'text/event-stream', 'Content-Encoding': encoding })
        .end(bytes);
    }),
  ]),
  read(
    'compressed JSON without its header',
    (exchange) => void exchange.response.writeHead(200, json).end(gzipSync(bodyOf(exchange))),
  ),
  ...statuses.map((status) =>
    read(
      `the status ${status} with the answer`,
      (exchange) => void exchange.response.writeHead(status, json).end(bodyOf(exchange)),
    ),
  ),
  ...[202, 401, 404, 500].map((status) =>
    read(
      `the status ${status} with text`,
      ({ response, secret }) =>
        void response.writeHead(status, { 'Content-Type': 'text/html' }).end(`<p>${secret}</p>`),
    ),
  ),
  ...[400, 404, 500].map((status) =>
    read(
      `the status ${status} with an error without an id`,
      ({ response, secret }) =>
        void response
          .writeHead(status, json)
          .end(`{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"x","data":"${secret}"}}`),
    ),
  ),
  read(
    'the status 204 with headers',
    ({ response, secret }) => void response.writeHead(204, { 'X-Custom': secret }).end(),
  ),
  ...[301, 302, 303, 307, 308].flatMap((status) => [
    read(
      `a redirect ${status} within the server`,
      ({ response, secret }) => void response.writeHead(status, { Location: `/${secret}` }).end(secret),
    ),
    read(
      `a redirect ${status} to another server`,
      ({ response, secret }) =>
        void response.writeHead(status, { Location: `http://127.0.0.1:1/${secret}` }).end(secret),
    ),
    read(
      `a redirect ${status} with a relative address`,
      ({ response, secret }) => void response.writeHead(status, { Location: secret, ...json }).end(secret),
    ),
  ]),
  ...headers.flatMap(([name, value]) =>
    readAndList(`the header ${name}`, ({ response, secret }, body) => {
      const own = name === 'X-Name-' ? `X-Name-${secret}` : name;
      response.writeHead(200, { ...json, [own]: value(secret) }).end(body);
    }),
  ),
  ...readAndList(
    'the reason phrase',
    ({ response, secret }, body) => void response.writeHead(200, secret, json).end(body),
  ),
  ...readAndList('a trailer', ({ response, secret }, body) => {
    response.writeHead(200, { ...json, Trailer: 'X-Custom' });
    response.write(body);
    response.addTrailers({ 'X-Custom': secret });
    response.end();
  }),
  ...readAndList('an early hint', ({ response, secret }, body) => {
    response.socket?.write(`HTTP/1.1 103 Early Hints\r\nLink: </${secret}>; rel=preload\r\n\r\n`);
    response.writeHead(200, json).end(body);
  }),
  ...readAndList('an interim answer', ({ response, secret }, body) => {
    response.socket?.write(`HTTP/1.1 102 ${secret}\r\nX: ${secret}\r\n\r\n`);
    response.writeHead(200, json).end(body);
  }),
  ...readAndList('an extension of a chunk', ({ response, secret }, body) => {
    response.socket?.end(
      `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${Buffer.byteLength(body).toString(16)};x=${secret}\r\n${body}\r\n0;y=${secret}\r\nX: ${secret}\r\n\r\n`,
    );
  }),
  ...readAndList('the connection headers', ({ response, secret }, body) => {
    response
      .writeHead(200, { ...json, Connection: `close, ${secret}`, 'Keep-Alive': secret, 'Proxy-Authenticate': secret })
      .end(body);
  }),
  read('a body that is cut off', (exchange) => {
    exchange.response.writeHead(200, { ...json, 'Content-Length': '100000' });
    exchange.response.write(bodyOf(exchange));
    setTimeout(() => exchange.response.destroy(), 30);
  }),
  read('a body that does not end', (exchange) => {
    exchange.response.writeHead(200, json);
    exchange.response.write(bodyOf(exchange));
  }),
  read('a connection that closes without an answer', ({ response }) => void response.destroy()),
  read('bytes that are not HTTP', ({ response, secret }) => void response.socket?.end(`${secret}\r\n\r\n${secret}`)),
  read(
    'a head that breaks off',
    ({ response, secret }) => void response.socket?.end(`HTTP/1.1 200 ${secret}\r\nX: ${secret}`),
  ),
  read('a body behind the end of the answer', (exchange) => {
    exchange.response.socket?.end(
      `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}${bodyOf(exchange)}`,
    );
  }),
  read('a status line of 200 without a length', (exchange) => {
    exchange.response.socket?.end(`HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n${bodyOf(exchange)}`);
  }),
  read('an upgrade', ({ response, secret }) => {
    response.socket?.end(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n${secret}`);
  }),
  read('a number as the length', (exchange) => {
    const body = bodyOf(exchange);
    exchange.response.socket?.end(
      `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nAge: ${secretNumber(exchange.n)}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }),
  read('no answer', () => undefined),
];
