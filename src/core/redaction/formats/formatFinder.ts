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

/** Adds the tokens in a run of token characters. */
export function findFormats(text: string, start: number, end: number, hits: Hit[]): void {
  const last = end - longRun;
  let failedUntil = start;
  let longest = 0;
  let hasTilde = false;
  let partStart = start;
  let before = text.charCodeAt(start - 1);
  for (let at = start; at <= last; at++) {
    const code = text.charCodeAt(at);
    const isInside = wordParts[before & 127] === 1;
    if (before === tilde) hasTilde = true;
    before = code;
    if (isInside && (at > start + 2 || !isBoundary(text, at))) continue;
    longest = Math.max(longest, at - partStart);
    partStart = at;
    const list = candidates[(code << 7) | (text.charCodeAt(at + 1) & 127)];
    if (list === undefined) continue;
    for (const candidate of list) {
      if (!text.startsWith(candidate.prefix, at) || (candidate.long && at < failedUntil)) continue;
      const bodyAt = at + candidate.prefix.length;
      candidate.pattern.lastIndex = bodyAt;
      const match = candidate.pattern.exec(text);
      if (match === null || !isGenuine(match[0], candidate)) {
        // What fails here because of what follows the next dot fails again at each dash before it.
        if (candidate.long) failedUntil = endOfPart(text, at, end);
        continue;
      }
      const after = bodyAt + match[0].length;
      hits.push({ start: at, end: after, rule: candidate.rule, form: true });
      at = after - 1;
      before = text.charCodeAt(at);
      break;
    }
  }
  longest = Math.max(longest, end - partStart);
  if ((longest >= shortestPart || hasTilde) && end - start <= longestMarked)
    findMarked(text, start, end, longest, hits);
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

/** Longer runs are data in base64. */
const longestMarked = 2000;

/** Whether the characters are random, and not an example or words with dashes. */
function isGenuine(body: string, { mixed }: Candidate): boolean {
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
