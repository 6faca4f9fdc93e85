/** Compares the catalog of samples with the folders on disk. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { samples } from '../../src/core/samples/catalog.ts';
import { parsePolicyText } from '../../src/core/policy/parse.ts';
import { samplePath } from '../support/samples.ts';

it('lists exactly the folders with a guard', () => {
  const folders = readdirSync(samplePath('')).filter((name) => existsSync(samplePath(name, 'guard.wasm')));
  expect(samples.map(({ id }) => id).sort()).toEqual(folders.sort());
  for (const { id, folder } of samples) expect(folder).toBe(`media/samples/${id}`);
});

it.each(samples)('$id: every file exists, and the gateway accepts its policies', (sample) => {
  const { id, guard, policy, otherPolicies, traces } = sample;
  for (const path of [guard, `${guard}.json`, policy, ...otherPolicies, ...traces, 'README.md', 'build.mjs']) {
    expect(existsSync(samplePath(id, path)), path).toBe(true);
  }
  for (const path of [policy, ...otherPolicies]) {
    const parsed = parsePolicyText(readFileSync(samplePath(id, path), 'utf8'), path);
    expect(parsed.problems, path).toEqual([]);
    expect(parsed.value?.kind, path).toBe('allow-only');
  }
});
