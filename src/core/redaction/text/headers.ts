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
  const { end } = lineValue(text, at);
  const line = text.slice(at, end);
  const first = /^[\w.!#$%&*+^|~-]{1,100}=[^\s;,]{1,4096}/.exec(line)?.[0];
  if (first === undefined) return null;
  const rest = line.slice(first.length).trim();
  if (rest !== '' && !rest.startsWith(';')) return null;
  return { start: at, end: at + line.trimEnd().length };
}

function credentials(text: string, at: number, keyAt: number): ValueAt | null {
  const isInString = /["'`]/.test(text.charAt(keyAt - 1));
  const { end } = isInString ? lineValue(text, at) : wholeLine(text, at);
  const line = text.slice(at, end);
  const scheme = authScheme.exec(line)?.[0] ?? otherScheme.exec(line)?.[0] ?? '';
  const rest = line.slice(scheme.length);
  const first = /^[^\s,;]+/.exec(rest)?.[0] ?? '';
  if (!/^[\w.~+/=-]/.test(first) || isReference(first, true) || /^<[^>]*>/.test(rest)) return null;
  const start = at + scheme.length;
  // Digest, AWS and OAuth have a list of parameters.
  if (scheme !== '' && parameters.test(rest)) return { start, end: start + rest.trimEnd().length };
  const token = first.replace(/["'`)\]}.]+$/, '');
  const grade = gradeOf(token);
  if (grade === 'none') return null;
  const isKnown = authScheme.test(line);
  const isSecret = !isKnown ? isSecretForm(grade) : findKeyRule(token) === null && !nouns.has(token.toLowerCase());
  return isSecret ? { start, end: start + token.length } : null;
}

function wholeLine(text: string, at: number): ValueAt {
  let end = at;
  while (end < text.length && end - at < 16_000 && !isLineBreak(text, end)) end++;
  return { start: at, end };
}

function isLineBreak(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x0a || code === 0x0d || (code === 0x5c && /[nr]/.test(text.charAt(at + 1)));
}

/** A word before one that is not part of a sentence, as in `Api-Token 1a2b3c…`. */
const otherScheme = /^[A-Za-z][\w-]{1,30} +(?=[^\s,;]{8,}["'`)]{0,2}\s{0,4}$)/;

const parameters = /^[\w-]{2,40}=(?:"[^"\n]{2,}"|[^\s",]{2,})(?:[,;\s]|$)/;

const nouns: ReadonlySet<string> = new Set(
  'is are was in header headers tokens authentication auth scheme schemes and or with for the a of to credentials realm challenge must'.split(
    ' ',
  ),
);
