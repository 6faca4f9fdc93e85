/** Formats of dates as timefmt-go reads and writes them, without its rarer directives: those give a `NotSupported`. */
import { quoteGo } from '../../go/goText.ts';
import { NotSupported } from '../run/jqMachine.ts';

const months = 'January February March April May June July August September October November December'.split(' ');
const weekdays = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** Directives that stand for others. */
const composed: Readonly<Record<string, string>> = {
  c: '%a %b %e %H:%M:%S %Y',
  r: '%I:%M:%S %p',
  F: '%Y-%m-%d',
  D: '%m/%d/%y',
  x: '%m/%d/%y',
  T: '%H:%M:%S',
  X: '%H:%M:%S',
  R: '%H:%M',
};

function expand(format: string): string {
  return format.replaceAll(/%([%crFDxTXR])/g, (directive, letter: string) => composed[letter] ?? directive);
}

/** The time, in seconds since 1970, in a format. */
export function formatTime(seconds: number, format: string): string {
  const date = new Date(Math.floor(seconds) * 1000);
  return expand(format).replaceAll(/%(-?)(.)/gsu, (directive, flag: string, letter: string) => {
    const part = partOf(letter, date, seconds);
    if (part === null) throw new NotSupported(`strftime(${directive})`);
    if (typeof part === 'string') return part;
    const [number, width, padding = '0'] = part;
    if (flag === '-') return String(number);
    return `${number < 0 ? '-' : ''}${String(Math.abs(number)).padStart(number < 0 ? width - 1 : width, padding)}`;
  });
}

function partOf(letter: string, date: Date, seconds: number): string | readonly [number, number, string?] | null {
  const hour = date.getUTCHours();
  const simple: Readonly<Record<string, string | readonly [number, number, string?]>> = {
    Y: [date.getUTCFullYear(), 4],
    y: [date.getUTCFullYear() % 100, 2],
    m: [date.getUTCMonth() + 1, 2],
    d: [date.getUTCDate(), 2],
    e: [date.getUTCDate(), 2, ' '],
    H: [hour, 2],
    k: [hour, 2, ' '],
    I: [hour % 12 === 0 ? 12 : hour % 12, 2],
    l: [hour % 12 === 0 ? 12 : hour % 12, 2, ' '],
    M: [date.getUTCMinutes(), 2],
    S: [date.getUTCSeconds(), 2],
    j: [dayOfYear(date), 3],
    w: [date.getUTCDay(), 1],
    u: [date.getUTCDay() === 0 ? 7 : date.getUTCDay(), 1],
    s: [Math.floor(seconds), 1],
    f: [Math.floor((seconds - Math.floor(seconds)) * 1e6), 6],
    B: months[date.getUTCMonth()] ?? '',
    b: (months[date.getUTCMonth()] ?? '').slice(0, 3),
    h: (months[date.getUTCMonth()] ?? '').slice(0, 3),
    A: weekdays[date.getUTCDay()] ?? '',
    a: (weekdays[date.getUTCDay()] ?? '').slice(0, 3),
    p: hour < 12 ? 'AM' : 'PM',
    P: hour < 12 ? 'am' : 'pm',
    Z: 'UTC',
    z: '+0000',
    n: '\n',
    t: '\t',
    '%': '%',
  };
  return simple[letter] ?? null;
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}

/** Directives of numbers: their largest number of digits, and the least and largest value. */
const numeric: Readonly<Record<string, readonly [number, number, number]>> = {
  Y: [4, 0, 9999],
  y: [2, 0, 99],
  m: [2, 1, 12],
  d: [2, 1, 31],
  e: [2, 1, 31],
  j: [3, 1, 366],
  H: [2, 0, 23],
  k: [2, 0, 23],
  I: [2, 1, 12],
  l: [2, 1, 12],
  M: [2, 0, 59],
  S: [2, 0, 60],
  s: [19, 0, Infinity],
  f: [6, 0, 999_999],
};

/** The time in seconds since 1970, or timefmt-go's error. */
export function readTimeAs(text: string, format: string): number | string {
  const found = new Map<string, number>();
  const fail = (reason: string): string => `failed to parse ${quoteGo(text)} with ${quoteGo(format)}: ${reason}`;
  let rest = text;
  for (const token of expand(format).match(/%.|%$|[^%]/gsu) ?? []) {
    if (token === '%') return fail('stray "%"');
    const taken = take(rest, token, found);
    if (typeof taken === 'string') return fail(taken);
    rest = rest.slice(taken);
  }
  return rest === '' ? secondsOf(found) : fail(`unparsed string ${quoteGo(rest)}`);
}

/** The number of characters that a directive or a literal takes, or the error. */
function take(rest: string, token: string, found: Map<string, number>): number | string {
  const letter = token.length > 1 && token.startsWith('%') ? (token[1] ?? '') : '';
  if (letter === '' || letter === '%') return rest.startsWith(token.slice(-1)) ? 1 : `expected '${token.slice(-1)}'`;
  const bad = `cannot parse "%${letter}"`;
  const range = numeric[letter];
  if (range !== undefined) return takeNumber(rest, letter, range, found) ?? bad;
  switch (letter) {
    case 'B':
    case 'b':
    case 'h':
      return takeWord(rest, letter === 'B' ? months : months.map((name) => name.slice(0, 3)), 'm', 1, found) ?? bad;
    case 'A':
    case 'a':
      return takeWord(rest, letter === 'A' ? weekdays : weekdays.map((name) => name.slice(0, 3)), 'w', 0, found) ?? bad;
    case 'p':
    case 'P':
      return takeWord(rest, ['AM', 'PM'], 'p', 0, found) ?? bad;
    case 'Z': {
      const [zone = ''] = /^[A-Z]*/.exec(rest) ?? [];
      return zone.length >= 3 ? zone.length : `cannot parse ${quoteGo(zone)} with "%Z"`;
    }
    case 'z':
      return takeOffset(rest, found) ?? bad;
    case 'n':
    case 't': {
      const [space = ''] = /^[ \t\n\v\f\r]*/.exec(rest) ?? [];
      return space === '' ? `expected a space for "%${letter}"` : space.length;
    }
    default:
      throw new NotSupported(`strptime(%${letter})`);
  }
}

function takeNumber(
  rest: string,
  letter: string,
  range: readonly [number, number, number],
  found: Map<string, number>,
): number | null {
  const [digits, least, most] = range;
  const pattern = new RegExp(
    `^${'ekl'.includes(letter) ? ' ?' : ''}${'Ys'.includes(letter) ? '-?' : ''}\\d{1,${digits}}`,
  );
  const [literal] = pattern.exec(rest) ?? [];
  if (literal === undefined) return null;
  const value = Number(literal.trim());
  if (Math.abs(value) < least || Math.abs(value) > most) return null;
  found.set(letter, letter === 'f' ? value * 10 ** (6 - literal.length) : value);
  return literal.length;
}

function takeWord(
  rest: string,
  words: readonly string[],
  key: string,
  first: number,
  found: Map<string, number>,
): number | null {
  const index = words.findIndex((word) => rest.slice(0, word.length).toLowerCase() === word.toLowerCase());
  if (index < 0) return null;
  found.set(key, index + first);
  return words[index]?.length ?? 0;
}

function takeOffset(rest: string, found: Map<string, number>): number | null {
  if (rest.startsWith('Z')) {
    found.set('z', 0);
    return 1;
  }
  const offset = /^([-+])([01]\d|2[0-3])(?::?([0-5]\d))?(?::([0-5]\d))?/.exec(rest);
  if (offset === null) return null;
  const [whole, sign, hours, minutes = '0', seconds = '0'] = offset;
  const size = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  found.set('z', sign === '-' ? -size : size);
  return whole.length;
}

function secondsOf(found: ReadonlyMap<string, number>): number {
  const get = (letters: string, otherwise: number): number => {
    const letter = Array.from(letters).find((each) => found.has(each));
    return (letter === undefined ? undefined : found.get(letter)) ?? otherwise;
  };
  const unix = found.get('s');
  if (unix !== undefined) return unix;
  const short = found.get('y');
  const year = found.get('Y') ?? (short === undefined ? 1900 : short < 69 ? 2000 + short : 1900 + short);
  const day = get('de', 0);
  const isByDay = day === 0 && found.has('j');
  const hour = get('Hk', get('Il', 0) % 12) + (found.get('p') === 1 ? 12 : 0);
  const date = new Date(0);
  date.setUTCFullYear(year, isByDay ? 0 : get('m', 1) - 1, isByDay ? get('j', 1) : Math.max(day, 1));
  date.setUTCHours(hour, get('M', 0), get('S', 0));
  return date.getTime() / 1000 + get('f', 0) / 1e6 - get('z', 0);
}
