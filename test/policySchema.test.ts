/** Compares the JSON schemas that package.json contributes with the table of policy fields they are made from. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { policyJsonSchema } from '../src/core/policy/jsonSchema.ts';
import { repoPath } from './support/paths.ts';

const shipped = repoPath('media/policy.schema.json');
const byKey = repoPath('media/policyByKey.schema.json');

interface Contribution {
  readonly fileMatch: readonly string[];
  readonly url: string;
}

const manifest = JSON.parse(readFileSync(repoPath('package.json'), 'utf8')) as {
  readonly contributes: { readonly jsonValidation: readonly Contribution[] };
};

describe('the schemas of policies', () => {
  it('ship what policyJsonSchema() returns; UPDATE=1 writes the file', () => {
    const text = `${JSON.stringify(policyJsonSchema(), undefined, 2)}\n`;
    if (process.env['UPDATE'] === '1') writeFileSync(shipped, text);
    expect(readFileSync(shipped, 'utf8')).toBe(text);
  });

  it('check a file with a name that others use only when it has a key of a guard policy', () => {
    const keys = Object.keys(policyJsonSchema()['properties'] as object);
    expect(JSON.parse(readFileSync(byKey, 'utf8'))).toMatchObject({
      if: { anyOf: keys.map((key) => ({ required: [key] })) },
      // oxlint-disable-next-line unicorn/no-thenable -- The keyword of JSON schema.
      then: { $ref: './policy.schema.json' },
    });
  });

  it('are contributed for existing files, the strict one only for file names of Guardscope', () => {
    const { jsonValidation } = manifest.contributes;
    expect(jsonValidation.filter(({ url }) => !existsSync(repoPath(url)))).toEqual([]);
    const strict = jsonValidation.filter(({ url }) => url === './media/policy.schema.json');
    expect(strict.flatMap(({ fileMatch }) => fileMatch)).toEqual(['*.guardpolicy.json']);
  });
});
