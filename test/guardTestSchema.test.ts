/** Compares the JSON schema of guard tests that package.json contributes with the table that the reader goes by, and with real tests. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Validator } from '@cfworker/json-schema';
import { describe, expect, it } from 'vitest';
import { guardTestJsonSchema } from '../src/core/guardTest/testForm.ts';
import { repoPath } from './support/paths.ts';
import { readJson, samplePath } from './support/samples.ts';

const shipped = repoPath('media/guardtest.schema.json');

describe('the schema of guard tests', () => {
  it('ships what guardTestJsonSchema() returns; UPDATE=1 writes the file', () => {
    const text = `${JSON.stringify(guardTestJsonSchema(), undefined, 2)}\n`;
    if (process.env['UPDATE'] === '1') writeFileSync(shipped, text);
    expect(readFileSync(shipped, 'utf8')).toBe(text);
  });

  it('is contributed for *.guardtest.json', () => {
    const manifest = readJson(repoPath('package.json')) as unknown as {
      readonly contributes: {
        readonly jsonValidation: readonly { readonly fileMatch: readonly string[]; readonly url: string }[];
      };
    };
    const found = manifest.contributes.jsonValidation.filter(({ fileMatch }) => fileMatch.includes('*.guardtest.json'));
    expect(found.map(({ url }) => url)).toEqual(['./media/guardtest.schema.json']);
    expect(existsSync(shipped)).toBe(true);
  });

  it('accepts the tests of the samples, and refuses a member that is not known', () => {
    const validator = new Validator(guardTestJsonSchema(), '7');
    for (const name of ['files.guardtest.json', 'policies.guardtest.json']) {
      const test = readJson(samplePath('files-and-memory', name));
      expect(validator.validate(test).errors, name).toEqual([]);
      expect(validator.validate({ ...(test as object), gaurd: 'x' }).valid).toBe(false);
    }
  });
});
