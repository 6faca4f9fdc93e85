/** Finds secrets in command lines: the value after a flag, and the flags of known programs. */
import type { Hit } from '../values/hits.ts';
import { isSecretValue } from '../values/secretDecision.ts';
import { type KeyRules, mayEndKey } from '../values/secretKeys.ts';
import type { KeyRule } from '../values/secretNames.ts';
import { gradeOf, isReference, isSecretForm } from '../values/secretValues.ts';
import { quotedValue, type ValueAt } from './valueAfter.ts';

/** Adds the value of the flag at an index if a space is between both: `--token VALUE`, `-u user:password`. */
export function findFlagSecret(text: string, at: number, hits: Hit[], keys: KeyRules): void {
  flag.lastIndex = at;
  const match = flag.exec(text);
  const name = match?.[1];
  if (match === null || name === undefined) return;
  if (
    name.length > 1
      ? !mayEndKey(text, at + match[0].trimEnd().length) && !/^(?:user|proxy-user)$/.test(name)
      : !shortFlags.has(name)
  )
    return;
  const value = argumentAt(text, at + match[0].length);
  const secret = value.end === value.start ? null : secretOf(text, at, name, value, keys);
  if (secret !== null) hits.push(secret);
}

function secretOf(text: string, at: number, name: string, value: ValueAt, keys: KeyRules): Hit | null {
  const content = text.slice(value.start, value.end);
  if (/^(?:u|user|proxy-user|U)$/.test(name)) return userSecret(text, value);
  if (name.length === 1)
    return isPasswordFlag(text, at, name) && isArgument(content) ? { ...value, rule: 'password' } : null;
  const rule = keys.ruleOf(name);
  return rule !== null && isFlagSecret(rule, content) ? { ...value, rule: rule.name } : null;
}

/** Whether the argument after a flag is its secret; usage texts and sentences continue with other words. */
export function isFlagSecret(rule: KeyRule, value: string): boolean {
  return (
    !value.startsWith('-') &&
    !/^[A-Z_]{2,}$/.test(value) &&
    !following.has(value.toLowerCase()) &&
    isSecretValue(rule, value, 'flag')
  );
}

/** The password in `user:password`, also in quotes of its own, or the key in `key:`; null for other arguments. */
function userSecret(text: string, { start, end }: ValueAt): Hit | null {
  const quoted = text.charCodeAt(end - 1) === 0x3a ? quotedValue(text, end) : null;
  if (quoted !== null && quoted.end > quoted.start && end > start + 1) return { ...quoted, rule: 'password' };
  const content = text.slice(start, end);
  const part = passwordPart(content);
  if (part !== null) return { start: start + part, end, rule: 'password' };
  const isKey = /^[^\s:]{8,}:$/.test(content) && isSecretForm(gradeOf(content.slice(0, -1)));
  return isKey ? { start, end: end - 1, rule: 'password' } : null;
}

/** Index of the password in `user:password`; null for other arguments of `-u`. */
export function passwordPart(value: string): number | null {
  const match = /^[^\s:/"'<]{0,100}:(?=[^\s/])/.exec(value)?.[0];
  if (match === undefined) return null;
  const password = value.slice(match.length);
  return /^\d{1,5}$/.test(password) || isReference(password, true) || gradeOf(password) === 'none'
    ? null
    : match.length;
}

/** Adds passwords that follow a flag of one letter without a space, or a keyword. */
export function findAttachedPasswords(text: string, hits: Hit[]): void {
  if (!attachedHint.test(text)) return;
  for (const { needs, pattern } of attached) {
    if (!text.includes(needs)) continue;
    for (const match of text.matchAll(pattern)) {
      const secret = match[2] ?? '';
      const end = match.index + match[0].length;
      if (isArgument(secret)) hits.push({ start: end - secret.length, end, rule: 'password' });
    }
  }
}

const attached: readonly { readonly needs: string; readonly pattern: RegExp }[] = [
  { needs: 'mysql', pattern: /(\bmysql(?:dump|admin|import)?\b[^\n|;&]{0,200}?\s-p)([^\s"';|&]{2,100})/g },
  { needs: 'mariadb', pattern: /(\bmariadb(?:-\w+)?\b[^\n|;&]{0,200}?\s-p)([^\s"';|&]{2,100})/g },
  { needs: ' pass:', pattern: /(\s-pass(?:in|out)?\s+["']?pass:)([^\s"']{2,100})/g },
  { needs: 'smbclient', pattern: /(\bsmbclient\b[^\n|;&]{0,200}?\s-U\s*["']?[\w\\.-]{1,60}%)([^\s"']{2,100})/g },
  { needs: 'htpasswd', pattern: /(\bhtpasswd\s+-\w*b\w*\s+\S{1,200}\s+\S{1,100}\s+["']?)([^\s"']{2,100})/g },
];

const attachedHint = /mysql|mariadb| pass:|smbclient|htpasswd/;

/** Programs whose flag of one letter takes a password. */
function isPasswordFlag(text: string, at: number, name: string): boolean {
  const programs = passwordPrograms[name];
  if (programs === undefined) return false;
  const before = text.slice(Math.max(0, at - 200), at);
  return programs.test(before.slice(before.lastIndexOf('\n') + 1));
}

const passwordPrograms: Readonly<Record<string, RegExp>> = {
  p: /\b(?:sshpass|docker login|podman login|mongo|mongosh|mongodump|helm registry login|oc login|az login|az acr login|cf login|artifactory|ftp|sqlcmd|net rpc|nexus)\b/,
  P: /\b(?:sqlcmd|bcp|unzip|zip|osql|mosquitto_pub|mosquitto_sub)\b/,
  a: /\bredis-cli\b/,
  w: /\bldap(?:search|modify|add|delete|passwd|whoami)\b/,
  k: /\bconsul\b/,
};

function argumentAt(text: string, at: number): ValueAt {
  const quoted = quotedValue(text, at);
  if (quoted !== null) return quoted;
  let end = at;
  while (end < text.length && end - at < 8192 && !/[\s"'`\\|]/.test(text.charAt(end))) end++;
  return { start: at, end };
}

function isArgument(value: string): boolean {
  return value !== '' && !value.startsWith('-') && !isReference(value, true) && gradeOf(value) !== 'none';
}

const shortFlags: ReadonlySet<string> = new Set(['u', 'U', ...Object.keys(passwordPrograms)]);

const flag = /--?([A-Za-z][\w-]{0,60})[ \t]{1,8}/y;

/** Words that follow the name of a flag in a sentence. */
const following: ReadonlySet<string> = new Set(
  'is are was and or for to from with in on of the a an as by if when not must may can should flag option flags options stdin'.split(
    ' ',
  ),
);
