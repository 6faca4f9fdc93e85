/** The hash by which a guard test knows that its trace was captured anew. */
import { createHash, type Hash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { streamRegular } from '../files/regularFile.ts';

const chunkBytes = 1024 * 1024;
const carriageReturn = 0x0d;

/**
 * SHA-256 of the files of a session without carriage returns, which Git may add and remove. A folder stands for its JSON Lines files. Rejects with the
 * system's error when one cannot be read.
 */
export async function traceHash(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    const files = (await stat(path)).isDirectory() ? await logsIn(path) : [path];
    for (const file of files) await addFile(hash, file);
  }
  return hash.digest('hex');
}

async function logsIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => join(folder, name));
}

async function addFile(hash: Hash, path: string): Promise<void> {
  for await (const chunk of streamRegular(path, { chunkBytes })) {
    hash.update(chunk.includes(carriageReturn) ? chunk.filter((byte) => byte !== carriageReturn) : chunk);
  }
  hash.update('\n\n');
}
