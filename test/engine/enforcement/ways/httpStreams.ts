/** Ways of a server in its streams of events: fields, line ends, pieces, and streams other than that of the request. */
import type { PrivateExchange } from '../server/httpServer.ts';
import { answer, publicTools } from '../server/hostileServer.ts';
import { secretNumber } from '../server/secrets.ts';
import type { HttpWay } from './httpWay.ts';
import { callText, nothing } from './way.ts';

/** Bytes of a stream; a number is a pause, so that the bytes before it are sent alone. */
type Piece = string | Buffer;

const bodyOf = ({ messages }: PrivateExchange): string => messages.map(String).join('');

/** A private read whose stream of events has these pieces, and the same stream on a list of tools. */
const stream = (name: string, pieces: (exchange: PrivateExchange, body: string) => readonly Piece[]): HttpWay => ({
  name,
  sends: (p, { post }) => [[post(callText(p.id, p.privateRead))]],
  respond: (exchange) => write(exchange, pieces(exchange, bodyOf(exchange))),
});

/** A stream for a list of tools, which the guard lets pass, with the secret outside of the messages. */
const listed = (name: string, pieces: (secret: string, body: string) => readonly Piece[]): HttpWay => ({
  name: `${name}, on a list of tools`,
  sends: (p, { post }) => [
    [post(`{"jsonrpc":"2.0","id":${p.id},"method":"tools/list","params":{"cursor":"${p.privatePath}"}}`)],
  ],
  respond: (exchange) => {
    const [, id = 'null'] = /"id":("[^"]*"|\d+)/.exec(bodyOf(exchange)) ?? [];
    write(exchange, pieces(exchange.secret, answer(id, publicTools)));
  },
});

function write({ response }: PrivateExchange, pieces: readonly Piece[]): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  for (const each of pieces) response.write(each);
  response.end();
}

/** Fields beside the data. */
const fields: readonly (readonly [string, (secret: string) => string])[] = [
  ['a comment', (secret) => `: ${secret}\n\n`],
  ['a comment within the event', (secret) => `: ${secret}\n`],
  ['the name of an event', (secret) => `event: ${secret}\n`],
  ['the id of an event', (secret) => `id: ${secret}\n`],
  ['an unknown field', (secret) => `${secret}: x\n`],
  ['a field without a colon', (secret) => `${secret}\n`],
  ['a field in capital letters', (secret) => `Data: ${secret}\nDATA: ${secret}\n`],
  ['an event without data', (secret) => `event: ${secret}\n\n`],
  ['an id without data', (secret) => `id: ${secret}\n\n`],
  ['a retry field', (secret) => `retry: ${secretNumber(Number(/\d+/.exec(secret)?.[0]))}\n`],
  ['a retry field with text', (secret) => `retry: ${secret}\n\n`],
  ['an event that is not a message', (secret) => `event: note\ndata: ${secret}\n\n`],
  ['an event that is not JSON', (secret) => `data: ${secret}\n\n`],
  ['an empty event with text', (secret) => `data\n${secret}\n\n`],
  ['an endpoint', (secret) => `event: endpoint\ndata: /${secret}\n\n`],
  ['an error event', (secret) => `event: error\ndata: ${secret}\n\n`],
  ['a NUL in the id', (secret) => `id: \0${secret}\n`],
];

const frames: readonly (readonly [string, (body: string) => readonly Piece[]])[] = [
  ['CR', (body) => [`event: message\rdata: ${body}\r\r`]],
  ['CRLF', (body) => [`event: message\r\ndata: ${body}\r\n\r\n`]],
  ['mixed line ends', (body) => [`event: message\r\ndata: ${body}\n\r`]],
  ['mixed line ends in two chunks', (body) => [`data: ${body}\r`, '\n\r', '\n']],
  ['CR before a chunk that begins with LF', (body) => [`: x\r`, `\ndata: ${body}\r`, '\n', '\r', '\n']],
  ['no space behind the colon', (body) => [`data:${body}\n\n`]],
  ['a tab behind the colon', (body) => [`data:\t${body}\n\n`]],
  ['a byte order mark', (body) => [`\uFEFFdata: ${body}\n\n`]],
  ['a byte order mark in two chunks', (body) => [Buffer.from([0xef]), Buffer.from([0xbb, 0xbf]), `data: ${body}\n\n`]],
  ['two byte order marks', (body) => [`\uFEFF\uFEFFdata: ${body}\n\n`]],
  ['a byte order mark before a later event', (body) => [`: x\n\n\uFEFFdata: ${body}\n\n`]],
  ['single bytes', (body) => [...Buffer.from(`data: ${body}\n\n`)].map((byte) => Buffer.of(byte))],
  ['several lines of data', (body) => [`data: ${body.replaceAll(',', ',\ndata: ')}\n\n`]],
  ['another name', (body) => [`event: other\ndata: ${body}\n\n`]],
  ['the name of an endpoint', (body) => [`event: endpoint\ndata: ${body}\n\n`]],
  ['an empty name', (body) => [`event:\ndata: ${body}\n\n`]],
  ['two names', (body) => [`event: x\nevent: message\ndata: ${body}\n\n`]],
  ['no blank line at the end', (body) => [`data: ${body}\n`]],
  ['no line end', (body) => [`data: ${body}`]],
  ['a vertical tab as line end', (body) => [`data: {}\vdata: ${body}\n\n`]],
  ['a line separator as line end', (body) => [`data: {}\u2028data: ${body}\n\n`]],
  ['a NUL before it', (body) => [`\0data: ${body}\n\n`]],
  ['spaces before the field', (body) => [`  data: ${body}\n\n`]],
  ['capital letters', (body) => [`DATA: ${body}\n\n`]],
  ['JSON without events', (body) => [body]],
  ['JSON in lines', (body) => [`${body}\n\n`]],
  ['the answer in two events', (body) => [`data: ${body.slice(0, 20)}\n\n`, `data: ${body.slice(20)}\n\n`]],
  ['a list', (body) => [`data: [${body}]\n\n`]],
  [
    'two messages in an event',
    (body) => [`data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\ndata: ${body}\n\n`],
  ],
];

export const httpStreamWays: readonly HttpWay[] = [
  ...fields.flatMap(([name, text]) => [
    stream(`${name} before the answer`, ({ secret }, body) => [text(secret), `data: ${body}\n\n`]),
    stream(`${name} behind the answer`, ({ secret }, body) => [`data: ${body}\n\n`, text(secret), '\n']),
    listed(`${name} before the answer`, (secret, body) => [text(secret), `data: ${body}\n\n`]),
    listed(`${name} behind the answer`, (secret, body) => [`data: ${body}\n\n`, text(secret), '\n']),
  ]),
  ...frames.map(([name, pieces]) => stream(`an event with ${name}`, (_, body) => pieces(body))),
  {
    name: 'a stream that does not end behind the answer',
    sends: (p, { post }) => [[post(callText(p.id, p.privateRead))]],
    respond: (exchange) => {
      exchange.response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      exchange.response.write(`data: ${bodyOf(exchange)}\n\n: ${exchange.secret}\n\n`);
    },
  },
  {
    name: 'a stream that ends without the answer',
    sends: (p, { post }) => [[post(callText(p.id, p.privateRead))]],
    respond: ({ response, secret }) =>
      void response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(`id: ${secret}\nretry: 1\ndata:\n\n`),
  },
  {
    name: 'the answer on a stream that the client listens to',
    listens: (_, { listen }) => [listen()],
    sends: (p, { post }) => [[post(callText(p.id, p.privateRead))]],
    respond: (exchange) => {
      exchange.response.writeHead(202).end();
      exchange.onStreams(exchange.messages);
    },
  },
  {
    name: 'the answer on the stream, and on the request',
    listens: (_, { listen }) => [listen()],
    sends: (p, { post }) => [[post(callText(p.id, p.privateRead))]],
    respond: (exchange) => {
      exchange.onStreams([...exchange.messages, Buffer.from(`: ${exchange.secret}\n\nid: ${exchange.secret}\n\n`)]);
      exchange.response.writeHead(200, { 'Content-Type': 'application/json' }).end(bodyOf(exchange));
      exchange.onStreams(exchange.messages);
    },
  },
  {
    name: 'the answer of a private read on a resumed stream',
    listens: (_, { listen }) => [listen(['Last-Event-ID: 1']), listen(['Last-Event-ID: 2'])],
    sends: (p, { post }) => [[post(callText(p.id, p.privateRead))]],
    respond: (exchange) => {
      exchange.response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end('id: 1\nretry: 10\ndata:\n\n');
      exchange.onStreams(exchange.messages);
    },
  },
  {
    name: 'the answer on a stream of another session',
    ownSession: true,
    listens: (_, { path, host }) => [
      Buffer.from(
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/event-stream\r\nMcp-Session-Id: session-1\r\nLast-Event-ID: 1\r\n\r\n`,
      ),
    ],
    sends: (p, { post }) => [[post(callText(p.id, p.privateRead))]],
    respond: (exchange) => {
      exchange.onStreams(exchange.messages);
      exchange.response.writeHead(202).end();
    },
  },
  {
    name: 'the answer on a stream without a session',
    listens: (_, { path, host }) => [
      Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/event-stream\r\n\r\n`),
      Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
      Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/event-stream\r\nMcp-Session-Id: none\r\n\r\n`),
    ],
    sends: (p, { post }) => [[post(callText(p.id, p.privateRead))]],
    respond: (exchange) => {
      exchange.onStreams(exchange.messages);
      exchange.response.writeHead(200, { 'Content-Type': 'application/json' }).end(bodyOf(exchange));
    },
  },
  {
    name: 'the answer on a stream in the place of the metadata of a sign-in',
    listens: (_, { prefix, request }) =>
      ['', '/mcp', '/../../mcp', '%2F..%2F..%2Fmcp'].map((more) =>
        request('GET', `${prefix}/.well-known/oauth-protected-resource${more}`, ''),
      ),
    sends: (p, { post }) => [[post(callText(p.id, p.privateRead))]],
    respond: (exchange) => {
      exchange.onStreams(exchange.messages);
      exchange.response.writeHead(200, { 'Content-Type': 'application/json' }).end(bodyOf(exchange));
    },
  },
  {
    name: 'notifications and requests on a stream',
    listens: (_, { listen }) => [listen()],
    sends: (p, { post }) => [[post(callText(p.id, p.privateRead))]],
    respond: (exchange) => {
      const { secret } = exchange;
      exchange.onStreams([
        `{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"${secret}"}}`,
        `{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{"x":"${secret}"}}`,
        `{"jsonrpc":"2.0","id":null,"result":{"x":"${secret}"}}`,
        Buffer.from(`event: ${secret}\ndata: {}\n\n`),
      ]);
      exchange.response.writeHead(200, { 'Content-Type': 'application/json' }).end(bodyOf(exchange));
    },
  },
  {
    name: 'the answer on the stream after the session was deleted',
    ownSession: true,
    listens: (_, { listen }) => [listen()],
    sends: (p, { post, request, path }) => [[post(callText(p.id, p.privateRead))], [request('DELETE', path, '')]],
    owed: nothing,
    staysOpen: true,
    respond: (exchange) => {
      setTimeout(() => {
        exchange.onStreams(exchange.messages);
        exchange.response.writeHead(200, { 'Content-Type': 'application/json' }).end(bodyOf(exchange));
      }, 50);
    },
  },
  {
    name: 'equal ids in two sessions',
    ownSession: true,
    sends: (p, { post, path, host, usual }) => [
      [post(callText(p.id, p.privateRead))],
      [
        Buffer.from(
          `POST ${path} HTTP/1.1\r\nHost: ${host}\r\n${usual[1] ?? ''}\r\nMcp-Session-Id: session-1\r\nContent-Type: application/json\r\nContent-Length: ${callText(p.id, p.publicRead).length}\r\n\r\n${callText(p.id, p.publicRead)}`,
        ),
      ],
    ],
    owed: (p) => [[String(p.id)], [String(p.id)]],
  },
];
