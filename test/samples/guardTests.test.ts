/** The guard tests of the samples pass: their guards decide as their authors accepted. */
import { expect, it } from 'vitest';
import { samples } from '../../src/core/samples/catalog.ts';
import { guardscopeHere } from '../cli/run.ts';
import { samplePath } from '../support/samples.ts';

it.each(samples)('$id', async ({ id }) => {
  const { code, stdout, stderr } = await guardscopeHere(['test', samplePath(id)]);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^PASS/);
  expect(code).toBe(0);
});
