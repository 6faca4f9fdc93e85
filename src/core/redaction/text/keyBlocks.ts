/** Finds secrets of several lines: private keys in PEM and PuTTY files, and the data of Kubernetes secrets in YAML. */
import type { Hit } from '../values/hits.ts';
import { gradeOf } from '../values/secretValues.ts';

/** Adds the private key that begins at an index, also if it is cut off; returns the index after it, or the same index for other blocks. */
export function findPrivateKey(text: string, at: number, hits: Hit[]): number {
  privateKey.lastIndex = at;
  const head = privateKey.exec(text)?.[0];
  if (head === undefined) return at;
  const end = endOfKey(text, at + head.length);
  hits.push({ start: at, end, rule: 'private-key' });
  return end;
}

/** Adds the private part of a PuTTY key, which follows its public part. */
export function findPuttyKey(text: string, at: number, hits: Hit[]): void {
  puttyLines.lastIndex = at;
  const match = puttyLines.exec(text);
  if (match !== null)
    hits.push({ start: at + (match[1]?.length ?? 0), end: at + match[0].length, rule: 'private-key' });
}

/** Adds the values below `data` and `stringData` in the documents of a YAML text that are of the kind Secret. */
export function findKubernetesSecrets(text: string, hits: Hit[]): void {
  let start = 0;
  for (const document of text.split(/^---/m)) {
    if (/^kind:\s*["']?Secret\b/m.test(document)) addData(document, start, hits);
    start += document.length + 3;
  }
}

function addData(document: string, offset: number, hits: Hit[]): void {
  let at = 0;
  let depth = -1;
  for (const line of document.split('\n')) {
    const indentation = line.length - line.trimStart().length;
    if (/^\s*(?:data|stringData):\s*$/.test(line)) depth = indentation;
    else if (line.trim() !== '' && depth >= 0) {
      if (indentation <= depth) depth = -1;
      else addMember(line, offset + at, hits);
    }
    at += line.length + 1;
  }
}

function addMember(line: string, at: number, hits: Hit[]): void {
  const match = /^(\s+(?:["']?[\w.-]{1,253}["']?:\s+)?["']?)([^\s"'|>{][^\s"']*)/.exec(line);
  const value = match?.[2] ?? '';
  if (value.length < 2 || value.endsWith(':') || gradeOf(value) === 'none') return;
  const start = at + (match?.[1]?.length ?? 0);
  hits.push({ start, end: start + value.length, rule: 'secret' });
}

/** Index after the footer of a key; without one, after the lines that may belong to it. */
function endOfKey(text: string, bodyAt: number): number {
  const next = text.indexOf('-----', bodyAt);
  if (next >= 0 && text.startsWith('-----END ', next)) {
    const close = text.indexOf('-----', next + 9);
    return close >= 0 && close - next < 80 ? close + 5 : next + 9;
  }
  const limit = next < 0 ? text.length : next;
  let end = bodyAt;
  while (end < limit && isBodyPart(text, end)) end++;
  return end;
}

/** Base64, its line breaks (also as `\n`), and the headers of encrypted keys; a space only before or after a line break. */
function isBodyPart(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code === 0x20) return /[\n:,\\n]/.test(text.charAt(at - 1)) || text.charCodeAt(at + 1) === 0x0a;
  return code < 128 && bodyParts[code] === 1;
}

const bodyParts = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\n\r\\:,-.') {
  bodyParts[char.charCodeAt(0)] = 1;
}

const privateKey = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;
const puttyLines =
  /(Private-Lines: {1,4}\d{1,4}(?:\\r|\\n|\s){1,8})[A-Za-z0-9+/=\\\s]{20,100000}(?:Private-MAC: {0,4}[a-f0-9]{20,80})?/y;
