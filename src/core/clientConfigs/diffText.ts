/** Shows a planned change as a unified diff with secrets masked. */
import { Redactor } from '../redaction/redaction.ts';
import type { Plan } from './wrap.ts';

/** Unchanged lines before and after a change. */
const contextLines = 2;

/** The header and one hunk from the first to the last changed line; empty when nothing changes. Values of environment variables are masked. */
export function diffText({ before, after, config, server }: Plan): string {
  const mask = masker(Object.values(server.env ?? {}));
  const [old, now] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let [oldEnd, nowEnd] = [old.length, now.length];
  while (oldEnd > start && nowEnd > start && old[oldEnd - 1] === now[nowEnd - 1]) {
    oldEnd--;
    nowEnd--;
  }
  if (start === oldEnd && start === nowEnd) return '';
  const from = Math.max(0, start - contextLines);
  const unchanged = (lines: readonly string[]): readonly string[] => lines.map((line) => ` ${line}`);
  const body = [
    ...unchanged(old.slice(from, start)),
    ...old.slice(start, oldEnd).map((line) => `-${line}`),
    ...now.slice(start, nowEnd).map((line) => `+${line}`),
    ...unchanged(old.slice(oldEnd, oldEnd + contextLines)),
  ];
  const oldCount = Math.min(old.length, oldEnd + contextLines) - from;
  const hunk = `@@ -${from + 1},${oldCount} +${from + 1},${oldCount - (oldEnd - start) + (nowEnd - start)} @@`;
  const { path } = config.file;
  return mask([`--- ${path}`, `+++ ${path}`, hunk, ...body, ''].join('\n'));
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/);
}

function masker(values: readonly string[]): (text: string) => string {
  const secrets = values.filter((value) => value.length > 3 && !value.includes('${'));
  const redactor = new Redactor(() => '…');
  return (text) => {
    const masked = secrets.reduce((current, secret) => current.replaceAll(JSON.stringify(secret), '"•••"'), text);
    return redactor.text(masked).text;
  };
}
