/** Compares a text with its file in `test/golden`; `UPDATE=1` rewrites the file. In CI a missing file is a failure. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { repoPath } from './paths.ts';

/** `name` without folder and ending, for example `replay-table`. */
export function expectGolden(name: string, text: string): void {
  const file = repoPath(`test/golden/${name}.txt`);
  const missing = !existsSync(file);
  if (missing && process.env['CI']) throw new Error(`test/golden/${name}.txt is missing; UPDATE=1 writes it`);
  if (missing || process.env['UPDATE'] === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}
