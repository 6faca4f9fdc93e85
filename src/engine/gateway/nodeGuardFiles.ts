/** Reads files for the gateway's discovery, with errors in Go's words. */
import { readdir, stat } from 'node:fs/promises';
import { readRegular } from '../files/regularFile.ts';
import type { GuardFiles } from './discovery.ts';

/** Guards have some hundred kilobytes; reading a larger file could exhaust the memory. */
const maxGuardBytes = 256 * 1024 * 1024;

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
      return { ok: true, bytes: await readRegular(path, maxGuardBytes) };
    } catch (thrown) {
      const isFolder = thrown instanceof Error && thrown.message.startsWith('it is a directory');
      return { ok: false, error: isFolder ? `read ${path}: is a directory` : `open ${path}: ${reasonOf(thrown)}` };
    }
  },
};

/** Go's texts for error codes of the system. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EACCES: 'permission denied',
};

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}

function reasonOf(thrown: unknown): string {
  return reasons[codeOf(thrown)] ?? (thrown instanceof Error ? thrown.message : String(thrown));
}
