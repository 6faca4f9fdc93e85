/** Functions of jq on dates (gojq `func.go` and timefmt-go). All times are UTC. */
import { NotSupported } from '../run/jqMachine.ts';
import type { Native } from './jqNative.ts';
import { applied, wrapped } from './jqPaths.ts';
import { formatTime, readTimeAs } from './jqTimeFormats.ts';
import { isArray, JqError, type JqValue, toFloat, toInt } from '../jqValue.ts';

/** By `name/arity`. */
export const timeFunctions: Readonly<Record<string, Native>> = {
  'gmtime/0': (value) => {
    const seconds = toFloat(value);
    if (seconds === null) throw applied('gmtime', value);
    return brokenDown(seconds);
  },
  'mktime/0': (value) => {
    if (!isArray(value)) throw applied('mktime', value);
    return secondsOf('mktime', value, []);
  },
  'strftime/1': (value, [format = null]) => {
    const seconds = toFloat(value);
    const time = seconds === null ? value : brokenDown(seconds);
    if (!isArray(time) || typeof format !== 'string') throw applied('strftime', time, [format]);
    return formatTime(secondsOf('strftime', time, [format]), format);
  },
  'strptime/1': (value, [format = null]) => {
    if (typeof value !== 'string' || typeof format !== 'string') throw applied('strptime', value, [format]);
    const parsed = readTimeAs(value, format);
    if (typeof parsed === 'string') throw wrapped('strptime', value, [format], new JqError(parsed));
    return brokenDown(parsed);
  },
};

/** Seconds as year, month from 0, day, hour, minute, second, weekday and day of the year from 0. */
function brokenDown(seconds: number): JqValue {
  const date = new Date(Math.trunc(seconds) * 1000);
  requireDate(date);
  const fraction = Math.trunc((seconds - Math.floor(seconds)) * 1e9) / 1e9;
  const startOfYear = Date.UTC(date.getUTCFullYear(), 0, 1);
  const whole = [
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
  ];
  const days = Math.floor((date.getTime() - startOfYear) / 86_400_000);
  return [...whole.map(BigInt), date.getUTCSeconds() + fraction, BigInt(date.getUTCDay()), BigInt(days)];
}

function secondsOf(name: string, parts: readonly JqValue[], args: readonly JqValue[]): number {
  const numbers = parts.slice(0, 8).map((part) => {
    const number = toInt(part);
    if (number === null) throw wrapped(name, parts, args, new JqError('expected an array of 8 numbers'));
    return number;
  });
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers;
  const seconds = toFloat(parts[5]) ?? 0;
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  date.setUTCHours(hour, minute, second);
  requireDate(date);
  return date.getTime() / 1000 + Math.trunc((seconds - Math.floor(seconds)) * 1e9) / 1e9;
}

/** Dates of JavaScript end 100 million days before and after 1970. */
function requireDate(date: Date): void {
  if (Number.isNaN(date.getTime())) throw new NotSupported('a date that is out of range');
}
