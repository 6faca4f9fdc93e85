/** Creates files for the tests of bad input in a temporary folder, which is removed at the end. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { samplePath } from '../support/samples.ts';

/** Guard, policy and trace of the sample. */
export const guard = samplePath('files-and-memory', 'guard.wasm');
export const policy = samplePath('files-and-memory', 'policy.json');
export const trace = samplePath('files-and-memory', 'trace.guardtrace.jsonl');

/** The lines of the sample capture; the first is its header. */
export const traceLines: readonly string[] = readFileSync(trace, 'utf8').trimEnd().split('\n');

/** Number of calls in the sample capture. */
export const calls = 32;

/** Made for the first file of a test file. */
let folder: string | null = null;

/** For `afterAll`: removes the files. */
export function removeFiles(): void {
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
  folder = null;
}

/** Writes a file and returns its path. */
export function file(name: string, content: string | Uint8Array): string {
  folder ??= mkdtempSync(join(tmpdir(), 'bad-input-'));
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
