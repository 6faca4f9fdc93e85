/** Files in memory for discovery: valid guards, files that are not modules, and folders. */
import { posix } from 'node:path';
import { readFileSync } from 'node:fs';
import type { GuardFiles } from '../../../src/engine/gateway/discovery.ts';
import { repoPath } from '../../support/paths.ts';

/** `good` is a module that the gateway loads, `bad` an empty file, `dir` a folder. */
export type FileKind = 'good' | 'bad' | 'dir';

const good = readFileSync(repoPath('media/samples/files-and-memory-as/guard.wasm'));

/** The files by absolute path; their parent folders exist as well. */
export function memoryFiles(files: Readonly<Record<string, FileKind>>): GuardFiles {
  const kinds = new Map<string, FileKind>(Object.entries(files));
  for (const path of Object.keys(files)) {
    for (let up = posix.dirname(path); up !== '/'; up = posix.dirname(up)) kinds.set(up, 'dir');
  }
  return {
    list(folder) {
      const path = posix.join(folder);
      const kind = kinds.get(path);
      const reason = kind === undefined ? 'no such file or directory' : 'not a directory';
      if (kind !== 'dir') {
        return Promise.resolve({ ok: false, isMissing: kind === undefined, error: `open ${folder}: ${reason}` });
      }
      const inside = [...kinds].filter(([name]) => posix.dirname(name) === path);
      const entries = inside
        .map(([name, each]) => ({ name: posix.basename(name), isFolder: each === 'dir' }))
        .toReversed();
      return Promise.resolve({ ok: true, entries });
    },
    exists: (path) => Promise.resolve(kinds.has(path)),
    read(path) {
      const kind = kinds.get(path);
      if (kind === undefined) return Promise.resolve({ ok: false, error: `open ${path}: no such file or directory` });
      if (kind === 'dir') return Promise.resolve({ ok: false, error: `read ${path}: is a directory` });
      return Promise.resolve({ ok: true, bytes: kind === 'good' ? good : new Uint8Array() });
    },
  };
}
