/** A policy that is typed in an editor, while the panel of a trace that is decided with it is open. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Disposable } from 'vscode';
import type { TraceDocument } from '../../../src/host/base/traceDocument.ts';
import { whatIf } from '../../../src/host/policy/whatIf.ts';
import { patiently } from '../../support/patience.ts';
import { proves } from '../../support/proves.ts';
import { fake, type FakeDocument, fakeDocument, fire, resetVscode } from '../../support/vscode/api.ts';
import { fakeServices } from '../../support/vscode/hostServices.ts';
import { closeEngine, SampleWorkspace } from '../../support/vscode/hostTraces.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

const wide = '{"allow-only":{"repos":"all","min-integrity":"none"}}';

let workspace: SampleWorkspace;
let document: TraceDocument;
let feature: Disposable;

const eventually = (check: () => void): Promise<void> =>
  vi.waitFor(check, { timeout: patiently(20_000), interval: 20 });

beforeEach(async () => {
  resetVscode();
  const { services } = fakeServices();
  workspace = new SampleWorkspace(services);
  feature = whatIf(services);
  document = await workspace.open();
  await eventually(() => expect(document.session.run.status).toBe('done'));
});
afterEach(() => {
  feature.dispose();
  workspace.close();
});
afterAll(closeEngine);

function typed(text: string, path = workspace.policy): FakeDocument {
  return { ...fakeDocument(path, text), isDirty: true };
}

describe('a policy in an editor', () => {
  it('is decided with after a pause, and with the file again when it is closed', async () => {
    proves('own:what-if');
    const { counts } = document.session.run;
    fire.changeDocument(typed(wide.slice(0, -1)));
    fire.changeDocument(typed(wide));
    await eventually(() =>
      expect(document.session.run.renewed).toMatch(/^policy\.json as typed at \d\d:\d\d:\d\d \(not saved\)$/),
    );
    await eventually(() => expect(document.session.run.marks.changed).toBeGreaterThan(3));
    expect(document.session.run.counts).not.toEqual(counts);
    fire.closeDocument({ ...fakeDocument(workspace.policy, wide), isClosed: true });
    await eventually(() => expect(document.session.run).toMatchObject({ counts, renewed: 'policy.json as saved' }));
  });

  it('keeps its flips when it is saved', async () => {
    proves('own:what-if');
    fire.changeDocument(typed(wide));
    await eventually(() => expect(document.session.run.marks.changed).toBeGreaterThan(3));
    const { counts, marks } = document.session.run;
    writeFileSync(workspace.policy, wide);
    fire.saveDocument(fakeDocument(workspace.policy, wide));
    await eventually(() =>
      expect(document.session.run).toMatchObject({ counts, marks, renewed: 'policy.json as saved' }),
    );
  });

  it('is decided with the file again when the setting is switched off, and not while it is off', async () => {
    const { counts } = document.session.run;
    const editor = typed(wide);
    fake.documents.push(editor);
    fire.changeDocument(editor);
    await eventually(() => expect(document.session.run.counts).not.toEqual(counts));
    fire.changeSetting('guardscope.whatIf', false);
    await eventually(() => expect(document.session.run).toMatchObject({ counts, renewed: 'policy.json as saved' }));
    fire.changeSetting('guardscope.whatIf', true);
    await eventually(() => expect(document.session.run.counts).not.toEqual(counts));
  });
});

describe("a gateway's configuration in an editor", () => {
  it('is decided with after a pause', async () => {
    proves('own:what-if');
    const config = workspace.path('gateway.toml');
    const text = (level: string): string =>
      `[servers.files]\ncommand = "docker"\nargs = ["run", "--rm", "-i", "files"]\nguard = "sample"\n` +
      `[servers.files.guard_policies.allow-only]\nrepos = "public"\nmin-integrity = "${level}"\n` +
      `[guards.sample]\ntype = "wasm"\npath = "guard.wasm"\n`;
    writeFileSync(config, text('approved'));
    await document.choose({ config, guard: null, policy: null });
    await eventually(() => expect(document.session.run).toMatchObject({ status: 'done', done: 32 }));
    fire.changeDocument(typed(text('none'), config));
    await eventually(() =>
      expect(document.session.run.renewed).toMatch(/^gateway\.toml as typed at \d\d:\d\d:\d\d \(not saved\)$/),
    );
    expect(document.session.run.marks.changed).toBeGreaterThan(3);
  });
});

describe('nothing is decided', () => {
  const asked = (): ReturnType<typeof vi.spyOn> => vi.spyOn(document.session.whatIf, 'decide');

  it('for other files and documents that are not files', async () => {
    const decide = asked();
    vi.useFakeTimers();
    fire.changeDocument(typed(wide, workspace.path('other.json')));
    const git = typed(wide);
    fire.changeDocument({ ...git, uri: git.uri.with({ scheme: 'git' }) });
    vi.advanceTimersByTime(1_000);
    vi.useRealTimers();
    expect(decide).not.toHaveBeenCalled();
  });

  it('after the extension was stopped', async () => {
    const decide = asked();
    vi.useFakeTimers();
    fire.changeDocument(typed(wide));
    feature.dispose();
    vi.advanceTimersByTime(1_000);
    vi.useRealTimers();
    expect(decide).not.toHaveBeenCalled();
    expect(readFileSync(workspace.policy, 'utf8')).not.toBe(wide);
  });
});
