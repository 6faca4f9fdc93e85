/** The named gateway is the one that the specification records. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { mirroredGateway } from '../../../src/core/base/mirroredGateway.ts';
import { repoPath } from '../../support/paths.ts';

it('the mirrored gateway is the snapshot that the specification was recorded from', () => {
  const spec = readFileSync(repoPath('src/docs/spec/gateway.md'), 'utf8');
  expect(spec).toContain(`What ${mirroredGateway.name}, the MCP gateway that Guardscope reproduces, does`);
  expect(spec).toContain(`snapshot of ${mirroredGateway.snapshot} `);
});
