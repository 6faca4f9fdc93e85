/** Finds tokens by their documented form: in runs of token characters, at the places where a known prefix begins. */
import type { Hit } from '../values/hits.ts';
import { isExample } from '../values/secretValues.ts';
import { wordShare } from '../values/ordinaryWords.ts';
import type { TokenFormat } from './tokenFormat.ts';
import { aiFormats } from './tokenFormatsAi.ts';
import { cloudFormats } from './tokenFormatsCloud.ts';
import { codeFormats } from './tokenFormatsCode.ts';
import { markedFormats, plainFormats } from './tokenFormatsPlain.ts';
import { serviceFormats } from './tokenFormatsServices.ts';

/** All forms of tokens. */
export const tokenFormats: readonly TokenFormat[] = [
  ...codeFormats,
  ...cloudFormats,
  ...aiFormats,
  ...serviceFormats,
  ...plainFormats,
];

/** Minimum length of a run of token characters that is examined; no token is shorter. */
export const longRun = 16;

/** Share of words from which characters count as an identifier or a slug that only begins like a token. */
const mostWords = 0.6;

interface Candidate {
  readonly rule: string;
  readonly prefix: string;
  readonly pattern: RegExp;
  readonly mixed: boolean;
  /** Whether the body may have thousands of characters, so that attempts at each dash of a long text must not repeat. */
  readonly long: boolean;
}

/** The forms by the codes of the first two characters of their prefixes, long prefixes first. */
const candidates: (Candidate[] | undefined)[] = Array.from({ length: 128 * 128 }, () => undefined);
for (const { rule, prefixes, body, mixed } of tokenFormats) {
  const pattern = new RegExp(`(?:${body})(?![A-Za-z0-9_])`, 'y');
  for (const prefix of prefixes) {
    const first = (prefix.charCodeAt(0) << 7) | prefix.charCodeAt(1);
    (candidates[first] ??= []).push({ rule, prefix, pattern, mixed, long: /\d{4}\}/.test(body) });
  }
}
for (const list of candidates) list?.sort((a, b) => b.prefix.length - a.prefix.length);

/** A character that ends words in a run, and the first two characters of a prefix. */
const prefixAfterMark = new RegExp(`[.~+/=$-](?:${firstPairs().join('|')})`, 'g');

function firstPairs(): readonly string[] {
  const seconds = new Map<string, string>();
  for (const prefix of tokenFormats.flatMap(({ prefixes }) => prefixes)) {
    const first = prefix.charAt(0);
    seconds.set(first, (seconds.get(first) ?? '') + literal(prefix.charAt(1)));
  }
  return Array.from(seconds, ([first, all]) => `${literal(first)}[${all}]`);
}

function literal(char: string): string {
  return /\w/.test(char) ? char : `\\${char}`;
}

/** Adds the tokens in a run of token characters. */
export function findFormats(text: string, start: number, end: number, hits: Hit[]): void {
  if (end - start > longestMarked) {
    findInLongRun(text, start, end, hits);
    return;
  }
  const parts = wordParts;
  const last = end - longRun;
  let failedUntil = start;
  let longest = 0;
  let hasTilde = false;
  let partStart = start;
  for (let at = start; at <= last; at++) {
    if (at > start + 2) {
      while (at <= last && parts[text.charCodeAt(at - 1)] === 1) at++;
      if (at > last) break;
    } else if (at > 0 && parts[text.charCodeAt(at - 1)] === 1 && !isBoundary(text, at)) continue;
    if (at > start && text.charCodeAt(at - 1) === tilde) hasTilde = true;
    longest = Math.max(longest, at - partStart);
    partStart = at;
    const list = candidatesAt(text, at);
    if (list === undefined) continue;
    const after = endOfToken(text, at, list, at < failedUntil, hits);
    if (after > at) at = after - 1;
    // What fails here because of what follows the next dot fails again at each dash before it.
    else if (after < 0) failedUntil = endOfPart(text, at, end);
  }
  if (end - start < shortestMarked) return;
  longest = Math.max(longest, end - partStart);
  if (longest >= shortestPart || hasTilde) findMarked(text, start, end, longest, hits);
}

/** `findFormats` for data in base64, in which an expression finds the prefixes after separators. */
function findInLongRun(text: string, start: number, end: number, hits: Hit[]): void {
  const run = text.slice(start, end);
  const last = end - longRun;
  let failedUntil = start;
  let at = start;
  while (at <= last) {
    const list = at > start + 2 || isBoundary(text, at) ? candidatesAt(text, at) : undefined;
    const after = list === undefined ? at : endOfToken(text, at, list, at < failedUntil, hits);
    if (after < 0) failedUntil = endOfPart(text, at, end);
    const next = after > at ? after : at + 1;
    if (next < start + 3 && after <= at) at = next;
    else {
      prefixAfterMark.lastIndex = next - 1 - start;
      const found = prefixAfterMark.exec(run);
      if (found === null) return;
      at = start + found.index + 1;
    }
  }
}

function candidatesAt(text: string, at: number): readonly Candidate[] | undefined {
  return candidates[(text.charCodeAt(at) << 7) | (text.charCodeAt(at + 1) & 127)];
}

/** Adds the token that begins at an index; returns the index after it, the same index when there is none, and -1 if a long form failed. */
function endOfToken(text: string, at: number, list: readonly Candidate[], isFailed: boolean, hits: Hit[]): number {
  let result = at;
  for (const { rule, prefix, pattern, mixed, long } of list) {
    if (!text.startsWith(prefix, at) || (long && isFailed)) continue;
    const bodyAt = at + prefix.length;
    pattern.lastIndex = bodyAt;
    const body = pattern.exec(text)?.[0];
    if (body === undefined || !isGenuine(body, mixed)) {
      if (long) result = -1;
      continue;
    }
    hits.push({ start: at, end: bodyAt + body.length, rule, form: true });
    return bodyAt + body.length;
  }
  return result;
}

function endOfPart(text: string, at: number, end: number): number {
  const dot = text.indexOf('.', at);
  return dot < 0 || dot > end ? end : dot;
}

function findMarked(text: string, runStart: number, end: number, longestPart: number, hits: Hit[]): void {
  // In an escaped text, a run begins with the letter of `\n`.
  const start = text.charCodeAt(runStart - 1) === 0x5c ? runStart + 1 : runStart;
  const run = text.slice(start, end);
  for (const { rule, mark, longest, pattern } of markedFormats) {
    if (longestPart < longest || !run.includes(mark)) continue;
    for (const match of run.matchAll(pattern)) {
      const at = start + match.index;
      const before = text.charCodeAt(at - 1);
      if ((at > runStart || !isRunPart(before)) && !isExample(match[0]))
        hits.push({ start: at, end: at + match[0].length, rule, form: true });
    }
  }
}

/** Least length of the longest part of marked forms; only secrets of Azure, which have a `~`, may have shorter parts. */
const shortestPart = 10;
const tilde = 0x7e;

/** Least length of a run with a marked form: 32 digits, `-us` and a digit. */
const shortestMarked = 36;

/** Longer runs are data in base64. */
const longestMarked = 2000;

/** Whether the characters are random, and not an example or words with dashes. */
function isGenuine(body: string, mixed: boolean): boolean {
  if (mixed && !(/[a-z]/.test(body) && /[A-Z]/.test(body) && /\d/.test(body))) return false;
  return !isExample(body) && wordShare(body) < mostWords;
}

/** Whether a token may begin here: after a separator, an escape such as `\n`, or an encoded character such as `%3D`. */
function isBoundary(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  if (!isWordPart(before)) return true;
  if (text.charCodeAt(at - 2) === 0x5c) return before === 0x6e || before === 0x72 || before === 0x74;
  return text.charCodeAt(at - 3) === 0x25;
}

function isWordPart(code: number): boolean {
  return code < 128 && wordParts[code] === 1;
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_';

/** The characters of runs. */
export const runCharacters = `${letters}.~+/=-$`;

const wordParts = tableOf(letters);
const runParts = tableOf(runCharacters);

/** Whether a token may contain the character. False for NaN, the code past the end of a text. */
function isRunPart(code: number): boolean {
  return code < 128 && runParts[code] === 1;
}

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (const char of characters) table[char.charCodeAt(0)] = 1;
  return table;
}
