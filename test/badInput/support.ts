/** Files for the tests of bad input: in a folder of their own, made when asked for. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { samplePath } from '../support/samples.ts';

export const guard = samplePath('files-and-memory', 'guard.wasm');
export const policy = samplePath('files-and-memory', 'policy.json');
export const trace = samplePath('files-and-memory', 'trace.guardtrace.jsonl');

/** The lines of the sample's capture; the first is its header. */
export const traceLines: readonly string[] = readFileSync(trace, 'utf8').trimEnd().split('\n');

/** Calls in the sample's capture. */
export const calls = 32;

const folder = mkdtempSync(join(tmpdir(), 'bad-input-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a file and gives its path. */
export function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
