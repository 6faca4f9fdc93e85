/** Ways that depend on which texts a server accepts as JSON: looser grammar, other encodings, characters around the message. */
import { callText, type ClientWay, ownIdOrNull, readAndWrite } from './way.ts';

/** What stands before or after a message, and which servers skip it. */
const around: readonly (readonly [string, string, string])[] = [
  ['a byte order mark', '\uFEFF', ''],
  ['two byte order marks', '\uFEFF\uFEFF', ''],
  ['a NUL before it', '\0', ''],
  ['many NULs before it', '\0'.repeat(2000), ''],
  ['a NUL after it', '', '\0'],
  ['a control character before it', '\u0001', ''],
  ['a no-break space before it', '\u00A0', ''],
  ['a zero-width space before it', '\u200B', ''],
  ['a record separator before it', '\u001E', ''],
  ['the number 0 before it', '0 ', ''],
  ['null before it', 'null', ''],
  ['a string before it', '"x" ', ''],
  ['a comma before it', ',', ''],
  ['a closing bracket before it', '] ', ''],
  ['the name of an SSE field before it', 'data: ', ''],
  ['the guard of a web service before it', ")]}', ", ''],
  ['a comment before it', '/* x */ ', ''],
  ['a header of the language server protocol before it', 'Content-Length: 200\r\n\r\n', ''],
  ['text behind it', '', ' x'],
  ['a closing brace behind it', '', '}'],
  ['a comment behind it', '', ' // x'],
  ['the separator of JSON texts behind it', '', ';'],
];

/** A looser grammar than JSON. */
const grammars: readonly (readonly [string, (text: string) => string])[] = [
  ['NaN in a member', (text) => text.replace('{', '{"x":NaN,')],
  ['Infinity in the arguments', (text) => text.replace('"path"', '"limit":-Infinity,"path"')],
  ['a comment in it', (text) => text.replace('{', '{/* x */')],
  ['a trailing comma', (text) => text.replace(/\}$/, ',}')],
  ['single quotes', (text) => text.replaceAll('"', "'")],
  ['names without quotes', (text) => text.replaceAll(/"(\w+)":/g, '$1:')],
  ['a number with a leading zero', (text) => text.replace('{', '{"x":01,')],
  ['a number with a plus', (text) => text.replace('{', '{"x":+1,')],
  ['a hexadecimal number', (text) => text.replace('{', '{"x":0x1F,')],
  ['a tab in a string', (text) => text.replace('{', '{"x":"a\tb",')],
  ['an unknown escape in a string', (text) => text.replace('{', String.raw`{"x":"\q",`)],
  ['undefined', (text) => text.replace('{', '{"x":undefined,')],
  ['no comma between members', (text) => text.replace(',"method"', ' "method"')],
  ['two commas', (text) => text.replace(',"method"', ',,"method"')],
];

/** Numbers and depths beyond what some readers hold. */
const sizes: readonly (readonly [string, (text: string) => string])[] = [
  ['the number 1e400', (text) => text.replace('{', '{"x":1e400,')],
  ['a number of 5000 digits', (text) => text.replace('{', `{"x":${'9'.repeat(5000)},`)],
  ['the number -0 in the arguments', (text) => text.replace('"path"', '"head":-0,"path"')],
  ['1e400 in the arguments', (text) => text.replace('"path"', '"head":1e400,"path"')],
  ['a name of 100,000 characters', (text) => text.replace('{', `{"${'x'.repeat(100_000)}":1,`)],
  ['lists in lists, 12,000 deep', (text) => text.replace('{', `{"x":${'['.repeat(12_000)}${']'.repeat(12_000)},`)],
];

/** Bytes that readers of UTF-8 treat in different ways. */
const encodings: readonly (readonly [string, (text: string) => Buffer])[] = [
  [
    'an overlong slash in the method',
    (text) => bytesWith(text, 'tools/call', Buffer.from('tools\xC0\xAFcall', 'latin1')),
  ],
  [
    'an overlong letter in the name of a member',
    (text) => bytesWith(text, '"method"', Buffer.from('"\xC1\xADethod"', 'latin1')),
  ],
  ['an invalid byte in the method', (text) => bytesWith(text, 'tools/call', Buffer.from('tools\xFF/call', 'latin1'))],
  ['an invalid byte in a member', (text) => bytesWith(text, '{', Buffer.from('{"x":"\xFF",', 'latin1'))],
  ['a cut sequence before a quote', (text) => bytesWith(text, '{', Buffer.from('{"x":"\xC3",', 'latin1'))],
  ['UTF-16, little end first', (text) => Buffer.from(text, 'utf16le')],
  ['UTF-16 with a byte order mark', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['a lone surrogate in the method', (text) => Buffer.from(text.replace('tools/call', String.raw`tools\ud800/call`))],
];

function bytesWith(text: string, part: string, by: Buffer): Buffer {
  const at = text.indexOf(part);
  return Buffer.concat([Buffer.from(text.slice(0, at)), by, Buffer.from(text.slice(at + part.length))]);
}

const line = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.from('\n')]);

export const jsonWays: readonly ClientWay[] = [
  ...around.flatMap(([name, before, after]) =>
    readAndWrite(`a call with ${name}`, (params, { id }) => [`${before}${callText(id, params)}${after}`], {
      owed: ownIdOrNull,
    }),
  ),
  ...[...grammars, ...sizes].flatMap(([name, change]) =>
    readAndWrite(`a call with ${name}`, (params, { id }) => [change(callText(id, params))], { owed: ownIdOrNull }),
  ),
  ...encodings.flatMap(([name, encode]) =>
    readAndWrite(`a call with ${name}`, (params, { id }) => [line(encode(callText(id, params)))], {
      owed: ownIdOrNull,
    }),
  ),
  ...readAndWrite('a call as JSON in a string', (params, { id }) => [JSON.stringify(callText(id, params))], {
    owed: ownIdOrNull,
  }),
];
