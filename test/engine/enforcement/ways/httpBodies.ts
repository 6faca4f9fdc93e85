/** Ways of a client in the body of a request: its type, its encoding, its length, and what else it holds. */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { requestBytes } from '../rig/rawHttp.ts';
import { type HttpWay, readAndWriteOverHttp as both } from './httpWay.ts';
import { nothing, ownIdOrNull, type Parts, ping } from './way.ts';

const eitherOrNone = { owed: nothing } as const;
const json = 'Content-Type: application/json';

const types: readonly (readonly [string, string, (text: string) => Buffer])[] = [
  ['text/plain', 'text/plain', (text) => Buffer.from(text)],
  ['text/event-stream', 'text/event-stream', (text) => Buffer.from(`data: ${text}\n\n`)],
  ['a suffix of JSON', 'application/mcp+json', (text) => Buffer.from(text)],
  ['bytes', 'application/octet-stream', (text) => Buffer.from(text)],
  ['a form', 'application/x-www-form-urlencoded', (text) => Buffer.from(`message=${encodeURIComponent(text)}`)],
  [
    'parts',
    'multipart/form-data; boundary=b',
    (text) => Buffer.from(`--b\r\nContent-Disposition: form-data; name="m"\r\n\r\n${text}\r\n--b--\r\n`),
  ],
  ['UTF-16', 'application/json; charset=utf-16le', (text) => Buffer.from(text, 'utf16le')],
  ['UTF-16 with its mark', 'application/json; charset=utf-16', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['a sequence of JSON texts', 'application/json-seq', (text) => Buffer.from(`\u001E${text}\n`)],
  ['JSON in lines', 'application/x-ndjson', (text) => Buffer.from(`${text}\n`)],
  ['two types', 'application/json, text/plain', (text) => Buffer.from(text)],
];

const encodings: readonly (readonly [string, string, (text: string) => Buffer])[] = [
  ['gzip', 'gzip', (text) => gzipSync(text)],
  ['x-gzip', 'x-gzip', (text) => gzipSync(text)],
  ['deflate', 'deflate', (text) => deflateSync(text)],
  ['br', 'br', (text) => brotliCompressSync(text)],
  ['two encodings', 'identity, gzip', (text) => gzipSync(text)],
  ['an unknown encoding', 'x', (text) => Buffer.from(text)],
  ['a false encoding', 'gzip', (text) => Buffer.from(text)],
  ['no header for its encoding', 'identity', (text) => gzipSync(text)],
];

const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

/** Bodies that hold more than the call, or hold it in another way. */
const bodies: readonly (readonly [string, (call: string, parts: Parts) => string])[] = [
  ['two values in the body', (call, p) => `${ping(p.id + 1)}${call}`],
  ['two lines in the body', (call, p) => `${ping(p.id + 1)}\n${call}\n`],
  ['a call and garbage', (call) => `${call}]]`],
  ['a call behind a megabyte of spaces', (call) => `${' '.repeat(1_000_000)}${call}`],
  ['a call in an event', (call) => `event: message\ndata: ${call}\n\n`],
  ['a call as text in a list', (call) => `[${JSON.stringify(call)}]`],
];

export const httpBodyWays: readonly HttpWay[] = [
  ...types.flatMap(([name, type, encode]) =>
    both(
      `a body as ${name}`,
      (call, make) => [[requestBytes('POST', make.path, [...make.usual, `Content-Type: ${type}`], encode(call))]],
      { owed: ownIdOrNull },
    ),
  ),
  ...both('a body without a type', (call, make) => [[requestBytes('POST', make.path, make.usual, call)]], {
    owed: ownIdOrNull,
  }),
  ...encodings.flatMap(([name, encoding, encode]) =>
    both(`a body with ${name}`, (call, make) => [[make.post(encode(call), [`Content-Encoding: ${encoding}`])]], {
      owed: ownIdOrNull,
    }),
  ),
  ...both('a body in single chunks', (call, make) => [
    [make.post(call.split('').map(chunk).join('') + chunk(''), ['Transfer-Encoding: chunked'])],
  ]),
  ...both('a body in chunks with extensions and trailers', (call, make) => [
    [
      make.post(`${call.length.toString(16)};x=1\r\n${call}\r\n0\r\nX: 1\r\n\r\n`, [
        'Transfer-Encoding: chunked',
        'Trailer: X',
      ]),
    ],
  ]),
  ...both(
    'a body with a length and in chunks',
    (call, make) => [[make.post(chunk(call) + chunk(''), ['Content-Length: 4', 'Transfer-Encoding: chunked'])]],
    eitherOrNone,
  ),
  ...both(
    'a body with an unknown transfer encoding',
    (call, make) => [[make.post(chunk(call) + chunk(''), ['Transfer-Encoding: xchunked'])]],
    eitherOrNone,
  ),
  ...both(
    'a body compressed by its transfer encoding',
    (call, make) => {
      const packed = gzipSync(call);
      return [
        [
          make.post(
            Buffer.concat([Buffer.from(`${packed.length.toString(16)}\r\n`), packed, Buffer.from('\r\n0\r\n\r\n')]),
            ['Transfer-Encoding: gzip, chunked'],
          ),
        ],
      ];
    },
    { owed: nothing },
  ),
  ...both(
    'two lengths',
    (call, make) => [[make.post(call, ['Content-Length: 2', `Content-Length: ${call.length}`])]],
    eitherOrNone,
  ),
  ...both(
    'a call behind the end of a body',
    (call, make, p) => [[make.post(ping(p.id + 1)), requestBytes('POST', '/mcp', [...make.usual, json], call)]],
    eitherOrNone,
  ),
  ...both(
    'a second request on the connection',
    (call, make, p) => [[make.post(ping(p.id + 1)), make.post(call)]],
    eitherOrNone,
  ),
  ...both('a body in pieces', (call, make) => {
    const bytes = make.post(call);
    return [[...bytes].map((byte) => Buffer.of(byte))];
  }),
  ...bodies.flatMap(([name, body]) =>
    both(name, (call, make, p) => [[make.post(body(call, p))]], { owed: ownIdOrNull }),
  ),
  { name: 'an empty body', sends: (_, make) => [[make.post('')]], owed: nothing },
  { name: 'a body of spaces', sends: (_, make) => [[make.post('  \n')]], owed: nothing },
];
