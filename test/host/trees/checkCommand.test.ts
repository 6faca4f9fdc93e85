/** The command Check Guard: which guard it checks, with which trace, and the report that it opens. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { textDocuments } from '../../../src/host/base/textDocuments.ts';
import { guardCommands } from '../../../src/host/trees/guardCommands.ts';
import { cannedTrace } from '../../support/guards/cannedGuard.ts';
import { plantedGuard } from '../../support/guards/plantedGuard.ts';
import { proves } from '../../support/proves.ts';
import { fake, resetVscode, runCommand } from '../../support/vscode/api.ts';
import { fakeServices, type FakeServices, FakeTrace, fileUri } from '../../support/vscode/hostServices.ts';

vi.mock('vscode', () => import('../../support/vscode/api.ts'));

let host: FakeServices;
let folder = '';

beforeEach(() => {
  resetVscode();
  folder = mkdtempSync(join(tmpdir(), 'guardscope-check-'));
  fake.folders.push(folder);
  host = fakeServices();
  textDocuments(host.services);
  guardCommands(host.services);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The report that was opened last. */
function report(): string {
  const uri = fake.opened.at(-1)?.uri;
  const text = uri === undefined ? null : fake.contentProviders.get(uri.scheme)?.provideTextDocumentContent(uri);
  return typeof text === 'string' ? text : '';
}

describe('Check Guard', () => {
  it('opens the report of a file, and says what it does meanwhile', async () => {
    proves('own:check-command');
    await runCommand('guardscope.checkGuard', fileUri(file('past.wasm', plantedGuard({ tooSmall: '' }))));
    expect(fake.opened.at(-1)?.uri.path).toBe('/past.wasm check.guardreport');
    expect(report()).toMatch(/^past\.wasm: .*\d mistakes?\n\nOutput buffers\n/);
    expect(report()).toMatch(/\[check\/writes-past-buffer\]\n {6}In production: /);
    expect(report()).toContain('no captured session was given');
    expect(fake.progress).toContain('Texts of all scripts are labelled, and the answer is UTF-8');
  });

  it('without an argument takes the guard of the open trace, with the trace', async () => {
    const guard = file('guard.wasm', plantedGuard());
    const tools = [{ name: 'list_things', inputSchema: { type: 'object' } }];
    const trace = file('a.guardtrace.jsonl', cannedTrace([{}, {}], tools));
    const open = new FakeTrace(trace, { guard });
    host.services.sessions.add(open.document);
    await runCommand('guardscope.checkGuard');
    expect(fake.picks).toEqual([]);
    expect(report()).toContain('Every captured call is labelled (2 calls)');
  });

  it('shows why a file cannot be checked', async () => {
    await runCommand('guardscope.checkGuard', fileUri(file('notes.wasm', 'hello')));
    expect(fake.messages).toMatchObject([{ kind: 'error', text: expect.stringContaining('invalid magic number') }]);
    expect(fake.opened).toEqual([]);
  });

  it('runs no guard in a workspace that is not trusted', async () => {
    fake.trusted = false;
    await runCommand('guardscope.checkGuard', fileUri(file('guard.wasm', plantedGuard())));
    expect(fake.messages).toMatchObject([{ text: expect.stringContaining('"Check Guard" is off') }]);
  });
});
