/** Reads files for the gateway's discovery, with errors in Go's words. */
import { readdir, readFile, stat } from 'node:fs/promises';
import type { GuardFiles } from './discovery.ts';

/** The file system of this machine. */
export const nodeGuardFiles: GuardFiles = {
  async list(folder) {
    try {
      const entries = await readdir(folder, { withFileTypes: true });
      return { ok: true, entries: entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() })) };
    } catch (thrown) {
      return { ok: false, isMissing: codeOf(thrown) === 'ENOENT', error: `open ${folder}: ${reasonOf(thrown)}` };
    }
  },
  exists: (path) =>
    stat(path).then(
      () => true,
      () => false,
    ),
  async read(path) {
    try {
      return { ok: true, bytes: await readFile(path) };
    } catch (thrown) {
      const operation = codeOf(thrown) === 'EISDIR' ? 'read' : 'open';
      return { ok: false, error: `${operation} ${path}: ${reasonOf(thrown)}` };
    }
  },
};

/** Go's texts for error codes of the system. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EISDIR: 'is a directory',
  EACCES: 'permission denied',
};

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}

function reasonOf(thrown: unknown): string {
  return reasons[codeOf(thrown)] ?? (thrown instanceof Error ? thrown.message : String(thrown));
}
