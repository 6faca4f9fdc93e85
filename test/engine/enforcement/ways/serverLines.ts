/** Ways of a server in the framing of stdio: what ends a line, unfinished lines, output that is not a message. */
import { answer, type SecretRequest, type Sent } from '../server/hostileServer.ts';
import { callText, type ClientWay } from './way.ts';

const way = (name: string, sends: (request: SecretRequest, text: string) => readonly Sent[]): ClientWay => ({
  name,
  sends: (p) => [callText(p.id, p.privateRead)],
  server: {
    // The error ends a call whose answer did not count.
    sends: (request) => [
      ...sends(request, answer(request.id ?? 'null', request.result)),
      `{"jsonrpc":"2.0","id":${request.id ?? 'null'},"error":{"code":1,"message":"over"}}`,
    ],
  },
});

const note = '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}';

export const serverLineWays: readonly ClientWay[] = [
  ...(
    [
      ['a carriage return', '\r'],
      ['a vertical tab', '\v'],
      ['a form feed', '\f'],
      ['a next line', '\u0085'],
      ['a line separator', '\u2028'],
      ['a NUL', '\0'],
      ['a space', ' '],
      ['nothing', ''],
    ] as const
  ).map(([name, separator]) =>
    way(`a notification, ${name}, and the answer on one line`, (_, text) => [`${note}${separator}${text}`]),
  ),
  way('text, a carriage return, and the answer on one line', (_, text) => [`ready\r${text}`]),
  way('an unfinished line, and the answer', (_, text) => [Buffer.from('{"x":'), text]),
  way('the answer in single bytes', (_, text) => [...Buffer.from(`${text}\n`)].map((byte) => Buffer.of(byte))),
  way('the answer on several lines', (_, text) => [JSON.stringify(JSON.parse(text), null, 1)]),
  way('output that is not JSON', ({ secret }) => [`listening: ${secret}`, secret, `"${secret}"`, `${secret.length}`]),
  way('output that is not JSON before the answer', ({ secret }, text) => [`listening: ${secret}`, text]),
  way('the answer behind blank lines', (_, text) => ['', '  ', '\t', '\r', text]),
  way('the answer in UTF-16', (_, text) => [Buffer.from(`${text}\n`, 'utf16le')]),
  way('the answer behind the header of the language server protocol', (_, text) => [
    `Content-Length: ${text.length}\r`,
    '\r',
    text,
  ]),
  way('the answer as an event', (_, text) => ['event: message', `data: ${text}`, '']),
  way('blank characters that count as the secret', ({ secret }, text) => [
    `{} ${secret}`,
    `[] ${secret}`,
    `0 ${secret}`,
    text,
  ]),
  way('an invalid byte in the answer', (_, text) => [
    Buffer.concat([Buffer.from(text.slice(0, -3)), Buffer.from([0xff]), Buffer.from(`${text.slice(-3)}\n`)]),
  ]),
  way('an invalid byte in the id', ({ result }) => [
    Buffer.from(`{"jsonrpc":"2.0","id":"\xFF","result":${result}}\n`, 'latin1'),
  ]),
  way('the answer with 12,000 lists around the result', ({ id, result }) => [
    answer(id ?? 'null', `{"content":[],"x":${'['.repeat(12_000)}${result}${']'.repeat(12_000)}}`),
  ]),
  way('the answer with a number of 5000 digits', ({ id, result }) => [
    `{"jsonrpc":"2.0","id":${id ?? 'null'},"x":${'9'.repeat(5000)},"result":${result}}`,
  ]),
  way('the answer behind a megabyte of spaces', (_, text) => [`${' '.repeat(1_000_000)}${text}`]),
];
