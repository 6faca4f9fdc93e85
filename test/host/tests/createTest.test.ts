/** "Create Guard Test…": which calls, where the test goes, what is copied beside it, and what is refused. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runGuardTest } from '../../../src/engine/guardTests/runGuardTest.ts';
import type { TraceDocument } from '../../../src/host/base/traceDocument.ts';
import { testExplorer } from '../../../src/host/tests/testExplorer.ts';
import { proves } from '../../support/proves.ts';
import { fake, resetVscode, runCommand } from '../../support/vscode/api.ts';
import { fakeServices, type FakeServices } from '../../support/vscode/hostServices.ts';
import {
  closeEngine,
  type FakePanel,
  hostEngine,
  openPanel,
  SampleWorkspace,
} from '../../support/vscode/hostTraces.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

let host: FakeServices;
let workspace: SampleWorkspace;
let feature: { dispose(): unknown };

beforeEach(() => {
  resetVscode();
  fake.settings.set('guardscope.replayOnOpen', false);
  host = fakeServices();
  const services = { ...host.services, engine: hostEngine };
  workspace = new SampleWorkspace(services);
  feature = testExplorer(services);
});
afterEach(() => {
  feature.dispose();
  workspace.close();
});
afterAll(closeEngine);

interface Written {
  readonly trace: string;
  readonly guard: string;
  readonly policy: string;
  readonly calls?: string;
  readonly accepted: readonly { readonly call: number }[];
}
const written = (path: string): Written => JSON.parse(readFileSync(path, 'utf8')) as Written;

async function opened(path?: string): Promise<TraceDocument> {
  const document = await workspace.open(path);
  await document.replay();
  return document;
}

describe('Create Guard Test', () => {
  it('accepts all calls of the open trace, opens the test, and the test passes', async () => {
    proves('own:create-test');
    await opened();
    const target = workspace.path('all.guardtest.json');
    fake.pick = (labels) => labels[0];
    fake.chooseFile = () => target;
    await runCommand('guardscope.createTest');
    expect(fake.picks.at(-1)?.labels).toEqual(['All 32 calls', 'Some calls…']);
    expect(written(target)).toMatchObject({
      trace: 'trace.guardtrace.jsonl',
      guard: 'guard.wasm',
      policy: 'policy.json',
    });
    expect(written(target).accepted).toHaveLength(32);
    expect(fake.messages.at(-1)?.text).toContain('all.guardtest.json accepts 32 decisions');
    const result = await runGuardTest(target, hostEngine);
    expect(result?.cases.map(({ status }) => status)).toEqual(['passed']);
  });

  it('accepts the changed calls, or those that are entered', async () => {
    const document = await opened();
    workspace.copy('policy-public.json', 'other.json');
    await document.choose({ policy: workspace.path('other.json') });
    await document.replay();
    const changed = document.session.trace.calls.filter(
      ({ index }) => document.session.row(index).changes !== undefined,
    );
    expect(changed.length).toBeGreaterThan(0);
    fake.pick = (labels) => labels.find((label) => label === `The ${changed.length} changed calls`);
    fake.chooseFile = () => workspace.path('changed.guardtest.json');
    await runCommand('guardscope.createTest');
    expect(written(workspace.path('changed.guardtest.json')).accepted.map(({ call }) => call)).toEqual(
      changed.map(({ index }) => index + 1),
    );
    fake.pick = (labels) => labels.find((label) => label === 'Some calls…');
    fake.enter = () => '2-3,7';
    fake.chooseFile = () => workspace.path('some.guardtest.json');
    await runCommand('guardscope.createTest');
    expect(written(workspace.path('some.guardtest.json')).accepted.map(({ call }) => call)).toEqual([2, 3, 7]);
  });

  it('accepts one call from the panel', async () => {
    const document = await opened();
    const panel: FakePanel = openPanel(host.services, document);
    fake.chooseFile = () => workspace.path('one.guardtest.json');
    await panel.click({ run: 'createTest', call: 4 });
    expect(written(workspace.path('one.guardtest.json'))).toMatchObject({ calls: '5', accepted: [{ call: 5 }] });
    panel.close();
  });

  it('copies a capture beside the test, because older captures are deleted', async () => {
    const folder = workspace.path('.guardscope/captures');
    mkdirSync(folder, { recursive: true });
    const capture = join(folder, 'files.guardtrace.jsonl');
    writeFileSync(capture, readFileSync(workspace.trace));
    const document = await workspace.open(capture);
    await document.choose({ guard: workspace.guard, policy: workspace.policy });
    await document.replay();
    fake.pick = (labels) => labels[0];
    fake.chooseFile = () => workspace.path('kept.guardtest.json');
    await runCommand('guardscope.createTest');
    expect(written(workspace.path('kept.guardtest.json')).trace).toBe('files.guardtrace.jsonl');
    expect(readFileSync(workspace.path('files.guardtrace.jsonl'))).toEqual(readFileSync(capture));
    // Another file of this name is not overwritten.
    writeFileSync(workspace.path('files.guardtrace.jsonl'), 'mine');
    fake.chooseFile = () => workspace.path('again.guardtest.json');
    await runCommand('guardscope.createTest');
    expect(fake.messages.at(-1)).toMatchObject({
      kind: 'error',
      text: expect.stringMatching(/^Cannot copy the capture ".*" beside the test: EEXIST/) as string,
    });
    expect(existsSync(workspace.path('again.guardtest.json'))).toBe(false);
  });

  it('writes nothing when the user cancels, when no trace is open, and for calls that do not exist', async () => {
    await runCommand('guardscope.createTest');
    expect(fake.messages.at(-1)?.text).toBe('No trace is open. Run "Guardscope: Open Trace…" first');
    await opened();
    await runCommand('guardscope.createTest');
    fake.pick = (labels) => labels.find((label) => label === 'Some calls…');
    await runCommand('guardscope.createTest');
    fake.enter = () => '3-x';
    const target = workspace.path('bad.guardtest.json');
    fake.chooseFile = () => target;
    await runCommand('guardscope.createTest');
    expect(fake.messages.at(-1)).toMatchObject({ kind: 'error', text: expect.stringContaining('3-x') as string });
    expect(existsSync(target)).toBe(false);
  });
});
