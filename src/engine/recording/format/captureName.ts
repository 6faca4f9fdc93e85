/** Names of captures: a pattern with placeholders that gives each session a file of its own, and numbers for the full files of one session. */
import { mkdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** The values of the placeholders of a pattern. */
export interface CaptureOccasion {
  readonly start: Date;
  readonly server: string;
  readonly pid: number;
}

/** Patterns of the captures that one folder holds for many servers: of a client's sessions, and of *New Call…*. */
export const sessionPattern = '{server}-{time}-{pid}.guardtrace.jsonl';
export const callsPattern = '{server}-{time}-calls.guardtrace.jsonl';

/** Fills in `{time}` (UTC, to the second), `{server}` (as far as a file name can hold it) and `{pid}`. */
export function captureName(pattern: string, { start, server, pid }: CaptureOccasion): string {
  const time = start.toISOString().slice(0, 19).replaceAll(':', '-');
  const values: Readonly<Record<string, string>> = { time: `${time}Z`, server: fileNameOf(server), pid: String(pid) };
  return pattern.replaceAll(/\{(time|server|pid)\}/g, (_, name: string) => values[name] ?? '');
}

/** Whether each session gets a file of its own. */
export function isPattern(pattern: string): boolean {
  return /\{(?:time|pid)\}/.test(basename(pattern));
}

/** Creates the folder of a capture, for its owner alone, when it is missing. */
export function makeFolder(capture: string): void {
  mkdirSync(dirname(capture), { recursive: true, mode: 0o700 });
}

/** The server's id as a part of a file name. */
export function fileNameOf(server: string): string {
  const plain = server.replaceAll(/[^\w.-]+/g, '-').replace(/^[-.]+/, '');
  return plain === '' ? 'server' : plain.slice(0, 80);
}

/** The name of an older file of a capture: `session.guardtrace.jsonl` → `session.1.guardtrace.jsonl`; 0 is the file itself. */
export function numbered(path: string, number: number): string {
  if (number === 0) return path;
  const [, stem = path, suffix = ''] = /^(.*?)((?:\.guardtrace)?\.[^./\\]*)$/s.exec(path) ?? [];
  return `${stem}.${number}${suffix}`;
}
