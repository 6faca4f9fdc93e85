/** Ways in the framing of stdio: what ends a line, several messages on a line, one message on several lines. */
import { callText, type ClientWay, ownIdOrNull, ping, readAndWrite } from './way.ts';

/** Characters that end a line for some servers, and not for others. */
const separators: readonly (readonly [string, string])[] = [
  ['a carriage return', '\r'],
  ['a vertical tab', '\v'],
  ['a form feed', '\f'],
  ['a next line', '\u0085'],
  ['a line separator', '\u2028'],
  ['a paragraph separator', '\u2029'],
  ['a NUL', '\0'],
  ['a record separator', '\u001E'],
  ['a space', ' '],
  ['nothing', ''],
  ['a comma', ','],
  ['a carriage return and a line that is not JSON', '\rx '],
];

const stdio = { owed: ownIdOrNull, over: 'stdio' } as const;

export const lineWays: readonly ClientWay[] = [
  ...separators.flatMap(([name, separator]) =>
    readAndWrite(
      `a ping, ${name}, and a call on one line`,
      (params, { id }) => [`${ping(id + 1)}${separator}${callText(id, params)}`],
      stdio,
    ),
  ),
  ...separators
    .slice(0, 6)
    .flatMap(([name, separator]) =>
      readAndWrite(
        `text, ${name}, and a call on one line`,
        (params, { id }) => [`x${separator}${callText(id, params)}`],
        stdio,
      ),
    ),
  ...readAndWrite(
    'a call on several lines',
    (params, { id }) => [JSON.stringify(JSON.parse(callText(id, params)), null, 1)],
    stdio,
  ),
  ...readAndWrite(
    'a call on two lines, the first one begins with text',
    (params, { id }) => [callText(id, params).replace('{', 'x {').replace('"method"', '\n"method"')],
    stdio,
  ),
  ...readAndWrite(
    'a call on two lines, the first one begins with a number',
    (params, { id }) => [callText(id, params).replace('{', '0 {').replace('"method"', '\n "method"')],
    stdio,
  ),
  ...readAndWrite(
    'a call on two lines, the first one ends with a brace',
    (params, { id }) => [callText(id, params).replace('{', 'null {\n')],
    stdio,
  ),
  ...readAndWrite('a call behind the header of the language server protocol', (params, { id }) => [
    `Content-Length: ${callText(id, params).length}\r\n\r\n${callText(id, params)}`,
  ]),
  ...readAndWrite('a call with CRLF', (params, { id }) => [`${callText(id, params)}\r`]),
  ...readAndWrite('a call behind blank lines', (params, { id }) => [`\n \n\t\n\r\n${callText(id, params)}`]),
  ...readAndWrite('a call in single bytes', (params, { id }) =>
    [...Buffer.from(`${callText(id, params)}\n`)].map((byte) => Buffer.of(byte)),
  ),
  ...readAndWrite('a call behind 200,000 spaces', (params, { id }) => [
    `${' '.repeat(200_000)}${callText(id, params)}`,
  ]),
  ...readAndWrite(
    'two calls in one chunk',
    (params, p) => [Buffer.from(`${callText(p.id, params)}\n${callText(p.id + 1, p.publicRead)}\n`)],
    { owed: (p) => [[String(p.id)], [String(p.id + 1)]] },
  ),
].map((way) => ({ ...way, over: 'stdio' as const }));
