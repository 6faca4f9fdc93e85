/** Deletes older captures of a pattern, when only some are to be kept. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type CaptureOccasion, captureName, fileNameOf, numbered } from '../format/captureName.ts';
import { isWritten, liveFileOf } from '../format/liveFile.ts';

/**
 * Deletes the oldest finished captures of a pattern so that `keep` are left, the new one among them. Captures that a tap still writes stay,
 * and so do those that cannot be deleted.
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
    // Another user's file, or a folder: it stays.
  }
}

/** The full files of a capture that fills several. */
function olderFiles(capture: string): readonly string[] {
  const files: string[] = [];
  for (let path = numbered(capture, 1); existsSync(path); path = numbered(capture, files.length + 1)) files.push(path);
  return files;
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
