/** Paths of the samples for tests. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { JsonValue } from '../../src/core/base/json.ts';

/** The full path of a file of a sample. */
export function samplePath(id: string, ...parts: readonly string[]): string {
  return fileURLToPath(new URL(`../../media/samples/${[id, ...parts].join('/')}`, import.meta.url));
}

/** A JSON file that is part of the repository, so that it can be trusted. */
export function readJson(file: string): JsonValue {
  return JSON.parse(readFileSync(file, 'utf8')) as JsonValue;
}
