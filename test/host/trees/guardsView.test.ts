/** The Guards view, and the commands on a guard: what a row says of a module, and what Inspect Guard opens. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { textDocuments } from '../../../src/host/base/textDocuments.ts';
import { guardCommands } from '../../../src/host/trees/guardCommands.ts';
import { guardsView } from '../../../src/host/trees/guardsView.ts';
import { fakeServices, type FakeServices, FakeTrace, fileUri } from '../../support/vscode/hostServices.ts';
import { samplePath } from '../../support/samples.ts';
import { fake, fire, resetVscode, runCommand } from '../../support/vscode/api.ts';
import { refreshesOf, rowsOf } from './treeRows.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

const view = 'guardscope.guards';
const sample = samplePath('files-and-memory', 'guard.wasm');
const emptyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

let host: FakeServices;
let folder = '';

beforeEach(() => {
  resetVscode();
  folder = mkdtempSync(join(tmpdir(), 'guardscope-guards-'));
  fake.folders.push(folder, join(sample, '..'));
  host = fakeServices();
  textDocuments(host.services);
  guardsView(host.services);
  guardCommands(host.services);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A file of the workspace that the view lists. */
function file(name: string, content: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  fake.files.push(path);
  return path;
}

/** The text in the tab that was opened last. */
function openedText(): unknown {
  const uri = fake.opened.at(-1)?.uri;
  return uri === undefined ? undefined : fake.contentProviders.get(uri.scheme)?.provideTextDocumentContent(uri);
}

describe('the welcome text', () => {
  it('says that nothing was found only when the view has looked', async () => {
    expect(fake.context.get('guardscope.hasListedGuards')).toBeUndefined();
    expect(await rowsOf(view)).toEqual([]);
    expect(fake.context.get('guardscope.hasListedGuards')).toBe(true);
  });
});

describe('a row', () => {
  it('of a guard has its size and its memory, and a click inspects it', async () => {
    fake.files.push(sample);
    expect(await rowsOf(view)).toEqual([
      {
        label: 'guard.wasm',
        description: expect.stringMatching(/^\d+\.\d kB$/),
        icon: 'shield',
        tooltip: expect.stringMatching(/^\/.*guard\.wasm\n\d+\.\d kB, \d+ pages of memory at start$/),
        kind: 'guard',
        click: `guardscope.inspectGuard ${sample}`,
      },
    ]);
  });

  it('of another module says why the gateway would reject it', async () => {
    const path = file('other.wasm', emptyModule);
    expect(await rowsOf(view)).toMatchObject([
      {
        label: 'other.wasm',
        description: 'not a guard',
        icon: 'circle-slash',
        kind: 'module',
        tooltip: `${path}\nThe gateway would reject this module: WASM module must export label_resource and label_response functions`,
      },
    ]);
  });

  it('of a file that is not a module, too large, or gone says so', async () => {
    file('text.wasm', Buffer.from('not a module'));
    const large = file('large.wasm', emptyModule);
    truncateSync(large, 32 * 1024 * 1024 + 1);
    fake.files.push(join(folder, 'gone.wasm'));
    const rows = await rowsOf(view);
    expect(rows.map(({ label }) => label)).toEqual(['gone.wasm', 'large.wasm', 'text.wasm']);
    const reasons = rows.map(({ tooltip }) => String(tooltip).split('reject this module: ')[1]);
    expect(reasons).toEqual([
      expect.stringContaining('ENOENT'),
      'larger than 32 MiB, not inspected',
      expect.stringContaining('invalid magic number'),
    ]);
    expect(new Set(rows.map(({ description }) => description))).toEqual(new Set(['not a guard']));
  });

  it('of a guard stands before those of other modules', async () => {
    file('a.wasm', emptyModule);
    fake.files.push(sample);
    file('b.wasm', emptyModule);
    expect((await rowsOf(view)).map(({ label }) => label)).toEqual(['guard.wasm', 'a.wasm', 'b.wasm']);
  });

  it('of the guard of the active trace is marked, as long as the trace is open', async () => {
    fake.files.push(sample);
    const trace = new FakeTrace('/w/a.guardtrace.jsonl', { guard: sample });
    host.services.sessions.add(trace.document);
    expect(await rowsOf(view)).toMatchObject([
      { icon: 'pass-filled', description: expect.stringMatching(/^in use · \d+\.\d kB$/) },
    ]);
    host.services.sessions.delete(trace.document);
    expect(await rowsOf(view)).toMatchObject([{ icon: 'shield' }]);
  });
});

it('the view refreshes when a module changes, a trace is opened, and on request', async () => {
  const refreshes = refreshesOf(view);
  fire.changeFile(join(folder, 'new.wasm'));
  expect(refreshes.length).toBeGreaterThan(0);
  const before = refreshes.length;
  host.services.sessions.add(new FakeTrace('/w/a.guardtrace.jsonl').document);
  await runCommand('guardscope.refreshGuards');
  expect(refreshes).toHaveLength(before + 2);
});

describe('Inspect Guard', () => {
  it('opens a report on the module, named like the file', async () => {
    await runCommand('guardscope.inspectGuard', fileUri(file('other.wasm', emptyModule)));
    expect(fake.opened.at(-1)?.uri.path).toBe('/other.wasm.txt');
    expect(openedText()).toContain('WASM module must export label_resource and label_response functions');
  });

  it('works on an item of the view', async () => {
    await runCommand('guardscope.inspectGuard', { resourceUri: fileUri(sample) });
    expect(openedText()).toContain('label_resource');
  });

  it('asks for a module of the workspace without an argument, and does nothing when the user cancels', async () => {
    fake.files.push(sample);
    file('other.wasm', emptyModule);
    await runCommand('guardscope.inspectGuard');
    expect(fake.picks).toEqual([{ placeHolder: 'Select a guard', labels: ['guard.wasm', 'other.wasm'] }]);
    expect(fake.opened).toEqual([]);
    fake.pick = () => 'other.wasm';
    await runCommand('guardscope.inspectGuard');
    expect(fake.opened.at(-1)?.uri.path).toBe('/other.wasm.txt');
  });

  it('shows why a file cannot be read', async () => {
    const path = join(folder, 'gone.wasm');
    await runCommand('guardscope.inspectGuard', fileUri(path));
    expect(fake.messages).toMatchObject([
      { kind: 'error', text: expect.stringMatching(/^Cannot read the guard ".*gone\.wasm": ENOENT.* Check the path$/) },
    ]);
    expect(host.logged).toEqual([expect.stringContaining('guard/unreadable')]);
  });
});
