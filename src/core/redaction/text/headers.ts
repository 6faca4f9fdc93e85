/** Reads the credentials in the lines of HTTP headers: authentication of any scheme, and cookies. */
import { authScheme } from '../values/secretDecision.ts';
import type { KeyRule } from '../values/secretNames.ts';
import { findKeyRule } from '../values/secretKeys.ts';
import { gradeOf, isReference, isSecretForm } from '../values/secretValues.ts';
import { lineValue, type ValueAt } from './valueAfter.ts';

/** Returns the credentials in the value of a header; null when it has none, as in a sentence about headers. */
export function headerCredentials(text: string, at: number, { kind }: KeyRule, keyAt: number): ValueAt | null {
  return kind === 'cookie' ? cookies(text, at) : credentials(text, at, keyAt);
}

/** Cookies up to the end of the line or the string. */
function cookies(text: string, at: number): ValueAt | null {
  firstCookie.lastIndex = at;
  const first = firstCookie.exec(text)?.[0];
  if (first === undefined) return null;
  const { end } = lineValue(text, at);
  const line = text.slice(at, end);
  const rest = line.slice(first.length).trim();
  return rest === '' || rest.startsWith(';') ? { start: at, end: at + line.trimEnd().length } : null;
}

const firstCookie = /[\w.!#$%&*+^|~-]{1,100}=[^\s;,"'`\\]{1,4096}/y;

function credentials(text: string, at: number, keyAt: number): ValueAt | null {
  // A header in quotes ends with them, as in the argument of a command.
  const quote = /["'`]/.exec(text.charAt(keyAt - 1))?.[0];
  const line = /^[^\n\r]*/.exec(text.slice(at, at + headLength))?.[0] ?? '';
  const head = quote === undefined ? line : (line.split(quote)[0] ?? '');
  const known = authScheme.exec(head)?.[0];
  const scheme = known ?? otherScheme.exec(head)?.[0] ?? '';
  const rest = head.slice(scheme.length);
  const start = at + scheme.length;
  credential.lastIndex = start;
  const first = credential.exec(text)?.[0] ?? '';
  if (!/^[\w.~+/=-]/.test(first) || isReference(first, true)) return null;
  // Digest, AWS and OAuth have a list of parameters.
  if (scheme !== '' && parameters.test(rest)) {
    const { end: lineEnd } = wholeLine(text, start);
    const close = quote === undefined ? -1 : text.slice(start, lineEnd).indexOf(quote);
    const end = close < 0 ? lineEnd : start + close;
    return { start, end: start + text.slice(start, end).trimEnd().length };
  }
  const token = first.replace(/["'`)\]}.]+$/, '');
  const grade = gradeOf(token);
  if (grade === 'none') return null;
  const isSecret =
    known === undefined ? isSecretForm(grade) : findKeyRule(token) === null && !nouns.has(token.toLowerCase());
  return isSecret ? { start, end: start + token.length } : null;
}

const credential = /[^\s,;"'`\\]{1,16000}/y;

/** Characters in which the scheme and the beginning of the credentials are. */
const headLength = 400;

function wholeLine(text: string, at: number): ValueAt {
  wholeRest.lastIndex = at;
  return { start: at, end: at + (wholeRest.exec(text)?.[0].length ?? 0) };
}

const wholeRest = /(?:[^\n\r\\]|\\(?![nr])){0,16000}/y;

/** A word before one that is not part of a sentence, as in `Api-Token 1a2b3c…`. */
const otherScheme = /^[A-Za-z][\w-]{1,30} +(?=[^\s,;]{8,}["'`)]{0,2}\s{0,4}$)/;

const parameters = /^[\w-]{2,40}=(?:"[^"\n]{1,}"|[^\s",]{2,})(?:[,;\s]|$)/;

const nouns: ReadonlySet<string> = new Set(
  'is are was in header headers tokens authentication auth scheme schemes and or with for the a of to credentials realm challenge must'.split(
    ' ',
  ),
);
