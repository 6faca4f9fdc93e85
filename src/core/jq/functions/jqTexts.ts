/** Functions of jq on strings, and its regular expressions (gojq `func.go`). */
import { utf8Length, trimSpace, wellFormed } from '../../go/goText.ts';
import { splitText, sum } from './jqArithmetic.ts';
import { compileRegexp, type Regexp } from '../regexp/regexp.ts';
import { toText } from './jqFormats.ts';
import { fromJson } from './jqFromJson.ts';
import type { Native } from './jqNative.ts';
import { applied, wrapped } from './jqPaths.ts';
import { isArray, isNumber, isObject, JqError, type JqValue, keysOf, parseNumber, toInt, toJson } from '../jqValue.ts';

const validNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

/** By `name/arity`. */
export const textFunctions: Readonly<Record<string, Native>> = {
  'tostring/0': toText,
  'tojson/0': (value) => toJson(value),
  'fromjson/0': (value) => fromJson(text('fromjson', value)),
  'tonumber/0': (value) => {
    if (isNumber(value)) return value;
    const literal = text('tonumber', value);
    if (!validNumber.test(literal)) throw wrapped('tonumber', value, [], new JqError('invalid number'));
    return parseNumber(literal);
  },
  'utf8bytelength/0': (value) => BigInt(utf8Length(text('utf8bytelength', value))),
  'startswith/1': two('startswith', (whole, part) => whole.startsWith(part)),
  'endswith/1': two('endswith', (whole, part) => whole.endsWith(part)),
  'ltrimstr/1': two('ltrimstr', withoutPrefix),
  'rtrimstr/1': two('rtrimstr', withoutSuffix),
  'trimstr/1': two('trimstr', (whole, part) => withoutSuffix(withoutPrefix(whole, part), part)),
  'trim/0': (value) => trimSpace(text('trim', value)),
  'ltrim/0': (value) => trimSpace(`${text('ltrim', value)}|`).slice(0, -1),
  'rtrim/0': (value) => trimSpace(`|${text('rtrim', value)}`).slice(1),
  'explode/0': (value) => Array.from(text('explode', value), (rune) => BigInt(rune.codePointAt(0) ?? 0)),
  'implode/0': (value) => {
    if (!isArray(value)) throw applied('implode', value);
    const runes = value.map((each) => {
      const code = toInt(each);
      if (code === null) throw applied('implode', value);
      return code < 0 || code > 0x10_ffff ? '\ufffd' : wellFormed(String.fromCodePoint(code));
    });
    return runes.join('');
  },
  'split/1': (value, [separator = null]) => [...splitText(text('split', value), text('split', separator))],
  'join/1': (value, [separator = null]) => {
    const items = isArray(value) ? value : isObject(value) ? keysOf(value).map((key) => value[key] ?? null) : null;
    if (items === null) throw applied('join', value, [separator]);
    if (items.length === 0) return '';
    const texts = items.map((item) => (isNumber(item) || typeof item === 'boolean' ? toJson(item) : item));
    if (typeof separator === 'string' && texts.every((each) => each === null || typeof each === 'string')) {
      return texts.map((each) => each ?? '').join(separator);
    }
    return sum(texts.flatMap((each, index) => [index === 0 ? '' : separator, each]));
  },
  'ascii_downcase/0': (value) => text('ascii_downcase', value).replaceAll(/[A-Z]+/g, (part) => part.toLowerCase()),
  'ascii_upcase/0': (value) => text('ascii_upcase', value).replaceAll(/[a-z]+/g, (part) => part.toUpperCase()),
  '_match/3': (value, [pattern = null, flags = null, isTest], machine) => {
    const name = isTest === true ? 'test' : 'match';
    if ((flags !== null && typeof flags !== 'string') || typeof value !== 'string' || typeof pattern !== 'string') {
      throw applied(name, value, [pattern, flags]);
    }
    const regexp = regexpOf(pattern, flags ?? '');
    const runes = Array.from(value, (rune) => rune.codePointAt(0) ?? 0);
    const work = (units: number): void => machine.work(units);
    if (isTest === true) return regexp.find(runes, 0, work) !== null;
    const found = regexp.findAll(runes, flags?.includes('g') === true, work);
    return found.map((places) => matchOf(runes, places, regexp.names));
  },
};

const cache = new Map<string, Regexp>();
const cacheSize = 64;

function regexpOf(pattern: string, flags: string): Regexp {
  if (/[^gim]/.test(flags)) throw new JqError(`unsupported regular expression flag: ${JSON.stringify(flags)}`);
  const prefix = (flags.includes('m') ? '(?s)' : '') + (flags.includes('i') ? '(?i)' : '');
  const known = cache.get(prefix + pattern);
  if (known !== undefined) return known;
  const compiled = compileRegexp(prefix + pattern);
  if (typeof compiled === 'string') {
    throw new JqError(
      `invalid regular expression ${JSON.stringify(prefix + pattern)}: error parsing regexp: ${compiled}`,
    );
  }
  if (cache.size >= cacheSize) cache.clear();
  cache.set(prefix + pattern, compiled);
  return compiled;
}

/** A match as jq shows it. Places count characters; those of a group that took no part are negative. */
function matchOf(runes: readonly number[], places: readonly number[], names: readonly (string | null)[]): JqValue {
  const part = (group: number): { offset: JqValue; length: JqValue; string: JqValue } => {
    const [start = -1, end = -1] = places.slice(2 * group, 2 * group + 2);
    if (start < 0) return { offset: -1n, length: 0n, string: null };
    const string = runes.slice(start, end).reduce((all, rune) => all + String.fromCodePoint(rune), '');
    return { offset: BigInt(start), length: BigInt(end - start), string };
  };
  const captures = names.slice(1).map((name, index) => ({ name, ...part(index + 1) }));
  return { ...part(0), captures };
}

function text(name: string, value: JqValue): string {
  if (typeof value === 'string') return value;
  throw applied(name, value);
}

function two(name: string, f: (whole: string, part: string) => JqValue): Native {
  return (value, [part = null]) => {
    if (typeof value === 'string' && typeof part === 'string') return f(value, part);
    throw applied(name, value, [part]);
  };
}

function withoutPrefix(whole: string, part: string): string {
  return whole.startsWith(part) ? whole.slice(part.length) : whole;
}

function withoutSuffix(whole: string, part: string): string {
  return part !== '' && whole.endsWith(part) ? whole.slice(0, -part.length) : whole;
}
