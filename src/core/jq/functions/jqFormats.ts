/** The formats of jq such as `@csv` and `@base64` (gojq `func.go`). */
import { applied, wrapped } from './jqPaths.ts';
import { isArray, isObject, JqError, type JqValue, shown, toJson } from '../jqValue.ts';

/** A format by its name with `@`; null when gojq has none of that name. */
export function formatNamed(name: string): ((value: JqValue) => JqValue) | null {
  return formats[name] ?? null;
}

/** A string as it is, any other value as JSON. */
export function toText(value: JqValue): string {
  return typeof value === 'string' ? value : toJson(value);
}

const htmlEscapes: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  "'": '&apos;',
  '"': '&quot;',
};
const tsvEscapes: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\r': '\\r',
  '\n': '\\n',
  '\\': '\\\\',
  '\0': '\\0',
};

const formats: Readonly<Record<string, (value: JqValue) => JqValue>> = {
  '@text': toText,
  '@json': (value) => toJson(value),
  '@html': (value) => toText(value).replaceAll(/[<>&'"]/g, (char) => htmlEscapes[char] ?? char),
  '@uri': (value) =>
    encodeURIComponent(toText(value)).replaceAll(
      /[!'()*]/g,
      (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  '@urid': (value) => unescapeUri(value),
  '@csv': (value) => row('csv', value, ',', (text) => `"${text.replaceAll('"', '""').replaceAll('\0', '\\0')}"`),
  '@tsv': (value) =>
    row('tsv', value, '\t', (text) => text.replaceAll(/[\t\r\n\\\0]/g, (char) => tsvEscapes[char] ?? char)),
  '@sh': (value) =>
    row(
      'sh',
      isArray(value) ? value : [value],
      ' ',
      (text) => `'${text.replaceAll("'", "'\\''").replaceAll('\0', '\\0')}'`,
    ),
  '@base64': (value) => encodeBase64(utf8Of(toText(value))),
  '@base64d': (value) => decodeBase64(value),
};

function row(name: string, value: JqValue, separator: string, escape: (text: string) => string): string {
  if (!isArray(value)) throw applied(`@${name}`, value);
  const cells = value.map((cell) => {
    if (isArray(cell) || isObject(cell)) throw new JqError(`@${name} cannot format an array including: ${shown(cell)}`);
    if (typeof cell === 'string') return escape(cell);
    const text = toJson(cell);
    return text === 'null' && name !== 'sh' ? '' : text;
  });
  return cells.join(separator);
}

/** The bytes of a string in UTF-8; the core has no `TextEncoder`. */
function utf8Of(text: string): number[] {
  const escaped = encodeURIComponent(text);
  const bytes: number[] = [];
  for (let at = 0; at < escaped.length; at++) {
    const isEscape = escaped[at] === '%';
    bytes.push(isEscape ? Number.parseInt(escaped.slice(at + 1, at + 3), 16) : escaped.charCodeAt(at));
    if (isEscape) at += 2;
  }
  return bytes;
}

/** Bytes as a string; every byte that is not part of a character becomes U+FFFD. */
function textOf(bytes: readonly number[]): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at] ?? 0;
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    const part = bytes.slice(at, at + length);
    const one = part.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
    const char = decoded(one);
    text += char ?? '\ufffd';
    at += char === null ? 1 : length;
  }
  return text;
}

function decoded(escaped: string): string | null {
  try {
    return decodeURIComponent(escaped);
  } catch {
    return null;
  }
}

function unescapeUri(value: JqValue): string {
  const text = toText(value);
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '%') {
      const end = text.indexOf('%', at);
      bytes.push(...utf8Of(text.slice(at, end < 0 ? text.length : end)));
      at = (end < 0 ? text.length : end) - 1;
      continue;
    }
    const digits = text.slice(at + 1, at + 3);
    if (!/^[0-9a-fA-F]{2}$/.test(digits)) {
      throw wrapped('@urid', value, [], new JqError(`invalid URL escape ${JSON.stringify(text.slice(at, at + 3))}`));
    }
    bytes.push(Number.parseInt(digits, 16));
    at += 2;
  }
  return textOf(bytes);
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function encodeBase64(bytes: readonly number[]): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.slice(at, at + 3);
    const bits = (a << 16) | (b << 8) | c;
    const count = Math.min(3, bytes.length - at) + 1;
    for (let part = 0; part < 4; part++) text += part < count ? (alphabet[(bits >> (18 - 6 * part)) & 63] ?? '') : '=';
  }
  return text;
}

function decodeBase64(value: JqValue): string {
  const [text = ''] = toText(value).split('=', 1);
  const bytes: number[] = [];
  let [bits, count, read] = [0, 0, 0];
  for (const char of text) {
    const at = alphabet.indexOf(char);
    // Go skips line ends.
    if (char === '\n' || char === '\r') continue;
    if (at < 0) throw wrapped('@base64d', value, [], new JqError(`illegal base64 data at input byte ${read}`));
    read++;
    bits = ((bits << 6) | at) & 0xfff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push((bits >> count) & 0xff);
  }
  if (read % 4 === 1)
    throw wrapped('@base64d', value, [], new JqError(`illegal base64 data at input byte ${read - 1}`));
  return textOf(bytes);
}
