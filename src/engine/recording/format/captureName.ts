/** Names of captures that are made anew for each session: a pattern with places, and what of its older files may go. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { numbered } from './captureFile.ts';
import { isWritten, liveFileOf } from './liveFile.ts';

/** What stands for the places of a pattern. */
export interface CaptureOccasion {
  readonly start: Date;
  readonly server: string;
  readonly pid: number;
}

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

/** Makes the folder of a capture, for its owner alone, when it is not there. */
export function makeFolder(capture: string): void {
  mkdirSync(dirname(capture), { recursive: true, mode: 0o700 });
}

/**
 * Deletes the oldest finished captures of a pattern so that `keep` are left, the new one among them. Those that a tap still writes stay,
 * and so does whatever cannot be deleted.
 */
export function deleteOldCaptures(pattern: string, occasion: Pick<CaptureOccasion, 'server'>, keep: number): void {
  const folder = dirname(captureName(pattern, { ...occasion, start: new Date(0), pid: 0 }));
  const matches = nameMatcher(basename(pattern), occasion.server);
  const finished = namesIn(folder)
    .filter((name) => matches.test(name))
    .map((name) => join(folder, name))
    .filter((path) => !isWritten(path))
    .map((path) => ({ path, changed: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((one, other) => other.changed - one.changed);
  for (const { path } of finished.slice(Math.max(0, keep - 1))) {
    for (const each of [path, liveFileOf(path), `${path}.control.json`, ...olderFiles(path)]) remove(each);
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Somebody else's, or a folder: it stays.
  }
}

/** The full files of a capture that was kept in several. */
function olderFiles(capture: string): readonly string[] {
  const files: string[] = [];
  for (let path = numbered(capture, 1); existsSync(path); path = numbered(capture, files.length + 1)) files.push(path);
  return files;
}

/** The server's id as a part of a file name. */
export function fileNameOf(server: string): string {
  const plain = server.replaceAll(/[^\w.-]+/g, '-').replace(/^[-.]+/, '');
  return plain === '' ? 'server' : plain.slice(0, 80);
}

function nameMatcher(pattern: string, server: string): RegExp {
  const parts: Readonly<Record<string, string>> = {
    '{time}': String.raw`\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ`,
    '{pid}': String.raw`\d+`,
    '{server}': escaped(fileNameOf(server)),
  };
  const source = pattern.split(/(\{(?:time|server|pid)\})/).map((part) => parts[part] ?? escaped(part));
  return new RegExp(`^${source.join('')}$`);
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}-]/g, String.raw`\$&`);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
