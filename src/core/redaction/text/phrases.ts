/** Finds secrets after words: sentences, lines of netrc and FTP, statements of SQL, elements of XML. */
import type { Hit } from '../values/hits.ts';
import { isSecretValue } from '../values/secretDecision.ts';
import { ruleOfWords, startOfKey } from './keyBefore.ts';
import { charAt } from '../values/wordEnds.ts';
import { type KeyRules, mayEndKey } from '../values/secretKeys.ts';
import type { KeyRule } from '../values/secretNames.ts';
import { gradeOf, isReference, isSecretForm } from '../values/secretValues.ts';
import { quotedValue } from './valueAfter.ts';

/** Words and marks between the name of a secret and the secret, after the space before them. */
const link = /(?:is:?|was|to|ist|lautet|est|es|é|-|–|->|→|of|be|=>) /y;

/** Adds the secret that follows a word and a space: "the API key is …", `PASS …`, "Bearer …". The index is that of the space. */
export function findPhrase(text: string, at: number, hits: Hit[], keys: KeyRules): void {
  const last = charAt(text, at - 1) | 0x20;
  if ((last === 0x72 || last === 0x63) && isScheme(text, at)) addCredentials(text, at, hits);
  else if (last === 0x79 && isQuote(charAt(text, at + 1)) && isBy(text, at)) addStatement(text, at + 1, hits);
  let end = at;
  if (last < 0x61 || last > 0x7a) while (at - end < 2 && isClosing(charAt(text, end - 1))) end--;
  if (!mayEndKey(text, end)) return;
  const linkLength = mayLink(text, at + 1) ? lengthOfLink(text, at + 1) : 0;
  if (linkLength === 0) {
    if (mayEndStatement(text, end) && isStatementBefore(text, at, keys)) addStatement(text, at + 1, hits);
    return;
  }
  const rule = ruleOfWords(text, end, keys);
  if (rule !== null) addStated(text, at + 1 + linkLength, rule, hits);
}

/** Adds the text of the element whose tag is between two indexes and whose text ends at a third: `<password>…</password>`. */
export function findElement(text: string, open: number, close: number, end: number, hits: Hit[], keys: KeyRules): void {
  if (close - open > 400 || end - close > 4000) return;
  const tag = text.slice(open + 1, close);
  const name = /^(?:\w{1,20}:)?([\w.-]{1,60})/.exec(tag)?.[1] ?? '';
  const rule = keys.ruleOf(name) ?? keys.ruleOf(nameAttribute.exec(tag)?.[1] ?? '');
  if (rule === null) return;
  const content = text.slice(close + 1, end);
  const value = content.trim();
  if (!isSecretValue(rule, value, 'quoted')) return;
  const start = close + 1 + content.indexOf(value);
  hits.push({ start, end: start + value.length, rule: rule.name });
}

/** Adds the password of a line of pgpass: host, port, database, user and password, with colons between them. */
export function findPgpass(text: string, start: number, end: number, hits: Hit[]): void {
  const secret = pgpass.exec(text.slice(start, Math.min(end, start + 400)))?.[1];
  if (secret !== undefined && isStatement(secret)) hits.push({ start: end - secret.length, end, rule: 'password' });
}

function addStated(text: string, at: number, rule: KeyRule, hits: Hit[]): void {
  stated.lastIndex = at;
  const start = at + (stated.exec(text)?.[0].length ?? 0);
  const quoted = quotedValue(text, start);
  const value = quoted ?? { start, end: endOfWord(text, start) };
  const content = text.slice(value.start, value.end);
  if (content.length < 4 || content.length > 4000) return;
  const isSecret =
    quoted === null ? isSecretWord(rule, content) : isSecretValue(rule, content, 'quoted') && !/\s/.test(content);
  if (isSecret) hits.push({ ...value, rule: rule.name });
}

/** A word of a sentence is a secret if it looks like one; after "key is" also a digest. */
function isSecretWord(rule: KeyRule, word: string): boolean {
  if (rule.kind === 'authorization' || rule.kind === 'cookie' || rule.kind === 'group') return false;
  if (rule.kind !== 'weak') return isSecretValue(rule, word, 'inline');
  const grade = gradeOf(word);
  return word.length >= 16 && (grade === 'random' || grade === 'digest');
}

function endOfWord(text: string, start: number): number {
  let end = start;
  while (end < text.length && end - start < 4001 && !/[\s"'`<>\\]/.test(text.charAt(end))) end++;
  while (end > start && /[.,;:!?)\]]/.test(text.charAt(end - 1))) end--;
  return end;
}

const stated = /(?:(?:now|set to|currently|still|changed to|as follows|this one|like)[ :]{1,3})?\s{0,3}/y;

/** Adds credentials after a scheme without the name of a header: "send Bearer …". */
function addCredentials(text: string, at: number, hits: Hit[]): void {
  let start = at + 1;
  while (start - at < 16 && charAt(text, start) === 0x20) start++;
  credential.lastIndex = start;
  const secret = credential.exec(text)?.[0].replace(/[.]+$/, '') ?? '';
  if (
    secret.length < 8 ||
    !isSecretForm(gradeOf(secret.replace(/=+$/, ''))) ||
    (charAt(text, at - 1) === 0x63 && !isBasic(secret))
  )
    return;
  hits.push({ start, end: start + secret.length, rule: 'bearer-token' });
}

/** Whether "Bearer" in any case or "Basic" ends at an index. */
function isScheme(text: string, at: number): boolean {
  const initial = charAt(text, at - 6) | 0x20;
  if (initial === 0x62) return schemeWord.test(text.slice(Math.max(0, at - 7), at));
  return text.startsWith('Basic', at - 5) && !/\w/.test(text.charAt(at - 6));
}

/** Whether "IDENTIFIED BY" or "IDENTIFIED WITH … BY" ends at an index. */
function isBy(text: string, at: number): boolean {
  if ((charAt(text, at - 2) | 0x20) !== 0x62 || charAt(text, at - 3) !== 0x20) return false;
  return identified.test(text.slice(Math.max(0, at - 100), at + 1));
}

const schemeWord = /(?:^|\W)bearer$/i;
const credential = /[\w.~+/=-]{8,8000}/y;

function isBasic(secret: string): boolean {
  return (
    secret.length >= 12 &&
    secret.length % 4 === 0 &&
    /[a-z]/.test(secret) &&
    /[A-Z]/.test(secret) &&
    /^[\w+/]+={0,2}$/.test(secret)
  );
}

/** Adds the word or the string at an index, which a statement gives as a password. */
function addStatement(text: string, at: number, hits: Hit[]): void {
  const quoted = quotedValue(text, at);
  let end = at;
  if (quoted === null) while (end < text.length && end - at < 200 && !/[\s"';]/.test(text.charAt(end))) end++;
  const value = quoted ?? { start: at, end };
  if (isStatement(text.slice(value.start, value.end))) hits.push({ ...value, rule: 'password' });
}

function isStatement(secret: string): boolean {
  if (secret.length < 2 || secret.length > 200 || isReference(secret, true) || notPasswords.test(secret)) return false;
  const grade = gradeOf(secret);
  return grade !== 'none' && grade !== 'prose';
}

/** Whether the words before the space at an index are of a form in which the password follows without a separator. */
function isStatementBefore(text: string, at: number, keys: KeyRules): boolean {
  const word = text.slice(startOfKey(text, at), at);
  const rule = keys.ruleOf(word);
  if (rule === null || (rule.kind !== 'password' && !/^secret$|^[A-Z\d_]+$|^PASS$/.test(word))) return false;
  const before = text.slice(Math.max(0, at - 300), at);
  const next = charAt(text, at + 1);
  if (isQuote(next) && /^password$/i.test(word)) return true;
  return statements.some((pattern) => pattern.test(before));
}

/** Whether a word ends like "password", "secret", "PASS" or the name of a variable. */
export function mayEndStatement(text: string, end: number): boolean {
  const code = charAt(text, end - 1);
  const before = charAt(text, end - 2);
  return (
    (code === 0x64 && before === 0x72) ||
    (code === 0x74 && before === 0x65) ||
    code === 0x73 ||
    (code >= 0x41 && code <= 0x5a)
  );
}

/** Whether a word or mark of `link` may begin at an index, by its first two characters. */
export function mayLink(text: string, at: number): boolean {
  if (at + 1 >= text.length) return false;
  const code = text.charCodeAt(at);
  return code >= 128 || (seconds[code] !== 0 && ((seconds[code] as number) & bitOf(charAt(text, at + 1))) !== 0);
}

function lengthOfLink(text: string, at: number): number {
  link.lastIndex = at;
  return link.exec(text)?.[0].length ?? 0;
}

/** For the first character of a link, bits of the second ones. */
const seconds = new Uint32Array(128);
for (const pair of ['is', 'wa', 'to', 'la', 'es', 'of', 'be', '- ', '->', '=>']) {
  seconds[pair.charCodeAt(0)] = (seconds[pair.charCodeAt(0)] as number) | bitOf(pair.charCodeAt(1));
}

function bitOf(code: number): number {
  return 1 << (code & 31);
}

/** Statements with a password after a space: netrc, FTP, routers, Docker and shells, Redis. */
const statements: readonly RegExp[] = [
  /\b(?:machine\s+\S{1,100}|default)\s{1,20}(?:login\s+\S{1,100}\s{1,20})?(?:account\s+\S{1,100}\s{1,20})?password$/,
  /\blogin\s+\S{1,100}\s{1,20}password$/,
  /(?:^|\n)(?:[^\n]{0,60}[>:] ?|[ \t]{0,20})PASS$/,
  /\b(?:with encrypted|encrypted|enable|username \S{1,60}) (?:password|secret)(?: \d)?$/,
  /(?:^|\n|[;&] ?)[ \t]{0,20}(?:ENV|ARG|setx|set -[a-zA-Z]{1,4}) +[A-Z]\w{0,60}$/,
  /(?:^|\n)[ \t]{0,20}requirepass$/,
];

const identified = /\bIDENTIFIED (?:WITH \S{1,60} )?BY $/i;
const notPasswords =
  /^["'(]|^(?:is|was|for|must|and|or|to|in|reset|required|will|should|cannot|field|hash|file|manager)$/i;
const pgpass = /^[\w.*-]{1,100}:(?:\*:[^:\s]{1,60}|5432:[^:\s]{1,60}|\d{2,5}:\*):[^:\s]{1,60}:(\S{2,200})$/;

function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27;
}

function isClosing(code: number): boolean {
  return code === 0x22 || code === 0x27 || code === 0x60 || code === 0x29;
}

const nameAttribute = /\b(?:name|key|id)\s{0,4}=\s{0,4}["']([^"'<>]{1,100})["']/;
