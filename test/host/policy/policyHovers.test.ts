/** Hovers on policies in editors, with and without an open trace. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Disposable } from 'vscode';
import type { Services } from '../../../src/host/base/services.ts';
import { policyHovers } from '../../../src/host/policy/policyHovers.ts';
import { patiently } from '../../support/patience.ts';
import { proves } from '../../support/proves.ts';
import { fake, type FakeDocument, fakeDocument, type Position, resetVscode } from '../../support/vscode/api.ts';
import { fakeServices } from '../../support/vscode/hostServices.ts';
import { closeEngine, SampleWorkspace } from '../../support/vscode/hostTraces.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

interface HoverProvider {
  provideHover(
    document: FakeDocument,
    position: Position,
  ): { readonly contents: { readonly value: string } } | undefined;
}

const toml = `[servers.files]
command = "docker"
args = ["run", "--rm", "-i", "files"]
guard = "sample"
[servers.files.guard_policies.allow-only]
repos = "public"
min-integrity = "approved"
[guards.sample]
type = "wasm"
path = "guard.wasm"
`;

let services: Services;
let workspace: SampleWorkspace;
let feature: Disposable;

const hover = (path: string, text: string, at: string): string | undefined => {
  const document = fakeDocument(path, text, 'plaintext');
  return (fake.hoverProvider as HoverProvider).provideHover(document, document.positionAt(text.indexOf(at) + 1))
    ?.contents.value;
};

beforeEach(() => {
  resetVscode();
  ({ services } = fakeServices());
  workspace = new SampleWorkspace(services);
  feature = policyHovers(services);
});
afterEach(() => {
  feature.dispose();
  workspace.close();
});
afterAll(closeEngine);

describe('a hover', () => {
  it('on a policy in a configuration gives the meaning of the field, also without a trace', () => {
    proves('own:policy-hovers');
    expect(hover('/w/gateway.toml', toml, 'min-integrity')).toContain(
      'The lowest integrity of what the agent may read',
    );
    expect(hover('/w/gateway.toml', toml, 'guard =')).toBeUndefined();
    const json = '{"mcpServers":{"a":{"container":"a","guard-policies":{"allow-only":{"repos":"all"}}}}}';
    expect(hover('/w/gateway.json', json, '"repos"')).toContain('(required)');
  });

  it('on a clause says which calls it decides, once they are known', async () => {
    proves('own:policy-hovers');
    const config = workspace.path('gateway.toml');
    writeFileSync(config, toml);
    const document = await workspace.open();
    await document.choose({ config, guard: null, policy: null });
    await vi.waitFor(
      () => {
        document.clauses.find();
        expect(document.clauses.search.kind).toBe('found');
      },
      { timeout: patiently(20_000), interval: 20 },
    );
    expect(hover(config, toml, 'min-integrity')).toMatch(/Decides \d+ of 32 calls: \d+, \d+/);
    // Another text has other calls.
    expect(hover(config, `# ${toml}`, 'min-integrity')).not.toContain('Decides');
  });

  it('leaves the meaning to the schema where VS Code has it', async () => {
    const text = readFileSync(workspace.policy, 'utf8');
    await workspace.open();
    expect(hover(workspace.policy, text, '"min-integrity"')).toBeUndefined();
  });

  it('is on neither other files nor long ones', () => {
    expect(hover('/w/package.json', '{"a":{"repos":"all"}}', '"repos"')).toBeUndefined();
    expect(hover('/w/gateway.toml', `${toml}${'#'.repeat(1_000_000)}`, 'min-integrity')).toBeUndefined();
    expect(hover('/w/notes.md', toml, 'min-integrity')).toBeUndefined();
  });
});
